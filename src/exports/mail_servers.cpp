// Keys are in lower case: all of these look addresses up so.
#include "exports/lines.hpp"

namespace jmrp::exports {

namespace {

bool entry(std::string& out, const domain::Suppression& suppression, std::string_view before, std::string_view after) {
    // A colon ends a key of Exim; whatever has one is no usual address.
    if (!is_plain_word(suppression.key) || suppression.key.find(':') != std::string::npos)
        return false;
    out.append(before).append(suppression.key).append(after);
    return true;
}

} // namespace

bool postfix_access_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    return entry(out, suppression, "", "\tREJECT 5.7.1 This recipient is suppressed\n");
}

bool postfix_transport_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    return entry(out, suppression, "", "\terror:5.7.1 This recipient is suppressed\n");
}

bool exim_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    const std::string value = ": " + std::string(to_text(suppression.reason)) + "\n";
    return entry(out, suppression, "", value);
}

bool sendmail_access_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    return entry(out, suppression, "To:", "\tERROR:5.7.1:\"550 This recipient is suppressed\"\n");
}

} // namespace jmrp::exports
