#pragma once
// What a report needs on its road, in that order: one function a check, one row each in the table.
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/command.hpp"
#include "cli/detect/border.hpp"
#include "domain/names.hpp"
#include "reputation/health.hpp"
#include "store/send_log.hpp"
#include "store/stamped.hpp"

namespace jmrp::cli {

enum class State {
    ok,
    missing, ///< not there; something works worse, or not at all
    broken,  ///< there, and wrong
    unknown, ///< this user cannot see it
};

struct Diagnosis {
    State state = State::ok;
    std::string found; ///< a sentence; may hold text of a mail
    /// What to do, a line each: commands, or lines for a file. Empty where all is well.
    std::vector<std::string> remedy;
};

/// The user that deliveries run as: "jmrp" where there is one, else the owner of the database, else whoever runs this.
struct ServiceUser {
    std::string name;
    unsigned uid = 0;
    unsigned gid = 0;
};

/// What the newest reports tell of the border.
struct RecentMail {
    struct Id {
        std::string id;
        int seen = 0;     ///< reports whose outer header has it
        int believed = 0; ///< of these, above the Received field where the mail came in
    };
    int reports = 0;
    int authentic = 0;
    int unverified = 0;
    int forged = 0;
    std::vector<Id> ids;           ///< of Authentication-Results
    std::vector<std::string> lack; ///< for the newest unverified report: what each rule missed
};

/// Everything the checks look at. It is gathered before the first speaks; what could not be opened says so in a fault.
struct Patient {
    const Config& config;
    std::string config_fault; ///< empty: it was read; then `config` holds
    std::string store_fault;
    ServiceUser service;
    const Machine& machine;
    MailServer server;
    Border border;
    std::optional<reputation::Observed> observed; ///< nothing without a database
    std::optional<RecentMail> recent;
    std::int64_t waiting_for_dkim = 0;
    std::optional<store::SendLogStatus> send_log;
    std::optional<store::StampedStatus> stamped;
    util::Seconds now = 0;
};

struct DoctorCheck {
    const char* name;
    const char* purpose; ///< what it is good for
    Diagnosis (*look)(const Patient& patient);
};
std::span<const DoctorCheck> doctor_checks();

/// Whether that user may access(2) it; nothing where this process cannot find out (it is another user, and not root).
std::optional<bool> may(const ServiceUser& user, const std::filesystem::path& path, int mode);
ServiceUser find_service_user(const std::filesystem::path& database);

/// Nothing where jmrp-net is there and runs.
std::optional<Diagnosis> what_keeps_jmrp_net();

/// "under [own] in FILE: networks = [...]", for a remedy.
std::string key_line(const Patient& patient, std::string_view section, std::string_view line);

/// Looks at the newest reports of the store.
RecentMail look_at_recent_mail(store::Store& store, const ingest::Rules& all_rules, std::size_t most);

// The checks, by the part of the road.
Diagnosis look_at_configuration(const Patient& patient);
Diagnosis look_at_database(const Patient& patient);
Diagnosis look_at_space(const Patient& patient);
Diagnosis look_at_mail_server(const Patient& patient);
Diagnosis look_at_pipe(const Patient& patient);
Diagnosis look_at_mailboxes(const Patient& patient);
Diagnosis look_at_snds(const Patient& patient);
Diagnosis look_at_own_networks(const Patient& patient);
Diagnosis look_at_own_domains(const Patient& patient);
Diagnosis look_at_authserv_ids(const Patient& patient);
Diagnosis look_at_secret_address(const Patient& patient);
Diagnosis look_at_dkim(const Patient& patient);
Diagnosis look_at_verdicts(const Patient& patient);
Diagnosis look_at_token_keys(const Patient& patient);
Diagnosis look_at_tokens(const Patient& patient);
Diagnosis look_at_stamped(const Patient& patient);
Diagnosis look_at_send_log(const Patient& patient);
Diagnosis look_at_feeds(const Patient& patient);
Diagnosis look_at_attribution(const Patient& patient);
Diagnosis look_at_exports(const Patient& patient);
Diagnosis look_at_waiting(const Patient& patient);

} // namespace jmrp::cli

namespace jmrp::domain {
template <>
struct Names<cli::State> {
    using State = cli::State;
    static constexpr std::pair<State, std::string_view> table[] = {
        {State::ok, "ok"}, {State::missing, "missing"}, {State::broken, "broken"}, {State::unknown, "unknown"}};
};
} // namespace jmrp::domain
