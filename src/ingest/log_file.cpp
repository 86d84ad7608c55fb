#include "ingest/log_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>

#include "util/clock.hpp"
#include "util/fault.hpp"

namespace jmrp::ingest {

namespace {

constexpr std::size_t head_size = 4096;
constexpr std::size_t tail_size = 1024;
constexpr std::size_t block = std::size_t{256} << 10U;
constexpr int most_lines_of_a_record = 8;

util::Digest digest_of_head(std::string_view bytes) {
    return util::digest("log-head", bytes);
}

util::Digest digest_of_tail(std::string_view bytes) {
    return util::digest("log-tail", bytes);
}

std::size_t tail_length(std::int64_t offset) {
    return static_cast<std::size_t>(std::min<std::int64_t>(offset, tail_size));
}

std::string_view without_carriage_return(std::string_view line) {
    return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

} // namespace

LogFile::LogFile(std::string path, const LogLines& lines)
    : path_(std::move(path)), lines_(lines), is_stdin_(path_ == "-") {
    open();
    while (buffer_.size() < head_size && refill()) {
    }
    head_ = buffer_.substr(0, head_size);
    std::size_t end = buffer_.find('\n');
    while (end == std::string::npos && buffer_.size() < longest_line && refill())
        end = buffer_.find('\n');
    first_line_ = without_carriage_return(std::string_view(buffer_).substr(0, std::min(end, longest_line)));
}

void LogFile::open() {
    util::Fd fd;
    if (is_stdin_) {
        fd.reset(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
        if (!fd)
            throw util::system_fault("read standard input", errno);
    } else {
        fd = util::open_file(path_, O_RDONLY | O_NOCTTY | O_NONBLOCK);
    }
    struct stat found {};
    if (::fstat(fd.get(), &found) != 0)
        throw util::system_fault("look at " + path_, errno);
    if (!is_stdin_ && !S_ISREG(found.st_mode))
        throw util::Fault(util::FaultKind::usage, "read " + path_, "it is no regular file", "'-' is standard input");
    size_ = S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(found.st_size) : 0;
    modified_at_ = is_stdin_ ? util::now() : std::min<util::Seconds>(found.st_mtime, util::now());
    stream_ = util::unpacked(std::move(fd), is_stdin_ ? "standard input" : path_);
    buffer_.clear();
    cursor_ = 0;
    buffer_offset_ = 0;
    at_end_ = false;
}

/// What stands before the cursor goes, but for what a position needs.
bool LogFile::refill() {
    if (at_end_)
        return false;
    if (cursor_ > block) {
        const std::size_t gone = cursor_ - tail_size;
        buffer_.erase(0, gone);
        buffer_offset_ += static_cast<std::int64_t>(gone);
        cursor_ = tail_size;
    }
    const std::size_t had = buffer_.size();
    buffer_.resize(had + block);
    const std::size_t got = stream_->read(buffer_.data() + had, block);
    buffer_.resize(had + got);
    at_end_ = got == 0;
    return got > 0;
}

void LogFile::go_on(const std::vector<store::LogPosition>& known) {
    if (is_stdin_)
        return;
    std::map<std::int64_t, util::Digest> heads;
    std::vector<store::LogPosition> candidates;
    for (const store::LogPosition& position : known) {
        if (position.head_length <= 0 || position.head_length > static_cast<std::int64_t>(head_.size()))
            continue;
        const auto length = static_cast<std::size_t>(position.head_length);
        const auto [head, is_new] = heads.try_emplace(position.head_length);
        if (is_new)
            head->second = digest_of_head(std::string_view(head_).substr(0, length));
        if (head->second == position.head)
            candidates.push_back(position);
    }
    std::stable_sort(candidates.begin(), candidates.end(),
                     [](const auto& a, const auto& b) { return a.offset > b.offset; });
    for (const store::LogPosition& position : candidates) {
        if (skip_to(position)) {
            id_ = position.id;
            start_ = position.offset;
            return;
        }
        open();
    }
}

/// False where it is another log after all; it is at some place in the middle then.
bool LogFile::skip_to(const store::LogPosition& position) {
    const std::size_t wanted = tail_length(position.offset);
    const std::int64_t from = position.offset - static_cast<std::int64_t>(wanted);
    open();
    if (stream_->seek(static_cast<std::uint64_t>(from)))
        buffer_offset_ = from;
    while (buffer_offset_ + static_cast<std::int64_t>(buffer_.size()) < position.offset) {
        cursor_ = static_cast<std::size_t>(
            std::clamp<std::int64_t>(position.offset - buffer_offset_, 0, static_cast<std::int64_t>(buffer_.size())));
        if (!refill())
            return false;
    }
    cursor_ = static_cast<std::size_t>(position.offset - buffer_offset_);
    return digest_of_tail(std::string_view(buffer_).substr(cursor_ - wanted, wanted)) == position.tail;
}

/// Where the line at the cursor ends; nothing where its end is not there, or it is too long.
std::optional<std::size_t> LogFile::end_of_line() {
    std::size_t from = cursor_;
    std::optional<std::size_t> first;
    bool quoted = false;
    for (int lines = 0; lines < most_lines_of_a_record;) {
        const std::size_t end = buffer_.find('\n', from);
        const std::size_t seen = std::min(end, buffer_.size());
        if (lines_.quoted_ends && std::count(buffer_.begin() + static_cast<std::ptrdiff_t>(from),
                                             buffer_.begin() + static_cast<std::ptrdiff_t>(seen), '"') %
                                          2 ==
                                      1)
            quoted = !quoted;
        from = seen;
        if (end == std::string::npos) {
            if (buffer_.size() - cursor_ > longest_line)
                break;
            const std::size_t before = cursor_;
            const bool more = refill();
            from -= before - cursor_; // the buffer may have moved
            if (first)
                *first -= before - cursor_;
            if (!more)
                return first && ends_for_good() ? first : std::nullopt;
            continue;
        }
        if (!quoted)
            return end;
        if (!first)
            first = end;
        from = end + 1;
        ++lines;
    }
    return first; // a quote that nothing closes is a slip of one line
}

/// Nothing where its end is not there: it is read again when it is, lest its second half be taken for a line.
std::optional<LogLine> LogFile::drop_long_line() {
    const store::LogPosition before = position();
    while (true) {
        const std::size_t end = buffer_.find('\n', cursor_);
        if (end != std::string::npos) {
            cursor_ = end + 1;
            break;
        }
        cursor_ = buffer_.size();
        if (!refill()) {
            if (ends_for_good())
                break;
            held_ = before;
            return std::nullopt;
        }
    }
    return LogLine{{}, true};
}

bool LogFile::ends_for_good() const {
    return is_stdin_ || lines_.open_end || (stream_->packed() && stream_->complete());
}

std::optional<LogLine> LogFile::next() {
    const auto end = end_of_line();
    if (end) {
        const std::string_view text = std::string_view(buffer_).substr(cursor_, *end - cursor_);
        cursor_ = *end + 1;
        if (text.size() > longest_line)
            return LogLine{{}, true};
        return LogLine{without_carriage_return(text), false};
    }
    if (buffer_.size() - cursor_ > longest_line)
        return drop_long_line();
    if (!ends_for_good() || cursor_ == buffer_.size())
        return std::nullopt;
    const std::string_view text = std::string_view(buffer_).substr(cursor_);
    cursor_ = buffer_.size();
    return LogLine{without_carriage_return(text), false};
}

store::LogPosition LogFile::position() const {
    if (held_)
        return *held_;
    store::LogPosition out;
    out.id = id_;
    out.offset = buffer_offset_ + static_cast<std::int64_t>(cursor_);
    const std::size_t length = std::min<std::size_t>(head_.size(), static_cast<std::size_t>(out.offset));
    out.head_length = static_cast<std::int64_t>(length);
    out.head = digest_of_head(std::string_view(head_).substr(0, length));
    const std::size_t tail = tail_length(out.offset);
    out.tail = digest_of_tail(std::string_view(buffer_).substr(cursor_ - tail, tail));
    return out;
}

} // namespace jmrp::ingest
