#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace jmrp::domain {

/// A message as a container held it: the bytes as they came, without the container's own framing (the mbox "From " line
/// is framing and stands in `envelope`).
struct RawMessage {
    std::string bytes;
    bool truncated = false; ///< the message was larger than Limits::message_bytes; the rest was read and dropped
    std::string envelope;   ///< the "From " line of an mbox or of an alias pipe, without line end; else empty
    std::string origin;     ///< for people: "standard input", "mbox:/path", a file's path
    std::string token;      ///< what Source::acknowledge() wants back; private to the source
};

/// A number that grows with the hour the first Date field of the header names; 0 where there is none in plain sight. Good
/// for keeping mails of one time together and for nothing else: zones, limits and nonsense are not looked at.
std::uint32_t order_in_time(std::string_view bytes) noexcept;

} // namespace jmrp::domain
