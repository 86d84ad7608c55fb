#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "source/from_line.hpp"
#include "source/kinds.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/log.hpp"

namespace jmrp::source {

namespace {

constexpr std::size_t usual_block = std::size_t{1} << 20U;
constexpr std::size_t lookback = 3; ///< LF CR LF: an empty line and the end of the line before it
constexpr std::string_view from = "From ";

/// The file passes through one buffer. Of the message being read, [begin_, end_) is what still lies there; the bytes
/// before are in `message` already. At least `lookback` bytes of it stay in the buffer until its end is known, because
/// the empty line before a separator is not part of the message.
class Mbox final : public Source {
  public:
    Mbox(const std::string& path, std::size_t message_limit, std::size_t block)
        : path_(path), message_limit_(message_limit), block_(block), fd_(util::open_file(path, O_RDONLY | O_NOCTTY)),
          buffer_(block + longest_from_line + from.size() + lookback) {
        struct stat status {};
        if (::fstat(fd_.get(), &status) != 0)
            throw util::system_fault("open mbox:" + path, errno);
        if (S_ISDIR(status.st_mode))
            throw util::Fault(util::FaultKind::damaged, "open mbox:" + path, "it is a directory",
                              "maildir:PATH opens a Maildir");
        if (S_ISREG(status.st_mode))
            total_ = static_cast<std::uint64_t>(status.st_size);
        ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
    }

    std::optional<domain::RawMessage> next() override {
        if (!started_)
            start();
        while (more_) {
            domain::RawMessage message;
            message.envelope = std::move(envelope_);
            message.origin = "mbox:" + path_;
            read_body(message);
            if (!message.bytes.empty())
                return message;
            if (message.envelope.empty()) // an empty file
                continue;
            if (skipped_++ == 0) // a hostile file is nothing but such entries: one line is enough
                util::log(util::LogLevel::warning,
                          message.origin + ": entries without a message are skipped, the first before byte " +
                              std::to_string(position().done));
        }
        return std::nullopt;
    }

    Position position() const override { return {read_ - (end_ - begin_), total_}; }
    std::uint64_t skipped() const override { return skipped_; }

  private:
    char at(std::size_t i) const { return buffer_[i]; }
    std::string_view view(std::size_t first, std::size_t last) const { return {buffer_.data() + first, last - first}; }

    /// Moves [keep, end_) to the front and reads a block behind it. False at the end of the file.
    bool fill(std::size_t keep) {
        std::memmove(buffer_.data(), buffer_.data() + keep, end_ - keep);
        begin_ -= std::min(begin_, keep);
        end_ -= keep;
        const std::size_t got =
            util::read_some(fd_.get(), buffer_.data() + end_, std::min(block_, buffer_.size() - end_), "mbox:" + path_);
        end_ += got;
        read_ += got;
        return got > 0;
    }

    /// Empty lines in front are nobody's. Then a From_ line, of any shape, is the first message's.
    void start() {
        started_ = true;
        do {
            while (begin_ < end_ && (at(begin_) == '\n' || at(begin_) == '\r'))
                ++begin_;
        } while (begin_ == end_ && fill(end_));
        while (end_ - begin_ < longest_from_line + 2 && view(begin_, end_).find('\n') == std::string_view::npos &&
               fill(begin_)) {
        }
        const std::string_view text = view(begin_, end_);
        std::size_t line = leading_from_line(text);
        if (line == 0 && is_from_line(text)) // the whole file is this line, without its end
            line = text.size();
        envelope_ = without_line_end(text.substr(0, line));
        begin_ += line;
    }

    void take(domain::RawMessage& message, std::size_t until) {
        const std::size_t size = until - begin_;
        const std::size_t room = message_limit_ - message.bytes.size();
        message.bytes.append(buffer_.data() + begin_, std::min(size, room));
        message.truncated |= size > room;
        taken_ += size;
        begin_ = until;
    }

    /// Where the empty line begins that ends right before `line`, a line's start; `line` itself if there is none.
    std::size_t empty_line_before(std::size_t line) const {
        std::size_t start = line;
        if (start == begin_ || at(start - 1) != '\n')
            return line;
        --start;
        if (start > begin_ && at(start - 1) == '\r')
            --start;
        const bool empty = start > begin_ ? at(start - 1) == '\n' : taken_ == 0;
        return empty ? start : line;
    }

    enum class Candidate { separator, text, cut_off };
    /// Is the line at `line` a separator? `cut_off`: that cannot be told before more is read.
    Candidate examine(std::size_t line, bool at_end, std::size_t& behind) const {
        const std::string_view text = view(line, std::min(end_, line + longest_from_line + 2));
        if (text.substr(0, from.size()) != from.substr(0, text.size()))
            return Candidate::text;
        if (empty_line_before(line) == line)
            return Candidate::text;
        const auto end = text.find('\n');
        if (end == std::string_view::npos && !at_end && text.size() < longest_from_line + 2)
            return Candidate::cut_off;
        behind = end == std::string_view::npos ? line + text.size() : line + end + 1;
        return is_from_line(without_line_end(text.substr(0, end))) ? Candidate::separator : Candidate::text;
    }

    /// Takes the message up to the next separator or the end of the file.
    void read_body(domain::RawMessage& message) {
        taken_ = 0;
        std::size_t scan = begin_;
        bool at_end = false;
        while (true) {
            std::size_t keep = std::max(begin_, end_ - std::min(end_, lookback));
            while (const void* found = std::memchr(buffer_.data() + scan, '\n', end_ - scan)) {
                const std::size_t line = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
                if (line < end_ && at(line) != from.front()) {
                    scan = line;
                    continue;
                }
                std::size_t behind = 0;
                const Candidate candidate = examine(line, at_end, behind);
                if (candidate == Candidate::separator) {
                    take(message, empty_line_before(line));
                    envelope_ = without_line_end(view(line, behind));
                    begin_ = behind;
                    return;
                }
                if (candidate == Candidate::cut_off) {
                    keep = std::max(begin_, line - std::min(line, lookback));
                    break;
                }
                scan = line;
            }
            if (at_end) {
                take(message, empty_line_before(end_));
                begin_ = end_;
                more_ = false;
                return;
            }
            // What is left to scan begins at the line end before the candidate, or behind the last byte.
            scan = std::max(keep, scan);
            take(message, keep);
            scan -= keep;
            at_end = !fill(keep);
        }
    }

    std::string path_;
    std::size_t message_limit_;
    std::size_t block_;
    util::Fd fd_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t read_ = 0;
    std::uint64_t total_ = 0;
    std::uint64_t taken_ = 0; ///< bytes of the message being read that have left the buffer
    std::uint64_t skipped_ = 0;
    std::string envelope_; ///< of the message that comes next
    bool started_ = false;
    bool more_ = true;
};

} // namespace

std::unique_ptr<Source> open_mbox(const std::string& path, std::size_t message_limit, std::size_t block) {
    return std::make_unique<Mbox>(path, message_limit, block);
}

std::unique_ptr<Source> open_mbox(const std::string& path, std::size_t message_limit) {
    return open_mbox(path, message_limit, usual_block);
}

} // namespace jmrp::source
