#pragma once
// What marked Microsoft's complaint mail before 2026.
#include <string_view>

namespace jmrp::classify {

constexpr std::string_view jmrp_sender = "staff@hotmail.com";
constexpr std::string_view jmrp_subject = "complaint about message from";
constexpr std::string_view jmrp_recipient_field = "X-HmXmrOriginalRecipient";

} // namespace jmrp::classify
