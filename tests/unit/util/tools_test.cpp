#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>

#include "support/temporary_directory.hpp"
#include "util/clock.hpp"
#include "util/companion.hpp"
#include "util/compress.hpp"
#include "util/digest.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/idna.hpp"
#include "util/regex.hpp"
#include "util/supervise.hpp"
#include "util/worker_pool.hpp"

using namespace jmrp::util;
using jmrp::test::TemporaryDirectory;

TEST_CASE("clock: days and times before and after the epoch are written in UTC") {
    CHECK(iso8601(0) == "1970-01-01T00:00:00Z");
    CHECK(iso8601(1795305600) == "2026-11-22T00:00:00Z");
    CHECK(iso8601(-1) == "1969-12-31T23:59:59Z");
    CHECK(day_of(86399) == 0);
    CHECK(day_of(-1) == -1);
    CHECK(parse_iso_day("2026-11-22") == day_of(1795305600));
    CHECK_FALSE(parse_iso_day("2026-02-30"));
    CHECK_FALSE(parse_iso_day("26-02-03"));
}

TEST_CASE("digest: another purpose or another byte gives another digest") {
    CHECK(digest("message", "abc") == digest("message", "abc"));
    CHECK(digest("message", "abc") != digest("report", "abc"));
    CHECK(digest("message", "abc") != digest("message", "abd"));
    CHECK(digest("ab", "c") != digest("a", "bc"));
}

TEST_CASE("compress: every byte comes back, and a hostile frame unpacks to no more than the limit") {
    std::string bytes;
    for (int i = 0; i < 100'000; ++i)
        bytes += static_cast<char>(i % 256);
    CHECK(decompress(compress(bytes), bytes.size()) == bytes);
    CHECK(decompress(compress(""), 0).empty());
    CHECK_THROWS_AS(decompress(compress(bytes), bytes.size() - 1), Fault);
    CHECK_THROWS_AS(decompress("no frame", 100), Fault);
    std::string damaged = compress(bytes);
    damaged.resize(damaged.size() / 2);
    CHECK_THROWS_AS(decompress(damaged, bytes.size()), Fault);
}

TEST_CASE("fd: a file is read up to the limit and what is beyond is told") {
    const TemporaryDirectory folder;
    write_atomically(folder.path() / "file", "0123456789");
    CHECK(read_file(folder.path() / "file", 10).bytes == "0123456789");
    CHECK_FALSE(read_file(folder.path() / "file", 10).truncated);
    CHECK(read_file(folder.path() / "file", 9).bytes == "012345678");
    CHECK(read_file(folder.path() / "file", 9).truncated);
}

TEST_CASE("fd: an atomic write replaces the file, keeps others out and leaves nothing beside it") {
    const TemporaryDirectory folder;
    write_atomically(folder.path() / "file", "old");
    write_atomically(folder.path() / "file", "new");
    CHECK(read_file(folder.path() / "file", 10).bytes == "new");
    struct stat found {};
    REQUIRE(::stat((folder.path() / "file").c_str(), &found) == 0);
    CHECK((found.st_mode & 0777) == 0600);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
    CHECK_THROWS_AS(write_atomically(folder.path() / "missing" / "file", "x"), Fault);
}

TEST_CASE("fault: its one line says what, on what, why and what to do") {
    CHECK(std::string(Fault(FaultKind::system, "open x", "it is\nthere", "remove it").what()) ==
          "cannot open x: it is there (remove it)");
    CHECK(system_fault("open x", ENOSPC).kind() == FaultKind::full);
    CHECK(system_fault("open x", EACCES).kind() == FaultKind::permission);
}

TEST_CASE("idna: domains come out as lower-case A-labels, other texts do not come out") {
    CHECK(domain_to_ascii("EXAMPLE.com.") == "example.com");
    CHECK(domain_to_ascii("B\xc3\xbc"
                          "cher.example") == "xn--bcher-kva.example");
    CHECK_FALSE(domain_to_ascii(""));
    CHECK_FALSE(domain_to_ascii("a..b"));
    CHECK_FALSE(domain_to_ascii("-a.example"));
    CHECK_FALSE(domain_to_ascii("a b.example"));
    CHECK_FALSE(domain_to_ascii(std::string(64, 'a') + ".example"));
    CHECK_FALSE(domain_to_ascii("\xff\xfe.example"));
}

TEST_CASE("regex: groups come back by name, and a pattern that explodes gives up") {
    const Regex regex("^bounce\\+(?<local>[^=]+)=(?<domain>.+)@");
    const auto groups = regex.search("Bounce+user=example.com@news.example");
    REQUIRE(groups);
    CHECK((*groups)[*regex.group("local")] == "user");
    CHECK((*groups)[*regex.group("domain")] == "example.com");
    CHECK_FALSE(regex.group("nobody"));
    CHECK_FALSE(Regex("^(a+)+$").search(std::string(5000, 'a') + "b"));
    CHECK_THROWS_AS(Regex("(unclosed"), Fault);
}

TEST_CASE("supervise: work that dies is started again and its answer comes back") {
    const TemporaryDirectory folder;
    const std::filesystem::path count = folder.path() / "count";
    const auto die_twice = [&] {
        const std::string so_far = std::filesystem::exists(count) ? read_file(count, 10).bytes : "";
        write_atomically(count, so_far + "x");
        if (so_far.size() < 2)
            ::raise(SIGKILL);
        return 7;
    };
    const Supervised outcome = supervise(die_twice, 5);
    CHECK(outcome.finished);
    CHECK(outcome.exit_status == 7);
    CHECK(outcome.deaths == 2);
}

TEST_CASE("supervise: what goes wrong in the child is thrown to the caller") {
    try {
        supervise([]() -> int { throw Fault(FaultKind::newer, "open it", "it is newer", "update"); }, 3);
        FAIL("nothing was thrown");
    } catch (const Fault& fault) {
        CHECK(fault.kind() == FaultKind::newer);
        CHECK(std::string(fault.what()) == "cannot open it: it is newer (update)");
    }
    CHECK_THROWS_AS(supervise([]() -> int { throw std::bad_alloc(); }, 3), Fault);
}

TEST_CASE("supervise: work that always dies is given up") {
    const Supervised outcome = supervise(
        []() -> int {
            ::raise(SIGKILL);
            return 0;
        },
        3);
    CHECK_FALSE(outcome.finished);
    CHECK(outcome.deaths == 3);
}

TEST_CASE("companion: it works after the word, and not without it") {
    const TemporaryDirectory folder;
    {
        Companion told([] {},
                       [&](std::int64_t word) { write_atomically(folder.path() / "told", std::to_string(word)); });
        told.go(-77);
        told.wait(10);
        Companion untold([] {}, [&](std::int64_t) { write_atomically(folder.path() / "untold", "x"); });
    }
    CHECK(read_file(folder.path() / "told", 10).bytes == "-77");
    ::usleep(200'000);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "untold"));
}

TEST_CASE("companion: the caller waits for slow work no longer than it said") {
    Companion slow([] {}, [](std::int64_t) { ::sleep(20); });
    slow.go(1);
    const auto begun = std::chrono::steady_clock::now();
    slow.wait(0.2);
    CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds(15));
}

TEST_CASE("worker pool: every task is done and a failure comes back to whoever asked") {
    std::vector<std::future<int>> results;
    std::future<int> failing;
    {
        WorkerPool pool(3);
        for (int i = 0; i < 100; ++i)
            results.push_back(pool.submit([i] { return i * i; }));
        failing = pool.submit([]() -> int { throw Fault(FaultKind::system, "do it", "no"); });
    }
    for (int i = 0; i < 100; ++i)
        CHECK(results[static_cast<std::size_t>(i)].get() == i * i);
    CHECK_THROWS_AS(failing.get(), Fault);
}
