#include <catch2/catch.hpp>

#include "store/send_log.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::TrafficBy;
using domain::TrafficCount;
using store::TrafficOrigin;
using test::TemporaryDirectory;

namespace {

constexpr util::Day today = 20'780;

store::Options at(const TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return options;
}

TrafficCount count(util::Day day, const std::string& ip, std::int64_t accepted) {
    TrafficCount out;
    out.day = day;
    out.source_ip = ip;
    out.provider = "outlook.com";
    out.attempted = accepted + 3;
    out.accepted = accepted;
    out.deferred = 2;
    out.rejected = 1;
    return out;
}

/// Of a list, by no address.
TrafficCount count_of_list(const std::string& list, std::int64_t accepted) {
    TrafficCount out = count(today, "", accepted);
    out.list = list;
    return out;
}

/// One message to one recipient, from that address.
void send(const store::Options& options, const std::string& id, const std::string& ip, util::Day day) {
    domain::SentRecord record;
    record.server = "mta1";
    record.queue_id = id;
    record.recipient = *domain::parse_address("u@hotmail.com");
    record.provider = "outlook.com";
    record.source_ip = domain::parse_ip(ip);
    record.at = util::Seconds{day} * 86400;
    const std::vector<domain::SentEvent> events{record};
    store::SendLogWriter(options).add(events, nullptr, record.at);
}

std::vector<std::string> lines(const std::vector<store::TrafficRow>& rows) {
    static constexpr const char* origins[] = {"log", "counts", "both"};
    std::vector<std::string> out;
    for (const store::TrafficRow& row : rows)
        out.push_back(row.name + " " + row.provider + " " + std::to_string(row.day == 0 ? 0 : row.day - today) + " " +
                      std::to_string(row.attempted) + " " + std::to_string(row.accepted) + " " +
                      std::to_string(row.deferred) + " " + std::to_string(row.rejected) + " " +
                      origins[static_cast<std::size_t>(row.origin)]);
    return out;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("traffic: counts are kept once, and the same names on the same day take their place") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const std::vector<TrafficCount> first{count(today, "192.0.2.1", 100), count(today - 1, "192.0.2.1", 50)};
    auto kept = store.keep_traffic(first, "mta");
    CHECK((kept.fresh == 2 && kept.changed == 0 && kept.known == 0));
    kept = store.keep_traffic(first, "mta");
    CHECK((kept.fresh == 0 && kept.changed == 0 && kept.known == 2));
    const std::vector<TrafficCount> later{count(today, "192.0.2.1", 120), count(today, "192.0.2.2", 7)};
    kept = store.keep_traffic(later, "mta");
    CHECK((kept.fresh == 1 && kept.changed == 1 && kept.known == 0));
    CHECK(lines(store.traffic({})) == Lines{"192.0.2.1 outlook.com -1 53 50 2 1 counts",
                                            "192.0.2.1 outlook.com 0 123 120 2 1 counts",
                                            "192.0.2.2 outlook.com 0 10 7 2 1 counts"});
}

TEST_CASE("traffic: counts of several sources add up") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const std::vector<TrafficCount> counts{count(today, "192.0.2.1", 100)};
    store.keep_traffic(counts, "mta");
    store.keep_traffic(counts, "newsletter");
    CHECK(lines(store.traffic({})) == Lines{"192.0.2.1 outlook.com 0 206 200 4 2 counts"});
}

TEST_CASE("traffic: where counts were given the send log is not added, day by day") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    for (const auto& [id, day] : {std::pair{"A", today}, std::pair{"B", today - 1}, std::pair{"C", today - 2}})
        send(at(folder), id, "192.0.2.1", day);
    send(at(folder), "D", "192.0.2.9", today);
    const std::vector<TrafficCount> counts{count(today - 1, "192.0.2.1", 100), count(today - 3, "192.0.2.1", 50),
                                           count(today, "192.0.2.10", 5)};
    store.keep_traffic(counts, "mta");
    CHECK(lines(store.traffic({})) ==
          Lines{"192.0.2.1 outlook.com -3 53 50 2 1 counts", "192.0.2.1 outlook.com -2 1 1 0 0 log",
                "192.0.2.1 outlook.com -1 103 100 2 1 counts", "192.0.2.1 outlook.com 0 1 1 0 0 log",
                "192.0.2.10 outlook.com 0 8 5 2 1 counts", "192.0.2.9 outlook.com 0 1 1 0 0 log"});
    store::TrafficQuery query;
    query.per_day = false;
    CHECK(lines(store.traffic(query)) == Lines{"192.0.2.1 outlook.com 0 158 152 4 2 both",
                                               "192.0.2.10 outlook.com 0 8 5 2 1 counts",
                                               "192.0.2.9 outlook.com 0 1 1 0 0 log"});
    query.first_day = query.last_day = today - 1;
    CHECK(lines(store.traffic(query)) == Lines{"192.0.2.1 outlook.com 0 103 100 2 1 counts"});
    query.provider = "gmail.com";
    CHECK(store.traffic(query).empty());
}

TEST_CASE("traffic: a day on which nothing was sent is known, a day of which nothing was said is not") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    TrafficCount nothing = count(today, "192.0.2.1", 0);
    nothing.attempted = nothing.deferred = nothing.rejected = 0;
    store.keep_traffic(std::span(&nothing, 1), "mta");
    CHECK(lines(store.traffic({})) == Lines{"192.0.2.1 outlook.com 0 0 0 0 0 counts"});
}

TEST_CASE("traffic: a count speaks of what it names and of nothing else") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    TrafficCount both = count(today, "192.0.2.1", 10);
    both.domain = "sender.example";
    both.campaign = "spring";
    TrafficCount gmail = count_of_list("news.sender.example", 1000);
    gmail.provider = "gmail.com";
    const std::vector<TrafficCount> counts{count_of_list("news.sender.example", 20),
                                           count_of_list("offers.sender.example", 30), both, gmail};
    store.keep_traffic(counts, "mta");
    store::TrafficQuery query;
    CHECK(lines(store.traffic(query)) == Lines{"192.0.2.1 outlook.com 0 13 10 2 1 counts"});
    query.by = TrafficBy::domain;
    CHECK(lines(store.traffic(query)) == Lines{"sender.example outlook.com 0 13 10 2 1 counts"});
    query.by = TrafficBy::campaign;
    CHECK(lines(store.traffic(query)) == Lines{"spring outlook.com 0 13 10 2 1 counts"});
    query.by = TrafficBy::list;
    query.provider = "outlook.com";
    CHECK(lines(store.traffic(query)) == Lines{"news.sender.example outlook.com 0 23 20 2 1 counts",
                                               "offers.sender.example outlook.com 0 33 30 2 1 counts"});
    query.name = "offers.sender.example";
    query.per_day = false;
    CHECK(lines(store.traffic(query)) == Lines{"offers.sender.example outlook.com 0 33 30 2 1 counts"});
}

TEST_CASE("traffic: the send log alone says nothing of domains, lists and campaigns") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    send(at(folder), "A", "192.0.2.1", today);
    for (const TrafficBy by : {TrafficBy::domain, TrafficBy::list, TrafficBy::campaign}) {
        store::TrafficQuery query;
        query.by = by;
        CHECK(store.traffic(query).empty());
    }
}

TEST_CASE("traffic: counts are in the dump and outlive a rebuild") {
    const TemporaryDirectory folder;
    store::Store store(at(folder));
    const auto dump = [&] {
        std::vector<std::string> out;
        store.dump([&](std::string_view line) { out.emplace_back(line); });
        return out;
    };
    CHECK(dump().empty());
    const TrafficCount one = count(today, "192.0.2.1", 100);
    store.keep_traffic(std::span(&one, 1), "mta");
    const Lines expected{"traffic|mta|20780|192.0.2.1|outlook.com||||103|100|2|1"};
    CHECK(dump() == expected);
    store.begin_rebuild(util::Seconds{today} * 86400);
    CHECK(dump() == expected);
}
