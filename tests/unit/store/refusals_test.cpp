// Refusals and deliveries by the hour in the send log.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>

#include "store/send_log.hpp"
#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::SentEvent;
using domain::SentStatus;
using test::TemporaryDirectory;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;

store::Options at(const TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return options;
}

domain::Refused refused(const std::string& text = "blocked", const char* ip = "192.0.2.1") {
    domain::Refused out;
    out.ip = domain::parse_ip(ip);
    out.servers = domain::BlockList::outlook_com;
    out.list = domain::BlockList::outlook_com;
    out.category = domain::RejectionCategory::ip_block;
    out.code = "S3140";
    out.text = text;
    out.rule = "s3140";
    return out;
}

domain::SentRecord attempt(int number, SentStatus status, util::Seconds when) {
    domain::SentRecord out;
    out.server = "mta1";
    out.queue_id = "Q" + std::to_string(number) + "abcdefgh";
    out.recipient = *domain::parse_address("user@hotmail.com");
    out.relay = "hotmail-com.olc.protection.outlook.com";
    out.provider = "outlook.com";
    out.source_ip = domain::parse_ip("192.0.2.1");
    out.status = status;
    out.at = when;
    if (status == SentStatus::rejected)
        out.refused = std::make_shared<const domain::Refused>(refused("blocked at " + std::to_string(when)));
    return out;
}

std::vector<domain::DeliveryHour> hours(const TemporaryDirectory& folder, util::Seconds since = 0) {
    std::vector<domain::DeliveryHour> out;
    store::Store(at(folder)).for_each_delivery_hour(since, [&](const auto& hour) { out.push_back(hour); });
    return out;
}

std::vector<domain::RefusedHour> refusals(const TemporaryDirectory& folder, util::Seconds since = 0) {
    std::vector<domain::RefusedHour> out;
    store::Store(at(folder)).for_each_refused_hour(since, [&](const auto& hour) { out.push_back(hour); });
    return out;
}

std::vector<std::string> dump(const TemporaryDirectory& folder) {
    std::vector<std::string> out;
    store::Store(at(folder)).dump([&](std::string_view line) { out.emplace_back(line); });
    return out;
}

} // namespace

TEST_CASE(
    "refusals: hours tell attempts, the busiest minute and what was taken last, also where two imports share them") {
    const TemporaryDirectory folder;
    {
        store::SendLogWriter writer(at(folder));
        writer.add(std::vector<SentEvent>{attempt(1, SentStatus::accepted, noon + 61),
                                          attempt(2, SentStatus::rejected, noon + 62)},
                   nullptr, noon);
        writer.add(std::vector<SentEvent>{attempt(3, SentStatus::deferred, noon + 63),
                                          attempt(4, SentStatus::accepted, noon + 600),
                                          attempt(5, SentStatus::accepted, noon + 3600)},
                   nullptr, noon);
    }
    const auto found = hours(folder);
    REQUIRE(found.size() == 2);
    const domain::DeliveryHour& hour = found[0];
    CHECK(hour.ip->text() == "192.0.2.1");
    CHECK(hour.servers == domain::BlockList::outlook_com);
    CHECK(hour.attempts == 4);
    CHECK(hour.accepted == 2);
    CHECK(hour.first == noon + 61);
    CHECK(hour.last == noon + 600);
    CHECK(hour.last_accepted == noon + 600);
    CHECK(hour.minutes[1] == 3);
    CHECK(hour.minutes[10] == 1);
    CHECK(std::ranges::count(hour.minutes, 0) == 58);
    CHECK(found[1].last_accepted == noon + 3600);
    CHECK(hours(folder, noon + 3600).size() == 1);
}

TEST_CASE("refusals: those of an hour that differ in nothing but time are one row, with the newest text") {
    const TemporaryDirectory folder;
    {
        store::SendLogWriter writer(at(folder));
        writer.add(std::vector<SentEvent>{attempt(1, SentStatus::rejected, noon + 100),
                                          attempt(2, SentStatus::rejected, noon + 50)},
                   nullptr, noon);
        writer.add(std::vector<SentEvent>{attempt(3, SentStatus::rejected, noon + 70),
                                          attempt(4, SentStatus::rejected, noon + 3700)},
                   nullptr, noon);
    }
    const auto found = refusals(folder);
    REQUIRE(found.size() == 2);
    CHECK(found[0].count == 3);
    CHECK(found[0].first == noon + 50);
    CHECK(found[0].last == noon + 100);
    CHECK(refusals(folder, noon + 3600).size() == 1);
    const auto newest = store::Store(at(folder)).newest_refused(0);
    REQUIRE(newest.size() == 1);
    CHECK(newest[0].count == 4);
    CHECK(newest[0].refused.text == "blocked at " + std::to_string(noon + 3700));
    CHECK(newest[0].refused.rule == "s3140");
    CHECK(store::Store(at(folder)).newest_refused(noon + 3600)[0].count == 1);
}

TEST_CASE("refusals: a line that is read again counts once, and the order of reading makes no difference") {
    std::vector<SentEvent> events;
    for (int i = 0; i < 300; ++i)
        events.push_back(attempt(i,
                                 i % 3 == 0   ? SentStatus::accepted
                                 : i % 3 == 1 ? SentStatus::deferred
                                              : SentStatus::rejected,
                                 noon + 97 * i));
    std::vector<std::string> expected;
    std::mt19937 random(1);
    for (int round = 0; round < 5; ++round) {
        const TemporaryDirectory folder;
        {
            store::SendLogWriter writer(at(folder));
            for (int again = 0; again < 2; ++again)
                for (std::size_t i = 0; i < events.size(); i += 70)
                    writer.add(std::span(events).subspan(i, std::min<std::size_t>(70, events.size() - i)), nullptr,
                               noon);
        }
        const auto lines = dump(folder);
        if (round == 0)
            expected = lines;
        CHECK(lines == expected);
        CHECK(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("sent-refusal|"); }) > 5);
        CHECK(std::ranges::count_if(lines, [](const auto& line) { return line.starts_with("sent-hour|"); }) > 5);
        std::ranges::shuffle(events, random);
    }
}

TEST_CASE("refusals: a minute with more attempts than a row can tell says at least so many") {
    const TemporaryDirectory folder;
    {
        store::SendLogWriter writer(at(folder));
        std::vector<SentEvent> events;
        for (int i = 0; i < 70'000; ++i)
            events.push_back(attempt(i, SentStatus::accepted, noon));
        writer.add(events, nullptr, noon);
    }
    CHECK(hours(folder)[0].minutes[0] == domain::DeliveryHour::most_a_minute);
    CHECK(hours(folder)[0].attempts == 70'000);
}

TEST_CASE("refusals: what other providers take and refuse is not watched, and without a send log there is nothing") {
    const TemporaryDirectory folder;
    CHECK(hours(folder).empty());
    CHECK(refusals(folder).empty());
    CHECK(store::Store(at(folder)).newest_refused(0).empty());
    store::SendLogWriter writer(at(folder));
    domain::SentRecord record = attempt(1, SentStatus::accepted, noon);
    record.provider = "gmail.com";
    writer.add(std::vector<SentEvent>{record}, nullptr, noon);
    CHECK(hours(folder).empty());
}

TEST_CASE("refusals: they expire with the log") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    writer.add(
        std::vector<SentEvent>{attempt(1, SentStatus::rejected, noon), attempt(2, SentStatus::rejected, noon + 86'400)},
        nullptr, noon);
    writer.expire(noon + 86'400, noon + 86'400, [] { return false; });
    CHECK(refusals(folder).size() == 1);
    CHECK(hours(folder).size() == 1);
}
