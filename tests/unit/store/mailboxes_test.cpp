#include <sys/stat.h>

#include <catch2/catch.hpp>

#include "store/locks.hpp"
#include "store/store.hpp"
#include "support/temporary_directory.hpp"
#include "util/fault.hpp"

using namespace jmrp;

namespace {

store::Options at(const test::TemporaryDirectory& folder) {
    store::Options options;
    options.path = folder.path() / "jmrp.db";
    return options;
}

std::string dumped(store::Store& store) {
    std::string out;
    store.dump([&](std::string_view line) { out += std::string(line) + "\n"; });
    return out;
}

} // namespace

TEST_CASE("store: how far a folder was read is kept for each feed, server and folder, also when it goes back") {
    const test::TemporaryDirectory folder;
    const domain::FolderPosition far{4'294'967'295, 4'294'967'295, {1, 7, 4'294'967'290}};
    const domain::FolderPosition again{5, 3, {}};
    {
        store::Store store(at(folder));
        CHECK(store.folder_position("a", "u@h", "INBOX") == domain::FolderPosition{});
        store.keep_folder_position("a", "u@h", "INBOX", {4, 9, {2}});
        store.keep_folder_position("a", "u@h", "INBOX", far);
        store.keep_folder_position("a", "u@h",
                                   "Postf\xC3\xA4"
                                   "cher",
                                   again);
    }
    store::Store store(at(folder));
    CHECK(store.folder_position("a", "u@h", "INBOX") == far);
    CHECK(store.folder_position("a", "u@h",
                                "Postf\xC3\xA4"
                                "cher") == again);
    CHECK(store.folder_position("b", "u@h", "INBOX") == domain::FolderPosition{});
    CHECK(store.folder_position("a", "u@other", "INBOX") == domain::FolderPosition{});
    store.keep_folder_position("a", "u@h", "INBOX", again);
    CHECK(store.folder_position("a", "u@h", "INBOX") == again);
}

TEST_CASE(
    "store: when a feed was polled is kept, a rebuild leaves it and the positions alone, and no dump tells them") {
    const test::TemporaryDirectory folder;
    store::Store store(at(folder));
    const std::string before = dumped(store);
    CHECK(store.polled().empty());
    store.keep_polled("a", 100);
    store.keep_polled("b", 150);
    store.keep_polled("a", 200);
    store.keep_folder_position("a", "h", "f", {1, 2, {}});
    CHECK(dumped(store) == before);
    store.begin_rebuild(1000);
    CHECK(store.polled() == std::map<std::string, util::Seconds>{{"a", 200}, {"b", 150}});
    CHECK(store.folder_position("a", "h", "f") == domain::FolderPosition{1, 2, {}});
}

TEST_CASE("store: who polls a feed is alone at it, and nobody waits") {
    const test::TemporaryDirectory folder;
    {
        const store::PollLock first(at(folder).path, "snds");
        CHECK(first.held());
        CHECK_FALSE(store::PollLock(at(folder).path, "snds").held());
        CHECK(store::PollLock(at(folder).path, "snds2").held());
        CHECK(store::SettlingLock(at(folder).path, false).held());
    }
    CHECK(store::PollLock(at(folder).path, "snds").held());
    struct stat found {};
    REQUIRE(::stat((folder / "jmrp.db.poll-snds").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    for (const char* name : {"", "../x", "a/b", "SNDS", "a\nb"})
        CHECK_THROWS_AS(store::PollLock(at(folder).path, name), util::Fault);
}
