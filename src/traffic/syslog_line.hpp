#pragma once
#include <optional>
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

/// Dates the lines of one log.
class SyslogClock {
  public:
    explicit SyslogClock(const Context& context);
    void begin(std::string_view first_line);
    std::optional<SyslogLine> read(std::string_view line) const;

  private:
    Zone zone_;
    std::optional<int> year_;
    YearRule rule_;
};

} // namespace jmrp::traffic
