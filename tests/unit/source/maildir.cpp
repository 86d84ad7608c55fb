#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "support/temporary_directory.hpp"
#include "unit/source/reading.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using test::all;
using test::texts;
using Texts = std::vector<std::string>;
namespace fs = std::filesystem;

namespace {

/// With folders as a mail server makes them.
struct Maildir : test::TemporaryDirectory {
    Maildir() {
        for (const char* folder : {"new", "cur", "tmp"})
            fs::create_directory(path() / folder);
    }
    std::string spec() const { return "maildir:" + path().string(); }
    bool has(const char* name) const { return fs::exists(path() / name); }
};

} // namespace

TEST_CASE("source: a Maildir gives what is new in order of name and nothing else") {
    const Maildir box;
    box.write("new/3.b", "three");
    box.write("new/1.a", "one");
    box.write("new/2.c", "two");
    box.write("new/.hidden", "no");
    box.write("cur/0.x:2,S", "read before");
    box.write("tmp/0.y", "half written");
    const auto source = source::open(box.path().string(), test::no_limit);
    CHECK(source->position().total == 3);
    const auto messages = all(*source);
    CHECK(texts(messages) == Texts{"one", "two", "three"});
    CHECK(messages[0].origin == box / "new/1.a");
    CHECK(source->position().done == 3);
}

TEST_CASE("source: a message of a Maildir moves to cur unseen, and only once it is acknowledged") {
    const Maildir box;
    box.write("new/1.a", "one");
    box.write("new/2.b", "two");
    const auto source = source::open(box.spec(), test::no_limit);
    const auto first = source->next();
    const auto second = source->next();
    REQUIRE(second);
    CHECK(box.has("new/1.a"));
    source->acknowledge(first->token);
    CHECK_FALSE(box.has("new/1.a"));
    CHECK(box.has("cur/1.a:2,"));
    CHECK(box.has("new/2.b"));
    CHECK(texts(all(box.spec())) == Texts{"two"});
}

TEST_CASE("source: acknowledging never replaces a message in cur") {
    const Maildir box;
    box.write("new/1.a", "one");
    box.write("cur/1.a:2,", "another one");
    const auto source = source::open(box.spec(), test::no_limit);
    source->acknowledge(source->next()->token);
    CHECK(all(box / "cur/1.a:2,").front().bytes == "another one");
    CHECK(all(box / "cur/1.a.1:2,").front().bytes == "one");
}

TEST_CASE("source: a Maildir file that vanished is passed over, before and after it was read") {
    const Maildir box;
    box.write("new/1.a", "one");
    box.write("new/2.b", "two");
    const auto source = source::open(box.spec(), test::no_limit);
    fs::remove(box / "new/1.a");
    const auto message = source->next();
    REQUIRE(message);
    CHECK(message->bytes == "two");
    fs::remove(box / "new/2.b");
    CHECK_NOTHROW(source->acknowledge(message->token));
    CHECK(source->skipped() == 0);
}

TEST_CASE("source: a token that leads out of a Maildir is refused") {
    const Maildir box;
    box.write("secret", "stays");
    const auto source = source::open(box.spec(), test::no_limit);
    for (const std::string& token : {std::string("../secret"), std::string(".."), std::string("."), std::string(),
                                     box / "secret", std::string("a\0b", 3)})
        CHECK_THROWS_AS(source->acknowledge(token), util::Fault);
    CHECK(box.has("secret"));
}

TEST_CASE("source: entries of a Maildir that are no messages are skipped, counted and left alone") {
    const test::Quiet quiet;
    const Maildir box;
    fs::create_directory(box.path() / "new/1.directory");
    REQUIRE(::mkfifo((box / "new/2.fifo").c_str(), 0600) == 0);
    fs::create_symlink("/etc/passwd", box.path() / "new/3.link");
    box.write("new/4.empty", "");
    box.write("new/5.good", "good");
    const auto source = source::open(box.spec(), test::no_limit);
    CHECK(texts(all(*source)) == Texts{"good"});
    CHECK(source->skipped() == 4);
    CHECK(box.has("new/4.empty"));
}

TEST_CASE("source: what is no Maildir is refused as one with the missing folder's name") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(source::open("maildir:" + directory.path().string(), 100), Catch::Contains("/new"));
    fs::create_directory(directory.path() / "new");
    CHECK_THROWS_WITH(source::open("maildir:" + directory.path().string(), 100), Catch::Contains("/cur"));
    CHECK_THROWS_WITH(source::open("maildir:" + (directory / "absent"), 100),
                      Catch::Contains("maildir:" + (directory / "absent")));
}
