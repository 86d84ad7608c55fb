#include "classify/identity.hpp"

#include <algorithm>
#include <array>

#include "util/text.hpp"

namespace jmrp::classify {

namespace {

/// Fields of the returned mail that tell one complaint from another: who, what, when, from where. As they came: what is
/// derived with the help of the configuration would change with it.
constexpr std::array<std::string_view, 7> telling = {
    "X-HmXmrOriginalRecipient", "From", "To", "Subject", "Date", "X-Sender-IP", "Received-SPF"};

/// Runs of blanks and line ends become one blank, so that folding and line ends do not count and no value can start a
/// line of its own.
void append_normalized(std::string& out, std::string_view text) {
    bool blank = false;
    for (const char c : util::trim(text)) {
        if (util::is_space(c)) {
            blank = true;
            continue;
        }
        if (blank)
            out += ' ';
        blank = false;
        out += c;
    }
}

void append_line(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    append_normalized(out, value);
    out += '\n';
}

std::string normalized_field(const mail::Field& field) {
    std::string line = util::lower(field.name);
    line += '=';
    append_normalized(line, field.value);
    return line;
}

} // namespace

std::string identity_of(const domain::FeedbackReport& report, const Evidence& evidence,
                        std::string_view original_text) {
    std::string text;
    text.reserve(1024);
    const std::string* own_id = evidence.outer.first("Message-ID");
    const auto id = own_id ? bare_message_id(*own_id) : std::nullopt;
    append_line(text, "report", id ? *id : std::string());
    append_line(text, "type", report.feedback_type);
    append_line(text, "reported", report.reported.message_id.value_or(""));
    append_line(text, "arrival", report.arrival_date.value ? std::to_string(*report.arrival_date.value) : "");

    std::vector<std::string> lines;
    lines.reserve(evidence.report.size());
    for (const mail::Field& field : evidence.report)
        lines.push_back(normalized_field(field));
    std::sort(lines.begin(), lines.end());
    for (const std::string& line : lines)
        append_line(text, "field", line);
    for (const std::string_view name : telling)
        for (const std::string_view value : evidence.original.all(name))
            append_line(text, name, value);

    if (id && report.reported.message_id)
        return text;
    if (const std::string* date = evidence.outer.first("Date"))
        append_line(text, "date", *date);
    for (const mail::Field& field : evidence.original)
        append_line(text, "original", normalized_field(field));
    append_line(text, "text", original_text);
    return text;
}

} // namespace jmrp::classify
