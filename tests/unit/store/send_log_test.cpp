#include "store/send_log.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <thread>

#include "support/temporary_directory.hpp"

using namespace jmrp;
using domain::SentEvent;
using domain::SentStatus;
using test::TemporaryDirectory;

namespace {

constexpr util::Seconds noon = 1795305600 + 12 * 3600;
constexpr util::Seconds day = 86400;

store::Options at(const TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return options;
}

domain::SentRecord record(const std::string& queue_id, const std::string& recipient, SentStatus status,
                          util::Seconds when) {
    domain::SentRecord out;
    out.server = "mta1";
    out.queue_id = queue_id;
    out.recipient = *domain::parse_address(recipient);
    out.relay = "mx.example";
    out.provider = "other";
    out.source_ip = domain::parse_ip("192.0.2.1");
    out.status = status;
    out.at = when;
    return out;
}

domain::SentName name(const std::string& queue_id, const std::string& message_id, util::Seconds when) {
    return {"mta1", queue_id, message_id, when};
}

domain::SentEnd end(const std::string& queue_id, util::Seconds when) {
    return {"mta1", queue_id, when};
}

store::Added add(store::SendLogWriter& writer, const std::vector<SentEvent>& events) {
    return writer.add(events, nullptr, noon);
}

std::vector<std::string> recipients(const domain::SendLog& log, const std::string& message_id) {
    std::vector<std::string> out;
    for (const domain::SentMatch& match : log.by_message_id(message_id, std::nullopt, 100))
        out.push_back(match.recipient.text() + " " + std::string(domain::to_text(match.status)));
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> dump(const store::Options& options) {
    std::vector<std::string> out;
    store::Store(options).dump([&](std::string_view line) { out.emplace_back(line); });
    return out;
}

using Lines = std::vector<std::string>;

} // namespace

TEST_CASE("send log: a mail that arrived at a known time is looked for in the week before, and otherwise everywhere") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    add(writer, {name("Q1", "a@sender.example", noon), record("Q1", "user@example.com", SentStatus::accepted, noon)});
    const auto log = store::open_send_log(at(folder));
    const auto found = [&](std::optional<util::Seconds> arrival) {
        return log->by_message_id("a@sender.example", arrival, 10).size() == 1 &&
               log->by_queue_id("Q1", arrival, 10).size() == 1;
    };
    CHECK(found(std::nullopt));
    CHECK(found(noon + 5 * day));
    CHECK(found(noon - day)); // its clock is wrong
    CHECK_FALSE(found(noon + 20 * day));
    CHECK_FALSE(found(noon - 3 * day));
}

TEST_CASE("send log: there is none until one is written, and asking makes none") {
    const TemporaryDirectory folder;
    const auto log = store::open_send_log(at(folder));
    CHECK(log->by_message_id("a@b", noon, 10).empty());
    CHECK(log->by_queue_id("A1", noon, 10).empty());
    CHECK_FALSE(store::send_log_status(at(folder)));
    CHECK(std::filesystem::is_empty(folder.path()));
    store::SendLogWriter writer(at(folder));
    add(writer, {name("A1", "a@b", noon), record("A1", "u@example.com", SentStatus::accepted, noon)});
    CHECK(recipients(*log, "a@b") == Lines{"u@example.com accepted"}); // the same object finds it now
    struct stat found {};
    REQUIRE(::stat((at(folder).path.string() + ".sent").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
}

TEST_CASE("send log: a match tells provider, source IP, time and status, by Message-ID and by queue id") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    add(writer, {name("A1", "a@b", noon), record("A1", "U@example.com", SentStatus::rejected, noon + 5)});
    const auto log = store::open_send_log(at(folder));
    for (const auto& matches : {log->by_message_id("a@b", std::nullopt, 10), log->by_queue_id("A1", noon + day, 10)}) {
        REQUIRE(matches.size() == 1);
        CHECK(matches.front().recipient.text() == "U@example.com");
        CHECK(matches.front().provider == "other");
        CHECK(matches.front().source_ip->text() == "192.0.2.1");
        CHECK(matches.front().at == noon + 5);
        CHECK(matches.front().status == SentStatus::rejected);
    }
    CHECK(log->by_message_id("A@b", noon, 10).empty());
    CHECK(log->by_message_id("", noon, 10).empty());
    CHECK(log->by_queue_id("a1", noon, 10).empty()); // queue ids have cases
}

TEST_CASE("send log: every recipient is found, over days, at most the limit") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    std::vector<SentEvent> events{name("A1", "a@b", noon - 3 * day)};
    for (int i = 0; i < 30; ++i)
        events.emplace_back(
            record("A1", "u" + std::to_string(i) + "@example.com", SentStatus::accepted, noon - (i % 3) * day));
    add(writer, events);
    const auto log = store::open_send_log(at(folder));
    CHECK(log->by_message_id("a@b", noon, 100).size() == 30);
    CHECK(log->by_message_id("a@b", std::nullopt, 100).size() == 30);
    const auto near = log->by_message_id("a@b", noon - 2 * day, 10);
    REQUIRE(near.size() == 10);
    CHECK(std::all_of(near.begin(), near.end(), [](const auto& match) { return match.at == noon - 2 * day; }));
    CHECK(log->by_message_id("a@b", noon, 0).empty());
}

TEST_CASE("send log: one that was sent twice to somebody is one match, the accepted one") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder)); // through a content filter: two queue ids
    add(writer, {name("A1", "a@b", noon), record("A1", "u@example.com", SentStatus::accepted, noon),
                 name("B2", "a@b", noon + 1), record("B2", "U@example.com", SentStatus::rejected, noon + 2)});
    CHECK(recipients(*store::open_send_log(at(folder)), "a@b") == Lines{"u@example.com accepted"});
}

TEST_CASE("send log: the last word counts, deferrals count once each") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    const std::vector<SentEvent> events{name("A1", "a@b", noon - 2 * day),
                                        record("A1", "u@example.com", SentStatus::deferred, noon - 2 * day),
                                        record("A1", "u@example.com", SentStatus::deferred, noon - day),
                                        record("A1", "u@example.com", SentStatus::accepted, noon)};
    CHECK(add(writer, events).fresh == 3);
    const auto before = dump(at(folder));
    CHECK(recipients(*store::open_send_log(at(folder)), "a@b") == Lines{"u@example.com accepted"});
    store::Store store(at(folder));
    const auto rows = store.traffic({});
    REQUIRE(rows.size() == 3);
    CHECK((rows[0].attempted == 1 && rows[0].deferred == 1 && rows[0].day == util::day_of(noon) - 2));
    CHECK((rows[1].attempted == 1 && rows[1].deferred == 1));
    CHECK((rows[2].attempted == 1 && rows[2].accepted == 1));
    const auto again = add(writer, events);
    CHECK((again.fresh == 0 && again.known == 3));
    CHECK(dump(at(folder)) == before);
}

TEST_CASE("send log: in whatever order logs are read, and however often, the end is the same") {
    std::vector<SentEvent> events;
    for (int i = 0; i < 40; ++i) {
        const std::string id = "Q" + std::to_string(i);
        const util::Seconds begin = noon - (i % 5) * day;
        events.emplace_back(name(id, "m" + std::to_string(i) + "@b", begin));
        for (int attempt = 0; attempt < i % 4; ++attempt)
            events.emplace_back(record(id, "u@example.com", SentStatus::deferred, begin + attempt * day / 2));
        events.emplace_back(
            record(id, "u@example.com", i % 3 ? SentStatus::accepted : SentStatus::rejected, begin + 2 * day));
        events.emplace_back(record(id, "w@example.com", SentStatus::accepted, begin + 1));
        events.emplace_back(end(id, begin + 2 * day));
    }
    std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same order each time
    Lines first;
    for (int round = 0; round < 12; ++round) {
        const TemporaryDirectory folder;
        store::SendLogWriter writer(at(folder));
        for (std::size_t i = 0; i < events.size(); i += 7)
            add(writer, {events.begin() + static_cast<std::ptrdiff_t>(i),
                         events.begin() + static_cast<std::ptrdiff_t>(std::min(events.size(), i + 7))});
        add(writer, events);
        if (first.empty())
            first = dump(at(folder));
        CHECK(dump(at(folder)) == first);
        std::shuffle(events.begin(), events.end(), random);
    }
    CHECK(std::none_of(first.begin(), first.end(),
                       [](const std::string& line) { return line.find("|-|") != std::string::npos; }));
}

TEST_CASE("send log: a queue id that another message gets belongs to that one from then on") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    add(writer, {name("A1", "one@b", noon - 100), record("A1", "u1@example.com", SentStatus::accepted, noon - 90),
                 end("A1", noon - 80), name("A1", "two@b", noon - 50)});
    add(writer, {record("A1", "u2@example.com", SentStatus::accepted, noon - 40), end("A1", noon - 30),
                 record("A1", "u3@example.com", SentStatus::accepted, noon)});
    const auto log = store::open_send_log(at(folder));
    CHECK(recipients(*log, "one@b") == Lines{"u1@example.com accepted"});
    CHECK(recipients(*log, "two@b") == Lines{"u2@example.com accepted"}); // not the one after the end
    CHECK(log->by_queue_id("A1", noon, 10).size() == 3);
}

TEST_CASE("send log: equal queue ids of two servers are two messages") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    auto other = record("A1", "u@example.com", SentStatus::accepted, noon);
    other.server = "mta2";
    add(writer, {record("A1", "u@example.com", SentStatus::accepted, noon), other, name("A1", "one@b", noon - 1),
                 domain::SentName{"mta2", "A1", "two@b", noon - 1}});
    const auto log = store::open_send_log(at(folder));
    CHECK(recipients(*log, "one@b").size() == 1);
    CHECK(recipients(*log, "two@b").size() == 1);
}

TEST_CASE("send log: counts are by IP, provider and day, or for all days") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    auto other = record("A3", "c@example.com", SentStatus::accepted, noon);
    other.provider = "outlook.com";
    other.source_ip.reset();
    add(writer, {record("A1", "a@example.com", SentStatus::accepted, noon),
                 record("A2", "b@example.com", SentStatus::rejected, noon - day), other});
    store::Store store(at(folder));
    CHECK(store.traffic({}).size() == 3);
    store::TrafficQuery query;
    query.per_day = false;
    query.name = "192.0.2.1";
    REQUIRE(store.traffic(query).size() == 1);
    CHECK(store.traffic(query).front().attempted == 2);
    query.provider = "outlook.com";
    CHECK(store.traffic(query).empty());
    query.name = "";
    CHECK(store.traffic(query).size() == 1);
    query.first_day = util::day_of(noon) + 1;
    CHECK(store.traffic(query).empty());
}

TEST_CASE("send log: what is older than the retention goes, its counts stay") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    std::vector<SentEvent> events;
    for (int i = 0; i < 50; ++i)
        events.emplace_back(record("Q" + std::to_string(i), "u@example.com",
                                   i % 2 ? SentStatus::accepted : SentStatus::deferred, noon - i * day));
    add(writer, events);
    const auto never = [] { return false; };
    CHECK(writer.expire(noon - 45 * day, noon, never) == 4);
    CHECK(writer.expire(noon - 45 * day, noon, never) == 0);
    CHECK(store::Store(at(folder)).traffic({}).size() == 50);
    const auto status = store::send_log_status(at(folder));
    CHECK(status->first_day == util::day_of(noon) - 45);
    CHECK(status->last_day == util::day_of(noon));
    CHECK(store::open_send_log(at(folder))->by_queue_id("Q46", noon, 1).empty());
}

TEST_CASE("send log: positions are kept with what was read up to them") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    store::LogPosition position;
    position.head_length = 4;
    position.head = util::digest("x", "head");
    position.offset = 77;
    position.tail = util::digest("x", "tail");
    writer.add({}, &position, noon);
    REQUIRE(position.id != 0);
    position.offset = 99;
    writer.add({}, &position, noon);
    const auto all = store::SendLogWriter(at(folder)).positions();
    REQUIRE(all.size() == 1);
    CHECK(all.front().id == position.id);
    CHECK(all.front().offset == 99);
    CHECK(all.front().head == position.head);
    CHECK(all.front().tail == position.tail);
}

TEST_CASE("send log: many threads ask one object at the same time, while it is written") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    add(writer, {name("A1", "a@b", noon), record("A1", "u@example.com", SentStatus::accepted, noon)});
    const auto log = store::open_send_log(at(folder));
    std::atomic<int> wrong = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i)
            threads.emplace_back([&] {
                for (int n = 0; n < 300; ++n)
                    wrong += log->by_message_id("a@b", noon, 10).size() == 1 ? 0 : 1;
            });
        for (int n = 0; n < 50; ++n)
            add(writer, {record("B" + std::to_string(n), "u@example.com", SentStatus::accepted, noon)});
    }
    CHECK(wrong == 0);
}

TEST_CASE("send log: hostile texts are values and nothing else") {
    const TemporaryDirectory folder;
    store::SendLogWriter writer(at(folder));
    const std::string id("'); DROP TABLE sent; --\0\xff", 25);
    auto odd = record("A1", "o'brien--@example.com", SentStatus::accepted, noon);
    odd.relay = "'\"--";
    odd.server.clear();
    add(writer, {domain::SentName{"", "A1", id, noon}, odd});
    CHECK(recipients(*store::open_send_log(at(folder)), id) == Lines{"o'brien--@example.com accepted"});
}
