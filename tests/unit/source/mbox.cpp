#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>
#include <random>

#include "source/from_line.hpp"
#include "source/kinds.hpp"
#include "support/temporary_directory.hpp"
#include "unit/source/reading.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using test::all;
using test::texts;
using Texts = std::vector<std::string>;

namespace {

const std::string separator = "From staff@hotmail.com Sun Nov 22 08:00:00 2026\n";

std::string with_crlf(const std::string& text) {
    std::string out;
    for (const char c : text)
        out += c == '\n' ? std::string("\r\n") : std::string(1, c);
    return out;
}

Texts split(const std::string& bytes, std::size_t limit = test::no_limit, std::size_t block = 1 << 16) {
    const test::Quiet quiet;
    const test::TemporaryDirectory directory;
    const auto source = source::open_mbox(directory.write("box", bytes), limit, block);
    return texts(all(*source));
}

/// What the reader does in blocks, done over the whole text at once.
Texts split_at_once(const std::string& bytes) {
    Texts out;
    std::size_t begin = bytes.find_first_not_of("\r\n");
    if (begin == std::string::npos)
        return out;
    begin += source::leading_from_line(std::string_view(bytes).substr(begin));
    const auto empty_line_before = [&](std::size_t line) {
        if (line == begin || bytes[line - 1] != '\n')
            return line;
        std::size_t start = line - 1;
        if (start > begin && bytes[start - 1] == '\r')
            --start;
        return start == begin || bytes[start - 1] == '\n' ? start : line;
    };
    const auto add = [&](std::size_t end) {
        if (const std::string text = bytes.substr(begin, empty_line_before(end) - begin); !text.empty())
            out.push_back(text);
    };
    std::size_t line = begin;
    while ((line = bytes.find('\n', line)) != std::string::npos && ++line < bytes.size()) {
        const std::size_t end = bytes.find('\n', line);
        const std::string_view text = std::string_view(bytes).substr(line, end == std::string::npos ? end : end - line);
        if (empty_line_before(line) == line || !source::is_from_line(source::without_line_end(text)))
            continue;
        add(line);
        begin = end == std::string::npos ? bytes.size() : end + 1;
        line = begin == bytes.size() ? begin : begin - 1;
    }
    add(bytes.size());
    return out;
}

} // namespace

TEST_CASE("source: an mbox gives each message without its framing") {
    const test::TemporaryDirectory directory;
    const std::string path =
        directory.write("box", separator + "Subject: one\n\nbody\n\n" +
                                   "From b@example.com Sun Nov 22 08:00:01 2026\nSubject: two\n\nbody\n\n");
    const auto source = source::open(path, test::no_limit);
    const auto messages = all(*source);
    REQUIRE(texts(messages) == Texts{"Subject: one\n\nbody\n", "Subject: two\n\nbody\n"});
    CHECK(messages[0].envelope == "From staff@hotmail.com Sun Nov 22 08:00:00 2026");
    CHECK(messages[1].envelope == "From b@example.com Sun Nov 22 08:00:01 2026");
    CHECK(messages[0].origin == "mbox:" + path);
    CHECK_FALSE(messages[0].truncated);
    CHECK(source->position().done == source->position().total);
    CHECK(source->skipped() == 0);
}

TEST_CASE("source: an mbox separator inside a body paragraph does not split the message") {
    const std::string one =
        "Subject: one\n\nThey wrote:\n" + separator + "and so on\n\nFrom here on, at 08:00 in Nov 2026, no\n";
    CHECK(split(separator + one + "\n" + separator + "Subject: two\n\nb\n") == Texts{one, "Subject: two\n\nb\n"});
}

TEST_CASE("source: an mbox with CRLF is split like one with LF") {
    const std::string box = separator + "Subject: one\n\nbody\n\nFrom me to you\n\n" + separator +
                            "Subject: two\n\n\n\n" + separator + "Subject: three\n\nbody\n\n";
    Texts expected;
    for (const std::string& text : split(box))
        expected.push_back(with_crlf(text));
    REQUIRE(expected.size() == 3);
    CHECK(expected[1] == "Subject: two\r\n\r\n\r\n");
    CHECK(split(with_crlf(box)) == expected);
}

TEST_CASE("source: a message of an mbox is the same whether another one follows or not") {
    const std::string one = separator + "Subject: one\n\nbody\n\n";
    CHECK(split(one).front() == split(one + separator + "Subject: two\n\n\n").front());
    CHECK(split(separator + "Subject: one\n\nno line end") == Texts{"Subject: one\n\nno line end"});
}

TEST_CASE("source: a quoted From in an mbox stays quoted") {
    const std::string one = "Subject: one\n\n>From me\n>>From you\n\n" + (">" + separator);
    CHECK(split(separator + one + "\n" + separator + "Subject: two\n\n\n").front() == one);
}

TEST_CASE("source: text before the first separator of an mbox is a message, empty lines are not") {
    CHECK(split("tail of a lost message\n\n" + separator + "Subject: two\n\nb\n") ==
          Texts{"tail of a lost message\n", "Subject: two\n\nb\n"});
    CHECK(split("\r\n\n\n" + separator + "Subject: two\n\nb\n") == Texts{"Subject: two\n\nb\n"});
}

TEST_CASE("source: an mbox without messages is at its end at once") {
    CHECK(split("").empty());
    CHECK(split("\n\n\n").empty());
    CHECK(split(separator).empty());
    CHECK(split(separator.substr(0, separator.size() - 1)).empty());
}

TEST_CASE("source: an empty entry of an mbox is counted as skipped and the next one is read") {
    const test::Quiet quiet;
    const test::TemporaryDirectory directory;
    const auto source = source::open(
        "mbox:" + directory.write("box", separator + "\n" + separator + "Subject: two\n\nb\n"), test::no_limit);
    CHECK(texts(all(*source)) == Texts{"Subject: two\n\nb\n"});
    CHECK(source->skipped() == 1);
}

TEST_CASE("source: an mbox message over the limit keeps its first bytes and does not touch the next") {
    const test::TemporaryDirectory directory;
    const std::string large = "Subject: large\n\n" + std::string(300000, 'x') + "\n";
    const std::string path = directory.write("box", separator + large + "\n" + separator + "Subject: two\n\nb\n");
    const auto messages = all("mbox:" + path, 1000);
    REQUIRE(messages.size() == 2);
    CHECK(messages[0].bytes == large.substr(0, 1000));
    CHECK(messages[0].truncated);
    CHECK(messages[1].bytes == "Subject: two\n\nb\n");
    CHECK_FALSE(messages[1].truncated);
}

TEST_CASE("source: an mbox message of exactly the limit is not called truncated") {
    const std::string one = "Subject: one\n\nb\n";
    const test::TemporaryDirectory directory;
    const std::string path = directory.write("box", separator + one + "\n" + separator + one + "\n");
    const auto messages = all("mbox:" + path, one.size());
    CHECK(texts(messages) == Texts{one, one});
    CHECK_FALSE(messages[0].truncated);
    CHECK_FALSE(messages[1].truncated);
    CHECK(all("mbox:" + path, one.size() - 1)[1].truncated);
}

TEST_CASE("source: where the blocks of an mbox end makes no difference") {
    const std::string box = separator + "Subject: one\n\nbody\n\nFrom me\n\nFrom a@b Sun Nov 22 no\n\n\n" + separator +
                            "\n" + "Subject: two\n\n\n\n\n" + separator + "Subject: three\n\nbody\nFrom x\n\n";
    for (const std::string& bytes : {box, with_crlf(box)}) {
        const Texts expected = split_at_once(bytes);
        REQUIRE(expected.size() == 3);
        for (std::size_t block = 1; block < 80; ++block) {
            INFO(block);
            REQUIRE(split(bytes, test::no_limit, block) == expected);
        }
    }
}

TEST_CASE("source: a random mbox is split in blocks as it is at once") {
    const Texts pieces = {separator,
                          "\n",
                          "\r\n",
                          "\n\n",
                          "text",
                          "From ",
                          "F",
                          "\r",
                          "Subject: x\n",
                          "\n" + separator,
                          "From a b\n",
                          std::string("\0", 1),
                          std::string(1500, 'a'),
                          separator.substr(0, 20)};
    std::mt19937 random(20261122);
    for (int round = 0; round < 400; ++round) {
        std::string bytes;
        for (auto count = random() % 30; count > 0; --count)
            bytes += pieces[random() % pieces.size()];
        INFO(Catch::Detail::stringify(bytes));
        const std::size_t block = 1 + random() % 60;
        REQUIRE(split(bytes, test::no_limit, block) == split_at_once(bytes));
    }
}

TEST_CASE("source: an mbox comes through a pipe too") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const std::string box = separator + "Subject: one\n\nb\n\n" + separator + "Subject: two\n\nb\n";
    REQUIRE(::write(ends[1], box.data(), box.size()) == static_cast<ssize_t>(box.size()));
    ::close(ends[1]);
    const auto messages = all("mbox:/dev/fd/" + std::to_string(ends[0]));
    ::close(ends[0]);
    CHECK(texts(messages) == Texts{"Subject: one\n\nb\n", "Subject: two\n\nb\n"});
}

TEST_CASE("source: a large mbox passes in little memory") {
    const auto peak = [] {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);)
            if (line.rfind("VmHWM:", 0) == 0)
                return std::stol(line.substr(6));
        return 0L;
    };
    const test::TemporaryDirectory directory;
    std::string entry = separator + "Subject: one\n\n";
    for (int line = 0; line < 130; ++line)
        entry += std::string(76, 'x') + "\n";
    entry += "\n";
    constexpr int entries = 20000; // 200 MB
    {
        std::ofstream file(directory / "box", std::ios::binary);
        for (int i = 0; i < entries; ++i)
            file << entry;
    }
    const long before = peak();
    REQUIRE(before > 0);
    const auto source = source::open(directory / "box", std::size_t{1} << 20U);
    int count = 0;
    while (source->next())
        ++count;
    CHECK(count == entries);
#ifndef __SANITIZE_ADDRESS__        // that one keeps what was freed
    CHECK(peak() - before < 30000); // kB
#endif
}

TEST_CASE("source: an mbox that is a directory is refused with a word about Maildirs") {
    const test::TemporaryDirectory directory;
    CHECK_THROWS_WITH(source::open("mbox:" + directory.path().string(), 100),
                      Catch::Contains("it is a directory") && Catch::Contains("maildir:PATH"));
}
