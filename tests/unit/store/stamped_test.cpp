#include "store/stamped.hpp"

#include <catch2/catch.hpp>

#include "support/temporary_directory.hpp"

using namespace jmrp;

namespace {

domain::Address address(const char* text) {
    return *domain::parse_address(text);
}

std::vector<std::string> texts(const std::vector<domain::SentMatch>& matches) {
    std::vector<std::string> out;
    for (const auto& match : matches)
        out.push_back(match.recipient.text() + " " + match.provider + " " + std::to_string(match.at));
    return out;
}

struct NoLog : domain::SendLog {
    std::vector<domain::SentMatch> matches;
    std::vector<domain::SentMatch> by_message_id(std::string_view, std::optional<util::Seconds>,
                                                 std::size_t) const override {
        return matches;
    }
    std::vector<domain::SentMatch> by_queue_id(std::string_view, std::optional<util::Seconds>,
                                               std::size_t) const override {
        return matches;
    }
};

} // namespace

TEST_CASE("store: who got a stamped message is found by its id, the nearest in time, and by its Message-ID") {
    test::TemporaryDirectory directory;
    store::Options options;
    options.path = directory.path() / "jmrp.db";
    CHECK(store::find_stamped_by_id(options, "A1", 5, 10).empty());
    store::StampedWriter writer(options);
    writer.add({});
    const domain::StampedMessage messages[] = {
        {"A1",
         "m1@sender.example",
         {address("a@hotmail.com"), address("\"b c\"@live.co.uk"), address("c@other.example")},
         1000},
        {"A1", "m2@sender.example", {address("d@far.example")}, 9000},
        {"B2", "", {}, 9000}};
    writer.add(messages);
    CHECK(texts(store::find_stamped_by_id(options, "A1", 900, 10)) ==
          std::vector<std::string>{"a@hotmail.com outlook.com 1000", "\"b c\"@live.co.uk outlook.com 1000",
                                   "c@other.example other 1000"});
    CHECK(texts(store::find_stamped_by_id(options, "A1", 8000, 10)) ==
          std::vector<std::string>{"d@far.example other 9000"});
    CHECK(texts(store::find_stamped_by_id(options, "A1", std::nullopt, 10)) ==
          std::vector<std::string>{"d@far.example other 9000"});
    CHECK(store::find_stamped_by_id(options, "A1", 900, 2).size() == 2);
    CHECK(store::find_stamped_by_message_id(options, "m2@sender.example", {}, 10).size() == 1);
    CHECK(store::find_stamped_by_message_id(options, "", {}, 10).empty());
    CHECK(store::find_stamped_by_id(options, "B2", {}, 10).empty());
    CHECK(store::find_stamped_by_id(options, "a1", {}, 10).empty());
}

TEST_CASE("store: old stamped messages are deleted in steps") {
    test::TemporaryDirectory directory;
    store::Options options;
    options.path = directory.path() / "jmrp.db";
    store::StampedWriter writer(options);
    std::vector<domain::StampedMessage> messages;
    for (int i = 0; i < 25; ++i)
        messages.push_back({std::to_string(i), "", {address("a@outlook.example")}, 1000 + i});
    writer.add(messages);
    CHECK(writer.expire(1015, 10) == 10);
    CHECK(writer.expire(1015, 10) == 5);
    CHECK(writer.expire(1015, 10) == 0);
    CHECK(store::find_stamped_by_id(options, "14", {}, 10).empty());
    CHECK(store::find_stamped_by_id(options, "15", {}, 10).size() == 1);
}

TEST_CASE("store: what the send log says of a recipient counts more than that it was stamped") {
    test::TemporaryDirectory directory;
    store::Options options;
    options.path = directory.path() / "jmrp.db";
    store::StampedWriter writer(options);
    const domain::StampedMessage message{
        "A1", "m1@sender.example", {address("a@hotmail.com"), address("B@hotmail.com")}, 1000};
    writer.add({&message, 1});
    auto log = std::make_unique<NoLog>();
    domain::SentMatch rejected;
    rejected.recipient = address("b@hotmail.com");
    rejected.status = domain::SentStatus::rejected;
    log->matches = {rejected};
    const auto both = store::with_stamped(std::move(log), options);
    for (const auto& found : {both->by_queue_id("A1", {}, 10), both->by_message_id("m1@sender.example", {}, 10)}) {
        REQUIRE(found.size() == 2);
        CHECK(found[0].status == domain::SentStatus::rejected);
        CHECK(found[1].recipient.text() == "a@hotmail.com");
        CHECK(found[1].status == domain::SentStatus::accepted);
    }
    CHECK(both->by_queue_id("A1", {}, 1).size() == 1);
}

TEST_CASE("store: how many messages were stamped, and when the last") {
    test::TemporaryDirectory directory;
    store::Options options;
    options.path = directory.path() / "jmrp.db";
    CHECK_FALSE(store::stamped_status(options));
    store::StampedWriter writer(options);
    REQUIRE(store::stamped_status(options));
    CHECK(store::stamped_status(options)->messages == 0);
    CHECK_FALSE(store::stamped_status(options)->newest);
    const domain::StampedMessage messages[] = {{"A1", "", {address("a@hotmail.com")}, 1000},
                                               {"B2", "", {address("b@hotmail.com")}, 2000}};
    writer.add(messages);
    CHECK(store::stamped_status(options)->messages == 2);
    CHECK(store::stamped_status(options)->newest == 2000);
    writer.expire(1500, 10);
    CHECK(store::stamped_status(options)->messages == 1);
}
