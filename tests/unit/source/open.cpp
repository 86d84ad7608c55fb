#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>

#include "support/temporary_directory.hpp"
#include "unit/source/reading.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"

using namespace jmrp;
using test::all;
using test::texts;
using Texts = std::vector<std::string>;

namespace {

/// Puts a file's bytes on standard input while it lives.
class StandardInput {
  public:
    explicit StandardInput(const std::string& path) : saved_(::dup(STDIN_FILENO)) {
        const util::Fd file = util::open_file(path, O_RDONLY);
        ::dup2(file.get(), STDIN_FILENO);
    }
    ~StandardInput() { ::dup2(saved_.get(), STDIN_FILENO); }
    StandardInput(const StandardInput&) = delete;
    StandardInput& operator=(const StandardInput&) = delete;

  private:
    util::Fd saved_;
};

util::FaultKind fault_of(const std::string& spec) {
    try {
        source::open(spec, 100);
    } catch (const util::Fault& fault) {
        INFO(fault.what());
        CHECK(std::string(fault.what()).find(spec) != std::string::npos);
        return fault.kind();
    }
    FAIL("no fault");
    return {};
}

} // namespace

TEST_CASE("source: standard input is one message and its From_ line the envelope") {
    const test::TemporaryDirectory directory;
    const std::string line = "From staff@hotmail.com  Sun Nov 22 08:00:00 2026";
    const std::string body = "Subject: one\n\nFrom here\n\n" + line + "\n\n\n";
    for (const std::string& end : {std::string("\n"), std::string("\r\n")}) {
        const StandardInput input(directory.write("in", line + end + body));
        const auto messages = all("-");
        REQUIRE(messages.size() == 1);
        CHECK(messages[0].bytes == body);
        CHECK(messages[0].envelope == line);
        CHECK(messages[0].origin == "standard input");
        CHECK_FALSE(messages[0].truncated);
    }
}

TEST_CASE("source: an old From field on standard input is no From_ line") {
    const test::TemporaryDirectory directory;
    const StandardInput input(directory.write("in", "From : a@example.com\n\nb\n"));
    const auto messages = all("-");
    CHECK(messages.front().bytes == "From : a@example.com\n\nb\n");
    CHECK(messages.front().envelope.empty());
}

TEST_CASE("source: the limit counts the message, not its From_ line") {
    const test::TemporaryDirectory directory;
    const std::string line = "From staff@hotmail.com  Sun Nov 22 08:00:00 2026\n";
    const auto read = [&](const std::string& body) {
        const StandardInput input(directory.write("in", line + body));
        return all("-", 10).front();
    };
    CHECK(read(std::string(10, 'x')).bytes == std::string(10, 'x'));
    CHECK_FALSE(read(std::string(10, 'x')).truncated);
    CHECK(read(std::string(11, 'x')).bytes == std::string(10, 'x'));
    CHECK(read(std::string(11, 'x')).truncated);
    CHECK(read(std::string(100000, 'x')).bytes == std::string(10, 'x'));
    CHECK(read(std::string(100000, 'x')).truncated);
}

TEST_CASE("source: empty or unreadable standard input is a fault, not a message") {
    const test::TemporaryDirectory directory;
    const auto read = [&](const std::string& path) {
        const StandardInput input(path);
        return all("-");
    };
    CHECK_THROWS_AS(read(directory.write("in", "")), util::Fault);
    CHECK_THROWS_WITH(read(directory.path().string()), Catch::Contains("standard input"));
}

TEST_CASE("source: a path is taken for what lies there") {
    const test::TemporaryDirectory directory;
    const std::string header = "Subject: one\n\nb\n";
    CHECK(texts(all(directory.write("m.eml", header))) == Texts{header});
    CHECK(texts(all(directory.write("sentence", "From nobody I took\nthis text.\n"))) == Texts{"this text.\n"});
    CHECK(texts(all(directory.write("box", "From a b\n" + header + "\nFrom c@d Sun Nov 22 08:00:00 2026\n" +
                                               header))) == Texts{header, header});
    CHECK(texts(all(directory.write("binary", std::string("\0\xff\n", 3)))) == Texts{std::string("\0\xff\n", 3)});
}

TEST_CASE("source: a single file that is empty is skipped and counted") {
    const test::Quiet quiet;
    const test::TemporaryDirectory directory;
    const auto source = source::open(directory.write("m.eml", ""), 100);
    CHECK_FALSE(source->next());
    CHECK(source->skipped() == 1);
}

TEST_CASE("source: of a directory the eml files are read in order of name") {
    const test::TemporaryDirectory directory;
    directory.write("b.eml", "b");
    directory.write("a.EML", "a");
    directory.write("c.txt", "c");
    directory.write(".d.eml", "d");
    directory.write("e/f.eml", "f");
    std::filesystem::create_symlink("b.eml", directory.path() / "z.eml");
    CHECK(texts(all(directory.path().string())) == Texts{"a", "b", "b"});
}

TEST_CASE("source: an unreadable file in a directory is skipped and the others are read") {
    const test::Quiet quiet;
    const test::TemporaryDirectory directory;
    directory.write("a.eml", "a");
    std::filesystem::create_directory(directory.path() / "b.eml");
    std::filesystem::create_symlink("c.eml", directory.path() / "c.eml"); // a loop: ELOOP
    directory.write("d.eml", "d");
    const auto source = source::open(directory.path().string(), test::no_limit);
    CHECK(texts(all(*source)) == Texts{"a", "d"});
    CHECK(source->skipped() == 2);
}

TEST_CASE("source: what is missing is named together with what a source can be") {
    const test::TemporaryDirectory directory;
    for (const char* prefix : {"", "mbox:", "maildir:"}) {
        const std::string spec = prefix + (directory / "absent");
        CHECK(fault_of(spec) == util::FaultKind::not_found);
        CHECK_THROWS_WITH(source::open(spec, 100), Catch::Contains("standard input"));
    }
    CHECK(fault_of("") == util::FaultKind::not_found);
}
