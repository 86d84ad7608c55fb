#pragma once
// One invented sender: what is true of him, half a day at a time, and what of it reaches the evidence. Knows nothing of the gate.
// README.md beside it describes the model.
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "domain/evidence.hpp"

namespace jmrp::simulation {

using Random = std::mt19937_64;
using Slot = int; ///< half a day; 0 is the begin of the history

inline constexpr Slot slots_per_day = 2;
inline constexpr int days_before = 45; ///< of the block
inline constexpr int days_after = 45;
inline constexpr Slot last_slot = (days_before + days_after) * slots_per_day;
inline constexpr Slot never = std::numeric_limits<Slot>::max() / 2;

enum class RepairKind { works, middling, fails, relapses, none };

/// What nobody has data of, and what the figures hang on most. Shares of the senders, but for the last two.
struct World {
    const char* name;
    double takes_advice;
    double recipients_logged; ///< the log shows whom mail goes to
    double works;             ///< kinds of repair; what is left of 1 never repairs
    double middling;
    double fails;
    double relapses;
    double failed_from; ///< a failed repair leaves so much of the bad rate
    double failed_to;
};
inline constexpr World harsh{"harsh", 0.6, 0.5, 0.47, 0.11, 0.24, 0.13, 0.4, 1.1};
inline constexpr World kinder{"kinder", 0.9, 0.9, 0.52, 0.11, 0.24, 0.08, 0.15, 1.1};

/// Drawn once a history. Rates are shares.
struct Sender {
    double volume = 0;        ///< mails a day on days with mail
    double weekend = 1;       ///< of it on Saturday and Sunday
    bool sends_on[7] = {};    ///< days of the week
    double good_rate = 0;     ///< before the trouble
    double bad_rate = 0;      ///< with the trouble
    double repaired_rate = 0; ///< once the repair works
    Slot trouble = 0;
    Slot block = 0;
    RepairKind repair = RepairKind::works;
    Slot repair_told = never; ///< as the person writes it down
    Slot repair_works = never;
    Slot relapse = never;

    double elsewhere = 0; ///< the share of mail that leaves from other addresses
    Slot elsewhere_from = never;
    double elsewhere_factor = 1; ///< their audience complains more or less
    bool takes_advice = false;   ///< lets a little mail leave elsewhere, and tries the feed, a day after being told

    double forwarded = 1;
    double forwarded_drift = 0; ///< a day, of its logarithm
    Slot batch = 1;             ///< reports are let go every so many slots
    Slot dead = never;          ///< from then on no report comes
    Slot gap_from = never;      ///< reports of that time are lost
    Slot gap_to = never;
    double delay_median = 1; ///< of a complaint, in slots
    double delay_sigma = 1;  ///< of its logarithm
    bool in_snds = false;
    double snds_missing = 0; ///< of the days
    double log_missing = 0;  ///< of the days

    bool leaks = false;
    Slot leak_ends = never;
    double leak_share = 0;     ///< of the mail to suppressed people that goes out in spite of it
    double leak_complains = 0; ///< of those mails
    bool leak_logged = false;  ///< the send log is read for it

    bool pause_asked = false;    ///< S3150
    Slot spamhaus_until = never; ///< never: not listed
    bool incident = false;
    Slot refused_at = never; ///< a request that was made before
};

class History {
  public:
    History(Random random, const World& world);

    const Sender& sender() const noexcept { return sender_; }
    /// What the sender's mail truly gets at that time, without the chance of a day.
    double rate_at(Slot slot) const;
    bool feed_dead_at(Slot slot) const { return slot >= sender_.dead; }
    bool leak_open_at(Slot slot) const { return sender_.leaks && slot < sender_.leak_ends; }
    /// Mails to suppressed people, of those suppressed so far.
    double leaked_a_week_at(Slot slot) const;

    /// What can be known then. Slots must ascend.
    const domain::Evidence& observe(Slot slot);

    void let_some_leave_elsewhere(Slot from); ///< before that slot is observed
    void try_the_feed(Slot at, int mails);    ///< mails of his own are moved to Junk

    static util::Seconds time_of(Slot slot);

  private:
    /// What happens in one slot to mail sent in it.
    void send(Slot slot);
    void complain(Slot slot, bool elsewhere, std::int64_t complaints);
    Slot received_at(Slot made) const; ///< never: lost
    void leak(Slot slot, double own_share_accepted);
    void receive(Slot slot);
    void fill_snds(std::vector<domain::MailDay>& days, const std::vector<double>& made, util::Day today);
    std::int64_t poisson(double mean);
    std::int64_t binomial(std::int64_t of, double share);
    double uniform(double from, double to);

    struct Report {
        Slot sent;
        std::int64_t count;
        bool elsewhere;
        bool about_leak;
        bool trial;
    };

    Random random_;
    Sender sender_;
    std::vector<double> rate_;                  ///< by slot, without the repair's effect of later decisions
    std::vector<double> day_noise_;             ///< by day
    std::vector<double> delay_;                 ///< the share of complaints made so many slots after the mail
    std::vector<std::vector<Report>> arriving_; ///< by slot of receipt
    std::vector<double> made_here_;             ///< complaints made, by day
    std::vector<double> made_elsewhere_;
    std::vector<bool> snds_row_;
    std::vector<bool> log_day_;
    std::vector<double> sent_here_;
    std::vector<double> sent_elsewhere_;
    std::vector<std::vector<std::int64_t>> by_age_; ///< reports by day sent and age in days
    std::int64_t suppressed_ = 0;
    Slot done_ = 0; ///< slots before it have been lived through
    Slot batch_phase_ = 0;
    domain::Evidence evidence_;
};

} // namespace jmrp::simulation
