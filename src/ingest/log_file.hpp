#pragma once
// A log, line by line, from where it was read to. Knows it again after it was renamed, copied or packed.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/send_log.hpp"
#include "util/byte_stream.hpp"

namespace jmrp::ingest {

struct LogLine {
    std::string_view text; ///< without its end; until the next call
    bool too_long = false; ///< longer than longest_line: dropped, there is no text
};

struct LogLines {
    bool quoted_ends = false; ///< a line goes on while a quote is open, for some lines
    bool open_end = false;    ///< the last line of a file counts also where it has no end
};

class LogFile {
  public:
    static constexpr std::size_t longest_line = std::size_t{256} << 10U;

    /// Opens it; "-" is standard input. Throws Fault.
    LogFile(std::string path, const LogLines& lines);

    /// Its first line; empty where there is none yet.
    std::string_view first_line() const { return first_line_; }
    /// Goes to where it was read to, if it is one of these: same first bytes, and same bytes before that place.
    void go_on(const std::vector<store::LogPosition>& known);
    /// Nothing at the end, or where the last line has no end yet: it is read when it has one. Of a pipe and of a packed file,
    /// which do not grow, it is read as it is, and with LogLines::open_end always.
    std::optional<LogLine> next();

    /// After the last line. Nothing to be kept of standard input.
    bool has_position() const { return !is_stdin_; }
    store::LogPosition position() const;
    bool at_beginning() const { return start_ == 0; } ///< nothing of it was read before
    std::uint64_t done() const { return stream_->consumed(); }
    std::uint64_t size() const { return size_; } ///< packed as it is; 0 where unknown
    const std::string& name() const { return path_; }
    util::Seconds modified_at() const { return modified_at_; }

  private:
    void open();
    bool refill();
    bool skip_to(const store::LogPosition& position);
    std::optional<std::size_t> end_of_line();
    std::optional<LogLine> drop_long_line();
    bool ends_for_good() const;

    std::string path_;
    LogLines lines_;
    bool is_stdin_;
    std::unique_ptr<util::ByteStream> stream_;
    std::uint64_t size_ = 0;
    util::Seconds modified_at_ = 0;
    std::string head_; ///< its first bytes
    std::string first_line_;
    std::int64_t id_ = 0;
    std::int64_t start_ = 0;
    std::string buffer_;
    std::size_t cursor_ = 0;         ///< in the buffer: where the next line begins
    std::int64_t buffer_offset_ = 0; ///< of the buffer in the log
    bool at_end_ = false;
    std::optional<store::LogPosition> held_; ///< before a long line without an end
};

} // namespace jmrp::ingest
