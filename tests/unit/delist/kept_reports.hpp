#pragma once
// A store that reports, exports and logs are put into as the program does it.
#include <catch2/catch.hpp>
#include <functional>

#include "domain/evidence.hpp"
#include "store/send_log.hpp"
#include "store/store.hpp"
#include "support/temporary_directory.hpp"

namespace jmrp::test {

inline constexpr util::Seconds an_hour = 3600;
inline constexpr util::Seconds a_day = 24 * an_hour;
inline constexpr util::Day today = 20'800;
inline constexpr util::Seconds noon = today * a_day + 12 * an_hour;

class KeptReports {
  public:
    TemporaryDirectory folder;
    store::Options options = [&] {
        store::Options out;
        out.path = folder.path() / "jmrp.db";
        return out;
    }();
    store::Store store{options};
    domain::Evidence evidence = [] {
        domain::Evidence out;
        out.ip = *domain::parse_ip("192.0.2.10");
        out.now = noon;
        return out;
    }();

    using Change = std::function<void(domain::Settlement&)>;

    /// About mail of the evidence's address that arrived `age` before it; received at `at`.
    void complain(const char* person, util::Seconds at, util::Seconds age = an_hour, const Change& change = {}) {
        domain::RawMessage raw;
        raw.bytes = "message " + std::to_string(++messages_);
        store::Prepared prepared = store::prepare(raw);
        store.accept(std::span(&prepared, 1), "feed", at);
        const auto claimed = store.claim(1);
        REQUIRE(claimed.size() == 1);
        domain::Settlement out;
        out.message_id = claimed.front().message_id;
        out.feed = "feed";
        out.received_at = out.settled_at = at;
        out.kind = "feedback-report";
        out.disposition = domain::Disposition::complaint_suppressed;
        domain::Settlement::Report row;
        row.identity = util::digest("report", std::to_string(out.message_id));
        row.report_date = at;
        row.report_day = util::day_of(at);
        row.arrival_day = util::day_of(at - age);
        row.counted = 1;
        row.attributed = true;
        row.report.complaint = true;
        row.report.recipient.status = domain::RecipientStatus::known;
        row.report.arrival_date = {at - age, "a test"};
        row.report.source_ip = {evidence.ip, "a test"};
        row.named = row.suppress = {*domain::parse_person(person)};
        out.report = std::move(row);
        if (change)
            change(out);
        store.settle(std::span(&out, 1));
    }

    void lift(const char* person, util::Seconds at) {
        domain::SuppressionDecision decision;
        decision.person = *domain::parse_person(person);
        decision.add = false;
        decision.decided_at = at;
        store.decide_suppressions(std::span(&decision, 1));
    }

    void run_export(const char* consumer, util::Seconds at, const domain::SuppressionFilter& filter = {}) {
        const domain::ExportRun run{consumer, at, at - domain::settled_in_time, ++runs_, filter};
        store.keep_consumer(store.consumer(consumer), &run);
    }

    /// Mail to the person, left at `at`.
    void log(const char* person, util::Seconds at, domain::SentStatus status = domain::SentStatus::accepted,
             const char* ip = "192.0.2.10", const char* provider = "outlook.com") {
        domain::SentRecord record;
        record.server = "mta1";
        record.queue_id = "queue" + std::to_string(++mails_);
        record.recipient = *domain::parse_address(person);
        record.relay = "mx.example";
        record.provider = provider;
        record.source_ip = domain::parse_ip(ip);
        record.status = status;
        record.at = at;
        const domain::SentEvent event = record;
        store::SendLogWriter(options).add(std::span(&event, 1), nullptr, at);
    }

    void count(util::Day day, std::int64_t accepted, const char* ip = "192.0.2.10") {
        domain::TrafficCount count;
        count.day = day;
        count.source_ip = ip;
        count.provider = "outlook.com";
        count.attempted = count.accepted = accepted;
        store.keep_traffic(std::span(&count, 1), "test");
    }

    static domain::Consumer consumer(const char* name) {
        domain::Consumer out;
        out.name = name;
        return out;
    }

  private:
    int messages_ = 0;
    int mails_ = 0;
    std::int64_t runs_ = 0;
};

} // namespace jmrp::test
