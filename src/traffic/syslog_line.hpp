#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "traffic/reader.hpp"

namespace jmrp::traffic {

/// What stands before the text of a line in files of syslog, postlogd and `journalctl -o short` or `short-iso`:
/// "Nov 16 04:30:11 host tag[pid]: text".
struct SyslogLine {
    util::Seconds at = 0;
    std::string_view host;
    std::string_view tag; ///< "postfix-out1/smtp"
    std::string_view text;
};

/// Dates the lines of one log. Most are of the same minute as the line before, and are dated from that.
class SyslogClock {
  public:
    explicit SyslogClock(const Context& context);
    void begin(std::string_view first_line);
    std::optional<SyslogLine> read(std::string_view line);

  private:
    std::optional<Stamp> stamp_of(std::string_view line);
    std::optional<Stamp> stamp_in_known_minute(std::string_view line) const;

    Zone zone_;
    std::optional<int> year_;
    YearRule rule_;
    // Of the last stamp that was read as a whole
    std::string minute_; ///< what stands before its seconds
    std::string ending_; ///< what stands behind its seconds and their fraction, with the blank after it
    util::Seconds minute_at_ = 0;
};

} // namespace jmrp::traffic
