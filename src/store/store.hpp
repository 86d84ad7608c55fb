#pragma once
// The one door to the database. Every function throws util::Fault; the kinds that matter to callers: busy (somebody else
// holds it longer than the busy timeout), full (disk, quota or memory), newer, damaged, permission.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/consumer.hpp"
#include "domain/decision.hpp"
#include "domain/dns.hpp"
#include "domain/dns_facts.hpp"
#include "domain/facts.hpp"
#include "domain/feed.hpp"
#include "domain/inflow.hpp"
#include "domain/leak.hpp"
#include "domain/raw_message.hpp"
#include "domain/refused.hpp"
#include "domain/request.hpp"
#include "domain/settlement.hpp"
#include "domain/snds.hpp"
#include "domain/suppression.hpp"
#include "domain/traffic.hpp"
#include "util/clock.hpp"
#include "util/digest.hpp"

namespace jmrp::store {

struct Options {
    std::filesystem::path path;
    int busy_timeout_ms = 10'000;
    bool create = true; ///< make a missing database, its folder included (0700, file 0600)
    /// Reads the file as memory, which spares a long read its copies. An error of the disk then ends the process, so that is for
    /// those who read alone and may be run again.
    bool maps = false;
    int checkpoint_pages = 8000; ///< a write-ahead log as long as this is copied into the database and emptied
};

/// A message ready to be kept: everything that costs processor time was done before the database is touched.
struct Prepared {
    util::Digest digest{};
    std::string frame; ///< the bytes, util::compress()ed
    std::uint64_t size = 0;
    bool truncated = false;
    std::string envelope;
    std::string origin;
};
Prepared prepare(const domain::RawMessage& message);

/// A message taken from the queue to be settled.
struct Claimed {
    std::int64_t message_id = 0;
    std::string feed;
    util::Seconds received_at = 0;
    int attempts = 0;  ///< this one included
    std::string frame; ///< compressed bytes
    domain::Facts facts;
};

/// A message that waits for its signatures to be checked.
struct DkimWaiting {
    std::int64_t message_id = 0;
    util::Seconds received_at = 0;
    util::Seconds since = 0;
    int tries = 0;     ///< this one included
    std::string frame; ///< compressed bytes
};

struct DkimKept {
    std::int64_t message_id = 0;
    domain::DkimFinding finding;
};

struct MessageBytes {
    std::string bytes;
    util::Seconds received_at = 0;
    std::string feed;
    std::string origin;
};

struct QuarantineEntry {
    std::int64_t message_id = 0;
    std::string reason;
    util::Seconds since = 0;
    std::string feed;
    std::string origin;
    std::uint64_t size = 0;
};

struct RecentReport {
    std::int64_t message_id = 0;
    std::string verdict; ///< domain::Verdict
};

struct HeldReport {
    std::int64_t message_id = 0;
    domain::Hold reason = domain::Hold::unverified;
    util::Seconds since = 0; ///< receipt
    std::string feed;
    std::string feedback_type;
    std::string source_ip; ///< empty where unknown
    std::string verdict;
    std::string reported_message_id;  ///< may be empty
    std::vector<std::string> persons; ///< domain::key_of() of whom it names
};

struct ChangedSuppression {
    std::string key; ///< domain::key_of()
    domain::Scope scope;
};

/// Of domain::key_of(), in the order of bytes.
struct KeyRange {
    std::string after;                ///< empty: from the first
    std::optional<std::string> up_to; ///< included; nothing: to the last
};

/// What is read of a suppression: a column that is left out is time saved.
enum class Detail {
    who, ///< key, person, scope and whether it is active; nothing else is right
    all,
};

struct SuppressionReport {
    std::int64_t message_id = 0;
    util::Seconds received_at = 0;
    std::string feedback_type;  ///< "bounce" where it is one
    std::string dialect;        ///< of a bounce empty
    std::string source_ip;      ///< empty where unknown
    std::string recipient_from; ///< the rung and the field
    std::string verdict;        ///< domain::Verdict, or domain::BounceProof
    std::string reported_message_id;
    domain::Scope scope;
    bool suppresses = false;
};

struct SuppressionStory {
    std::vector<domain::Suppression> suppressions; ///< one a scope
    std::vector<domain::SuppressionDecision> decisions;
    std::vector<SuppressionReport> reports;
};

/// Complaints about mail of one name, by the day the report came and the day the mail arrived.
struct ComplaintCount {
    std::string_view name; ///< until the next one; a source IP is empty where no report says it
    util::Day report_day = 0;
    util::Day arrival_day = 0; ///< never later
    std::int64_t reports = 0;
    std::int64_t complaints = 0;
    std::int64_t attributed = 0; ///< of the reports
    std::int64_t unverified = 0; ///< of the reports: nothing proves that the provider sent them
};

struct ComplaintQuery {
    domain::TrafficBy by = domain::TrafficBy::source_ip;
    std::optional<std::string> name;
    /// The first day of reports; complaints about mail of that day and later ones are all among them.
    std::optional<util::Day> first_day;
};

/// Who says how much was sent.
enum class TrafficOrigin {
    send_log, ///< our own count of what the logs of mail servers tell
    counts,   ///< what was given as counts (keep_traffic)
    both      ///< of some days the one, of some the other
};

struct TrafficRow {
    std::string name; ///< the source IP, sending domain, list or campaign; empty where a log does not tell the IP
    std::string provider;
    util::Day day = 0;
    std::int64_t attempted = 0; ///< each attempt for one recipient; at least the sum of the following
    std::int64_t accepted = 0;
    std::int64_t deferred = 0;
    std::int64_t rejected = 0;
    TrafficOrigin origin = TrafficOrigin::send_log;
};

struct TrafficQuery {
    domain::TrafficBy by = domain::TrafficBy::source_ip;
    std::optional<std::string> name; ///< of the IP, domain, list or campaign
    std::optional<std::string> provider;
    std::optional<util::Day> first_day;
    std::optional<util::Day> last_day;
    bool per_day = true; ///< false: one row a name and provider, day 0
};

/// What became of counts that were given.
struct KeptTraffic {
    std::uint64_t fresh = 0;   ///< of something nothing was known about
    std::uint64_t changed = 0; ///< in the place of other numbers
    std::uint64_t known = 0;   ///< the same numbers again
};

/// Who complained about mail of one address.
struct Complainants {
    std::vector<domain::PersonHistory> people; ///< in order of key, each once; without those whom policy protects
    std::int64_t unnamed = 0; ///< reports of which it is not known whom they are about, or not believed yet
};

/// What receivers found of the DKIM signatures of mail with such a From.
struct DkimSeen {
    std::string domain;
    std::optional<util::Seconds> right; ///< by the date of the last report that tells so; nothing: none does
    std::optional<util::Seconds> wrong; ///< there was none that is right, of the domain or one above it
};

/// Decisions with one outcome in a row.
struct KeptDecision {
    util::Seconds first_at = 0;
    util::Seconds at = 0; ///< of the last one
    domain::DecisionOutcome outcome = domain::DecisionOutcome::unknown;
    std::string evidence; ///< of the last one, as JSON
};

/// Complaints that people made about mail of ours in mailboxes of ours, to see whether reports come.
struct TrialComplaints {
    std::string source_ip; ///< empty where unknown
    util::Day arrival_day = 0;
    std::int64_t complaints = 0;
};

/// A bounce that nothing proves so far, and what to ask the send log about it.
struct UnprovenBounce {
    std::int64_t message_id = 0;
    std::string returned_id; ///< Message-ID; may be empty
    std::vector<std::string> queue_ids;
    util::Seconds sent_near = 0;
    std::vector<std::string> recipients; ///< Address::key()
};

struct FeedStatus {
    std::string feed;
    std::int64_t messages = 0;
    std::optional<util::Seconds> last_message;
    std::optional<util::Seconds> last_report; ///< feedback reports only
};

struct Status {
    std::int64_t messages = 0;
    std::int64_t raw_bytes = 0; ///< of the messages as they came
    std::int64_t unsettled = 0;
    std::int64_t tried_before = 0; ///< of these: a reader died on them at least once
    std::int64_t quarantined = 0;
    std::int64_t held = 0;
    std::int64_t suppressed = 0;
    std::vector<std::pair<std::string, std::int64_t>> dispositions;
    std::vector<FeedStatus> feeds;
};

inline constexpr std::int64_t known_before = 0; ///< in place of a message's id
enum class Queue { waiting, claimed };

class Store {
  public:
    explicit Store(const Options& options);
    ~Store();
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;

    // ---- accept
    /// Keeps the messages in one transaction, taking their frames, durable on return; what is there already (by digest) is left alone. Returns
    /// the id of each, or known_before. With Queue::claimed the caller reads them at once: that counts as their first
    /// attempt.
    std::vector<std::int64_t> accept(std::span<Prepared> messages, std::string_view feed, util::Seconds received_at,
                                     Queue queue = Queue::waiting);

    /// Copies the write-ahead log into the database and empties it, unless somebody is in the way: for the end of a batch
    /// with a large Options::checkpoint_pages.
    void empty_log();

    // ---- settle
    /// Takes up to `limit` messages that nobody tried yet, fewer when they come to `most_bytes` of compressed bytes; when
    /// there are none, a single one that was tried before, the least tried first. Each claim counts an attempt, and that is committed on return. Callers hold the settling lock.
    std::vector<Claimed> claim(std::size_t limit, std::size_t most_bytes = std::size_t{8} << 20U);
    /// Writes everything that follows from these messages, in one transaction, and takes them from the queue. What is not
    /// in the queue any more was settled by somebody else and is left alone.
    void settle(std::span<const domain::Settlement> settlements);
    bool has_unsettled();
    /// Empties every derived table and puts all kept messages in the queue again.
    void begin_rebuild(util::Seconds now);

    // ---- signatures
    /// Messages of the queue that cannot be settled before their signatures are checked: they leave the queue and wait. A
    /// settlement with wants_dkim does the same.
    void want_dkim(std::span<const std::int64_t> message_ids, util::Seconds at);
    /// Up to `limit` messages whose turn it is, the least tried first. Each is counted as a try, and rests for minutes to hours
    /// before it is given out again; that is committed on return.
    std::vector<DkimWaiting> dkim_waiting(std::size_t limit, util::Seconds now);
    /// Keeps findings as facts, durable on return, and puts the messages in the queue again; claim() then tells the finding.
    void keep_dkim(std::span<const DkimKept> findings, util::Seconds at);
    /// How many wait; with a time, how many of them may be tried then.
    std::int64_t dkim_waiting_count(std::optional<util::Seconds> due_at = std::nullopt);
    /// Puts all that wait in the queue as they are: nobody checks signatures any more.
    void stop_waiting_for_dkim();

    // ---- mailboxes
    /// How far that folder was read; a uid_validity of 0 where it never was.
    domain::FolderPosition folder_position(std::string_view feed, std::string_view server, std::string_view folder);
    /// Durable on return.
    void keep_folder_position(std::string_view feed, std::string_view server, std::string_view folder,
                              const domain::FolderPosition& position);
    /// Everything that waited in the feed's mailbox at that time is kept here.
    void keep_polled(std::string_view feed, util::Seconds at);
    /// Feeds and when they were last polled, by name.
    std::map<std::string, util::Seconds> polled();

    // ---- SNDS
    /// Keeps the answer, its rows and how its source does, in one transaction, durable on return. A row takes the place of an
    /// older one of the same source, IP and day; the same answer again changes nothing but the time it came.
    void keep_snds(const domain::SndsAnswer& answer);
    /// Ordered by IP and day, one row each: where two sources tell a day it is the worse reading, marked as disputed. Rows of
    /// strangers' IPs that share a range with ours are among them.
    std::vector<domain::SndsDay> snds_days(util::Day first_day, util::Day last_day,
                                           const std::optional<domain::Ip>& ip = std::nullopt);
    /// A day that is not in there was never asked for. With a source: what that one was asked, whatever others told.
    std::map<util::Day, domain::SndsAsked> snds_asked(util::Day first_day, util::Day last_day,
                                                      std::string_view source = {});
    domain::SndsStanding snds_standing();
    std::vector<domain::SndsSource> snds_sources();
    /// Answers that came since then.
    std::vector<domain::SndsDeviation> snds_deviations(util::Seconds since);
    /// Takes rows of kept answers anew from their bytes, the oldest answer first: `read` fills in what raw says. Durable on
    /// return.
    void reread_snds(const std::function<void(domain::SndsAnswer&)>& read);
    /// Takes the bytes of answers that came before then; their rows stay.
    void prune_snds(util::Seconds before);

    // ---- decisions of a person
    /// Records them in one transaction, durable on return. An add that says what the last decision says already changes
    /// nothing, nor does one that is not sticky where the last one is. Returns how many were recorded.
    std::size_t decide_suppressions(std::span<const domain::SuppressionDecision> decisions);
    /// Records what a person said about held reports and puts them in the queue again, to be settled by that. Returns those
    /// that were held.
    std::vector<std::int64_t> review(std::span<const std::int64_t> message_ids, domain::Review review,
                                     std::string_view by, util::Seconds at);
    /// Puts it in the queue again. False where no such message is in quarantine.
    bool release_from_quarantine(std::int64_t message_id);
    bool drop_from_quarantine(std::int64_t message_id, std::string_view by, util::Seconds at);

    // ---- requests to lift a block; what is kept is durable on return
    /// Returns its id. With its events.
    std::int64_t keep_request(const domain::DelistRequest& request);
    void keep_request_event(std::int64_t request_id, const domain::RequestEvent& event);
    /// In order of the time they were sent.
    std::vector<domain::DelistRequest> requests();
    /// In order of their dates, the forged ones among them.
    std::vector<domain::SupportAnswer> support_answers();
    /// False where no such answer is kept.
    bool mark_answer_read(std::int64_t message_id, std::string_view by, util::Seconds at);
    void keep_cause(const domain::BlockCause& cause);
    /// In order of the time from when on they are said to be gone.
    std::vector<domain::BlockCause> causes();
    /// False where that trial was noted before.
    bool keep_trial(const domain::FeedTrial& trial);
    /// Of that time and later, in order.
    std::vector<domain::FeedTrial> trials(util::Seconds since);
    /// Complaints that came of trials, about mail that arrived on that day and later ones.
    std::vector<TrialComplaints> trial_complaints(util::Day first_arrival_day);
    /// Complaints about mail that is known to be sent later than that, by source IP.
    std::map<std::string, std::int64_t> complaints_about_mail_after(util::Seconds sent);

    // ---- how much was sent
    /// Keeps counts that `source` gives, in one transaction, durable on return. One of the same source, day and names takes the
    /// place of what was kept.
    KeptTraffic keep_traffic(std::span<const domain::TrafficCount> counts, std::string_view source);

    // ---- refusals
    /// What the send log holds of refusals that say how an address of ours stands with one of Microsoft's lists, in no order and
    /// without host, text and rule. Nothing where there is no send log.
    void for_each_refused_hour(util::Seconds since, const std::function<void(const domain::RefusedHour&)>& each);
    /// The same, added up over the hours, with the host, text and rule of the newest.
    std::vector<domain::RefusedHour> newest_refused(util::Seconds since);
    /// Attempts to reach the servers of those lists, in order of list, address and hour; `since` is taken down to its hour.
    void for_each_delivery_hour(util::Seconds since, const std::function<void(const domain::DeliveryHour&)>& each);
    /// What bounces tell of such refusals since then, by time.
    std::vector<domain::Bounced> bounced(util::Seconds since);
    /// The newest first.
    std::vector<UnprovenBounce> unproven_bounces(util::Seconds received_since, std::size_t limit);
    /// Takes back what settling wrote about these bounces and puts them in the queue again.
    void settle_bounces_again(std::span<const std::int64_t> message_ids);

    // ---- what the DNS said
    /// The last answer to the question (domain::DnsQuestion::text()).
    std::optional<domain::DnsAnswer> dns_answer(const std::string& question);
    /// Takes the place of what was kept of the same questions, in one transaction. Answers older than a year go.
    void keep_dns_answers(const std::map<std::string, domain::DnsAnswer>& answers, util::Seconds now);
    /// Keeps when each was listed last, and fills in last_listed from what was kept before, in one transaction.
    void remember_listings(std::span<domain::ListFinding> findings);

    // ---- what was decided about asking for a delisting
    /// In the place of the newest one about this address and list where that has the same outcome. Durable on return.
    void keep_decision(const domain::Decision& decision, std::string_view evidence);
    /// The oldest first.
    std::vector<KeptDecision> decisions(const domain::Ip& ip, domain::BlockList list);

    // ---- handing the list on
    /// A rebuild is under way: the list is not whole, and what is missing in it says nothing.
    bool is_rebuilding();
    domain::Cursor newest_change(util::Seconds now);
    /// Whose suppressions may have changed after `since` up to `until`, each once, in order. Nothing where that is longer ago
    /// than the journal reaches.
    std::optional<std::vector<ChangedSuppression>> changes(const domain::Cursor& since, const domain::Cursor& until);
    domain::Lag lag(const domain::Cursor& since, util::Seconds now);
    std::vector<domain::ConsumerState> consumers();
    /// That of the name; a new one where there is none.
    domain::ConsumerState consumer(std::string_view name);
    /// With the run in which its target had everything up to state.cursor, where there was one. Durable on return.
    void keep_consumer(const domain::ConsumerState& state, const domain::ExportRun* run = nullptr);
    /// What is remembered of runs, by consumer, the oldest first.
    std::vector<domain::ExportRun> export_runs();
    /// Takes from the journal what every consumer has and what is older than a month. A consumer that nobody ran for a month
    /// holds nothing up; it gets everything again. Of old runs one a day is kept.
    void prune_changes(util::Seconds now);

    // ---- questions
    Status status(util::Seconds now);
    /// What came in from that day of receipt on, ordered by feed and day.
    std::vector<domain::FeedDay> feed_days(util::Day first_day);
    domain::Backlog backlog();
    /// The reports that were kept last, newest first.
    std::vector<RecentReport> recent_reports(std::size_t limit);
    std::vector<QuarantineEntry> quarantine();
    /// Oldest first; all reasons where none is given.
    std::vector<HeldReport> held(std::optional<domain::Hold> reason = std::nullopt);
    std::optional<MessageBytes> message(std::int64_t message_id);
    /// Everything that `work` asks this store is answered as of one moment.
    void in_snapshot(const std::function<void()>& work);
    /// Calls `each` for every person and scope that somebody ever suppressed, in order of key and scope; those that are not
    /// active any more among them.
    void for_each_suppression(util::Seconds now, const std::function<void(const domain::Suppression&)>& each);
    /// The same for those alone whose key is in the range, until `each` says false.
    void for_each_suppression_in(const KeyRange& range, util::Seconds now, Detail detail,
                                 const std::function<bool(const domain::Suppression&)>& each);
    /// The key that ends a range of about so many rows; nothing where fewer come after it. What it costs is a small part of
    /// reading them.
    std::optional<std::string> key_further(std::string_view after, std::int64_t rows);
    /// The same for these keys (domain::key_of()) alone, all as of one moment, in their order; `index` says of which. A key
    /// that nothing is known about calls nothing.
    void look_up_suppressions(std::span<const std::string> keys, util::Seconds now,
                              const std::function<void(std::size_t index, const domain::Suppression&)>& each);
    /// Calls `each` for every address that a complaint received since then is about and that was known before, in order of
    /// key, with these complaints and with all that ever suppressed it. All as of one moment.
    void for_each_repeated_complaint(util::Seconds since,
                                     const std::function<void(const domain::PersonHistory&)>& each);
    /// Who complained about mail of the address in reports of those days that were received before then: their complaints
    /// about it (scope, message and receipt alone), and all that ever suppressed them. As of one moment.
    Complainants complainants(const domain::Ip& ip, util::Day first_day, util::Day last_day, util::Seconds before);
    /// By domain.
    std::vector<DkimSeen> dkim_seen();
    SuppressionStory suppression_story(const domain::Person& person, util::Seconds now);
    /// In the order of report day, name and arrival day.
    void for_each_complaint_count(const ComplaintQuery& query, const std::function<void(const ComplaintCount&)>& each);
    /// Ascending: days on which anything is known to have been sent that is counted so, to whichever provider.
    std::vector<util::Day> days_with_traffic(domain::TrafficBy by, util::Day first_day, util::Day last_day);
    /// How much was sent, by the day of the attempt (UTC), ordered by provider, name and day. The send log counts by source IP
    /// alone. Where counts were given for an IP, provider and day, they are the answer and the send log is not asked: it may be
    /// that of one server out of many, and both together would count a mail twice. Counts of several sources add up.
    std::vector<TrafficRow> traffic(const TrafficQuery& query);
    /// A stable text of all content, without row ids and times of our own clock: equal content, equal text.
    void dump(const std::function<void(std::string_view line)>& each);

    /// For a thread that opens a store of its own: each is used by one at a time.
    const Options& options() const;

  private:
    struct Connection;
    std::unique_ptr<Connection> connection_;
};

} // namespace jmrp::store
