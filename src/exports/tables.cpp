#include <algorithm>

#include "exports/json.hpp"
#include "exports/lines.hpp"
#include "util/text.hpp"

namespace jmrp::exports {

namespace {

/// What a spreadsheet does not take for a formula. An apostrophe before it would make another address of it.
bool is_plain_cell(std::string_view text) {
    return text.empty() || std::string_view("=+-@\t\r").find(text.front()) == std::string_view::npos;
}

bool is_valid_text(std::string_view text) {
    const bool ascii = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return ascii || util::to_valid_utf8(text) == text;
}

/// Appends the address as one cell; false where that would be a formula, or more than a line.
bool append_cell(std::string& out, const std::string& address) {
    bool plain = true; // no quotes needed, and ASCII
    for (const char c : address) {
        const auto byte = static_cast<unsigned char>(c);
        plain &= byte > 0x20 && byte < 0x7F && byte != ',' && byte != '"';
    }
    if (!is_plain_cell(address))
        return false;
    if (plain) {
        out += address;
        return true;
    }
    if (!is_valid_text(address) || address.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos)
        return false;
    out += util::for_csv(address, false);
    return true;
}

/// Of the first and the last report, or of the decision where there is none; mostly both are one.
void append_times(std::string& out, const domain::Suppression& suppression) {
    const auto decided_at = suppression.decision ? std::optional(suppression.decision->at) : std::nullopt;
    const auto first = suppression.first_at ? suppression.first_at : decided_at;
    const auto last = suppression.last_at ? suppression.last_at : decided_at;
    const std::string text = first ? util::iso8601(*first) : std::string();
    out.append(",").append(text).append(",");
    if (last == first)
        out += text;
    else if (last)
        out += util::iso8601(*last);
}

/// In quotes.
std::string json_text(std::string_view text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

bool csv_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    if (!append_cell(out, suppression.person))
        return false;
    out.append(",").append(to_text(suppression.reason)).append(suppression.reports > 0 ? ",jmrp," : ",manual,");
    if (suppression.scope.kind == domain::ScopeKind::global)
        out += to_text(domain::ScopeKind::global);
    else
        out += util::for_csv(suppression.scope.text(), true);
    append_times(out, suppression);
    out.append(",").append(std::to_string(suppression.reports)).append(",,");
    if (suppression.decision && !suppression.decision->note.empty())
        out += util::for_csv(suppression.decision->note, true);
    out += '\n';
    return true;
}

bool json_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    if (!is_valid_text(suppression.person))
        return false;
    out += suppression_json(suppression).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    out += '\n';
    return true;
}

bool mailgun_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    if (!append_cell(out, suppression.person))
        return false;
    out += '\n';
    return true;
}

/// SES knows BOUNCE and COMPLAINT alone.
bool ses_line(std::string& out, const domain::Suppression& suppression, const Words&) {
    if (!append_cell(out, suppression.person))
        return false;
    out += ",COMPLAINT\n";
    return true;
}

namespace {

bool json_entry(std::string& out, std::string_view before, const std::string& text, std::string_view after) {
    if (!is_valid_text(text))
        return false;
    out.append(before).append(json_text(text)).append(after);
    return true;
}

} // namespace

bool sendgrid_entry(std::string& out, const domain::Suppression& suppression, const Words&) {
    return json_entry(out, "", suppression.person, "");
}

bool postmark_entry(std::string& out, const domain::Suppression& suppression, const Words&) {
    return json_entry(out, "{\"EmailAddress\":", suppression.person, "}");
}

bool sparkpost_entry(std::string& out, const domain::Suppression& suppression, const Words&) {
    const std::string after =
        ",\"type\":\"non_transactional\",\"description\":" + json_text(to_text(suppression.reason)) + "}";
    return json_entry(out, "{\"recipient\":", suppression.person, after);
}

bool kumomta_entry(std::string& out, const domain::Suppression& suppression, const Words&) {
    return json_entry(out, "", suppression.key, ":" + json_text(to_text(suppression.reason)));
}

} // namespace jmrp::exports
