#include "ingest/log_file.hpp"

#include <catch2/catch.hpp>

#include "support/temporary_directory.hpp"
#include "util/compress.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using ingest::LogFile;
using test::TemporaryDirectory;
using Lines = std::vector<std::string>;

namespace {

Lines rest(LogFile& file) {
    Lines out;
    while (const auto line = file.next())
        out.emplace_back(line->too_long ? std::string("(too long)") : std::string(line->text));
    return out;
}

/// Reads on from these positions; the last one is where it is now.
Lines read(const std::string& path, std::vector<store::LogPosition>& known, bool quoted = false) {
    LogFile file(path, {quoted});
    file.go_on(known);
    Lines out = rest(file);
    auto position = file.position();
    if (position.id == 0)
        position.id = static_cast<std::int64_t>(known.size()) + 1;
    std::erase_if(known, [&](const auto& one) { return one.id == position.id; });
    known.push_back(position);
    return out;
}

std::string numbered(int first, int last) {
    std::string out;
    for (int i = first; i <= last; ++i)
        out += "line number " + std::to_string(i) + " of a log\n";
    return out;
}

} // namespace

TEST_CASE("log file: reading goes on where it stopped, and a line without its end waits") {
    const TemporaryDirectory folder;
    std::vector<store::LogPosition> known;
    CHECK(read(folder.write("log", ""), known).empty());
    CHECK(read(folder.write("log", "one\r\ntwo\nthr"), known) == Lines{"one", "two"});
    CHECK(read(folder.write("log", "one\r\ntwo\nthree\n"), known) == Lines{"three"});
    CHECK(read(folder.write("log", "one\r\ntwo\nthree\n"), known).empty());
}

TEST_CASE("log file: it is known by its content under another name, copied, cut and packed") {
    const TemporaryDirectory folder;
    std::vector<store::LogPosition> known;
    CHECK(read(folder.write("mail.log", numbered(1, 500)), known).size() == 500);
    CHECK(read(folder.write("mail.log.1", numbered(1, 502)), known) ==
          Lines{"line number 501 of a log", "line number 502 of a log"});
    CHECK(read(folder.write("mail.log.2.zst", util::compress(numbered(1, 503))), known) ==
          Lines{"line number 503 of a log"});
    CHECK(read(folder.write("mail.log", numbered(2000, 2001)), known).size() == 2); // copytruncate: another log
    CHECK(read(folder.write("mail.log", numbered(2000, 2002)), known).size() == 1);
}

TEST_CASE("log file: equal beginnings do not make two logs one") {
    const TemporaryDirectory folder;
    std::vector<store::LogPosition> known;
    std::string header = "header\n" + std::string(5000, 'x') + "\n";
    CHECK(read(folder.write("a", header + numbered(1, 100)), known).size() == 102);
    CHECK(read(folder.write("b", header + numbered(300, 500)), known).size() == 203);
    CHECK(read(folder.write("b.zst", util::compress(header + numbered(300, 502))), known).size() == 2);
    CHECK(read(folder.write("c", header + numbered(1, 10)), known).size() == 12); // shorter than what was read
}

TEST_CASE("log file: a packed file ends with its last line, ended or not") {
    const TemporaryDirectory folder;
    std::vector<store::LogPosition> known;
    CHECK(read(folder.write("log.zst", util::compress("one\ntwo")), known) == Lines{"one", "two"});
    const std::string frame = util::compress(numbered(1, 10'000));
    CHECK(read(folder.write("cut.zst", frame.substr(0, frame.size() / 2)), known).size() <
          10'000); // still being written
    CHECK_THROWS_AS(
        [&] {
            LogFile broken(folder.write("broken.zst", frame.substr(0, 4) + std::string(200, '\xff')), {});
            rest(broken);
        }(),
        util::Fault);
}

TEST_CASE("log file: a line beyond the limit is dropped whole, in memory that does not grow") {
    const TemporaryDirectory folder;
    std::vector<store::LogPosition> known;
    const std::string log = "one\n" + std::string(3 * LogFile::longest_line, 'x') + "\nthree\n";
    CHECK(read(folder.write("log", log), known) == Lines{"one", "(too long)", "three"});
    // One whose end is not there yet is read again as a whole: its second half is no line.
    const std::string open = "one line more\n" + std::string(2 * LogFile::longest_line, 'x');
    CHECK(read(folder.write("open", open), known) == Lines{"one line more"});
    CHECK(read(folder.write("open", open + "y\nthree\n"), known) == Lines{"(too long)", "three"});
}

TEST_CASE("log file: line ends in quotes belong to the record, a stray quote spoils one line only") {
    const TemporaryDirectory folder;
    std::vector<store::LogPosition> known;
    CHECK(read(folder.write("log", "a,b\n1,\"x\ny\"\n2,z\n3,\"op"), known, true) == Lines{"a,b", "1,\"x\ny\"", "2,z"});
    CHECK(read(folder.write("log", "a,b\n1,\"x\ny\"\n2,z\n3,\"open\nend\"\n"), known, true) ==
          Lines{"3,\"open\nend\""});
    std::string stray = "a,\"\n";
    for (int i = 0; i < 20; ++i)
        stray += std::to_string(i) + ",x\n";
    CHECK(read(folder.write("stray", stray), known, true).size() == 21);
}

TEST_CASE("log file: blocks end anywhere") {
    const TemporaryDirectory folder;
    std::vector<store::LogPosition> known;
    const std::string log = numbered(1, 60'000); // several blocks
    CHECK(read(folder.write("log", log), known).size() == 60'000);
    CHECK(read(folder.write("log", log + numbered(60'001, 60'003)), known).size() == 3);
    CHECK(read(folder.write("log.zst", util::compress(log + numbered(60'001, 60'004))), known) ==
          Lines{"line number 60004 of a log"});
}

TEST_CASE("log file: what is no file is refused") {
    const TemporaryDirectory folder;
    CHECK_THROWS_AS(LogFile(folder / "absent", {}), util::Fault);
    CHECK_THROWS_AS(LogFile(folder.path().string(), {}), util::Fault);
}
