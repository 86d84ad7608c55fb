// Reports in RFC 5965 form: all providers since about 2008, Microsoft since 2026.
#include <algorithm>
#include <array>
#include <limits>

#include "classify/derive.hpp"
#include "classify/detectors.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::array<std::string_view, 3> required_once = {"Feedback-Type", "User-Agent", "Version"};
constexpr std::array<std::string_view, 8> at_most_once = {
    "Original-Envelope-Id", "Original-Mail-From", "Arrival-Date", "Received-Date",
    "Reporting-MTA",        "Source-IP",          "Incidents",    "Source-Port"};
/// A part that has none of these is no report, whatever its type says.
constexpr std::array<std::string_view, 9> marks = {"Feedback-Type",    "User-Agent",         "Version",
                                                   "Source-IP",        "Arrival-Date",       "Received-Date",
                                                   "Original-Rcpt-To", "Original-Mail-From", "Reported-Domain"};
constexpr std::array<std::string_view, 4> recipient_fields = {"Original-Rcpt-To", "Removal-Recipient",
                                                              "Redacted-Address", "X-HmXmrOriginalRecipient"};
/// RFC 5965 names text/rfc822-headers; the others are seen.
constexpr std::array<std::string_view, 8> header_types = {
    "text/rfc822-headers", "text/rfc822-header",     "message/rfc822-headers", "message/rfc822-header",
    "text/rfc822",         "message/global-headers", "message/rfc822",         "message/global"};

struct TypeEffect {
    std::string_view type;
    bool complaint;
    bool unsubscribe;
};
/// RFC 5965 section 7.3 and RFC 6430; every type that is not here has no effect.
constexpr TypeEffect effects[] = {
    {"abuse", true, false}, {"fraud", true, false}, {"opt-out", false, true}, {"opt-out-list", false, true}};

template <std::size_t N>
bool has_any(const mail::Fields& fields, const std::array<std::string_view, N>& names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return fields.has(name); });
}

struct Found {
    const mail::Part* holder = nullptr; ///< the multipart with the report and the original
    std::size_t at = 0;                 ///< index of the report part in it
    mail::Fields fields;
};

/// A library that wrote the report part anew may have put its MIME fields above the report's, once even with a transfer
/// encoding of their own.
mail::Fields read_report_fields(std::string_view body, const domain::Limits& limits,
                                std::vector<domain::Defect>& defects) {
    constexpr int most_blocks = 3;
    mail::Fields fields;
    std::string_view rest = body;
    for (int i = 0; i < most_blocks && !rest.empty(); ++i) {
        mail::Fields block = mail::parse_fields(rest, limits, defects, &rest);
        if (block.has("Content-Transfer-Encoding") && !has_any(block, marks)) {
            const mail::Part inner = mail::parse(body, limits, defects);
            return mail::parse_fields(inner.body, limits, defects);
        }
        for (const mail::Field& field : block)
            fields.add(field.name, field.value);
        if (has_any(fields, marks))
            break;
    }
    return fields;
}

bool is_original(const mail::Part& part) {
    return part.is_embedded_message() ||
           std::find(header_types.begin(), header_types.end(), part.type) != header_types.end();
}

/// Exchange flattens the report to multipart/mixed and may forget the type of its second part. Only an attachment with
/// all the required fields beside a returned mail is taken for one: people paste reports into text.
bool is_disguised_report(const mail::Part& part, const mail::Part& holder, const mail::Fields& fields) {
    const bool attached = part.disposition == "attachment" || part.type == "application/octet-stream";
    return attached &&
           std::all_of(required_once.begin(), required_once.end(),
                       [&](std::string_view name) { return fields.has(name); }) &&
           std::any_of(holder.parts.begin(), holder.parts.end(), is_original);
}

bool find_report_part(const mail::Part& holder, const domain::ReadingRules& rules, std::vector<domain::Defect>& defects,
                      int depth, Found& found) {
    constexpr int deepest = 3; // gateways wrap reports to add a footer
    if (!holder.is_multipart() || depth > deepest)
        return false;
    for (std::size_t i = 0; i < holder.parts.size(); ++i) {
        const mail::Part& part = holder.parts[i];
        if (part.type == "message/delivery-status")
            return false;
        if (part.type != "message/feedback-report")
            continue;
        found = {&holder, i, read_report_fields(part.body, rules.limits, defects)};
        if (has_any(found.fields, marks))
            return true;
    }
    constexpr std::size_t longest = 64 << 10;
    for (std::size_t i = 0; i < holder.parts.size(); ++i) {
        const mail::Part& part = holder.parts[i];
        if (find_report_part(part, rules, defects, depth + 1, found))
            return true;
        if (part.body.empty() || part.body.size() > longest ||
            !util::contains_ignoring_case(part.body, "Feedback-Type"))
            continue;
        std::vector<domain::Defect> ignored;
        mail::Fields fields = mail::parse_fields(part.body, rules.limits, ignored);
        if (is_disguised_report(part, holder, fields)) {
            found = {&holder, i, std::move(fields)};
            defects.push_back({"report-part-type", part.type});
            return true;
        }
    }
    return false;
}

struct Original {
    mail::Fields fields;
    std::string_view text; ///< what follows the header, as far as it was returned
};

Original read_original(const Found& found, const domain::ReadingRules& rules, std::vector<domain::Defect>& defects) {
    const std::vector<mail::Part>& parts = found.holder->parts;
    const auto leaf = [&](const mail::Part& part) {
        Original original;
        original.fields = mail::parse_fields(part.body, rules.limits, defects, &original.text);
        return original;
    };
    for (const mail::Part& part : parts) {
        if (part.is_embedded_message())
            return {part.parts.front().fields, part.parts.front().body};
        if (is_original(part))
            return leaf(part);
    }
    // A third part of some other type, if it reads like a header.
    for (std::size_t i = found.at + 1; i < parts.size(); ++i) {
        std::vector<domain::Defect> ignored;
        if (parts[i].body.empty())
            continue;
        const mail::Fields fields = mail::parse_fields(parts[i].body, rules.limits, ignored);
        if (fields.has("From") && (fields.has("Received") || fields.has("Message-ID") || fields.has("Date"))) {
            defects.push_back({"original-part-type", parts[i].type});
            return leaf(parts[i]);
        }
    }
    defects.push_back({"no-original", ""});
    return {};
}

void check_counts(const mail::Fields& fields, std::vector<domain::Defect>& defects) {
    for (const std::string_view name : required_once)
        if (!fields.has(name))
            defects.push_back({"required-field-missing", std::string(name)});
        else if (fields.count(name) > 1)
            defects.push_back({"field-repeated", std::string(name)});
    for (const std::string_view name : at_most_once)
        if (fields.count(name) > 1)
            defects.push_back({"field-repeated", std::string(name)});
    if (const std::string* version = fields.first("Version"); version && without_comments(*version) != "1")
        defects.push_back({"version-not-1", *version});
}

std::uint32_t read_incidents(const mail::Fields& fields, std::vector<domain::Defect>& defects) {
    const std::string* text = fields.first("Incidents");
    if (!text)
        return 1;
    const auto count = util::parse_unsigned(without_comments(*text));
    if (count && *count > 0 && *count <= std::numeric_limits<std::uint32_t>::max())
        return static_cast<std::uint32_t>(*count);
    defects.push_back({"incidents-unreadable", *text});
    return 1;
}

/// Answering a complaint about a complaint would never end (RFC 6650 section 8).
bool is_report_itself(const mail::Fields& original) {
    const std::string* type = original.first("Content-Type");
    return type && util::contains_ignoring_case(*type, "report-type") &&
           util::contains_ignoring_case(*type, "feedback-report");
}

} // namespace

std::optional<Classified> detect_feedback_report(const mail::Part& message, const domain::ReadingRules& rules) {
    if (!message.is_multipart())
        return std::nullopt;
    const std::string_view report_type = message.parameter("report-type");
    if (!report_type.empty() && !util::equal_ignoring_case(report_type, "feedback-report"))
        return std::nullopt;
    Classified classified;
    std::vector<domain::Defect>& defects = classified.reading.defects;
    Found found;
    if (!find_report_part(message, rules, defects, 0, found))
        return std::nullopt;

    domain::FeedbackReport report;
    check_counts(found.fields, defects);
    if (const std::string* type = found.fields.first("Feedback-Type"))
        report.feedback_type = util::lower(without_comments(*type));
    else if (const std::string* legacy = found.fields.first("Abuse-Type");
             legacy && util::equal_ignoring_case(*legacy, "complaint"))
        report.feedback_type = "abuse"; // the loops Validity runs say it twice
    for (const TypeEffect& effect : effects)
        if (effect.type == report.feedback_type) {
            report.complaint = effect.complaint;
            report.unsubscribe = effect.unsubscribe;
        }
    Original original = read_original(found, rules, defects);
    if (is_report_itself(original.fields)) {
        defects.push_back({"report-about-a-report", ""});
        report.complaint = report.unsubscribe = false;
    }
    report.incidents = read_incidents(found.fields, defects);
    report.dialect = found.fields.has("Source-IP") || has_any(found.fields, recipient_fields)
                         ? domain::Dialect::arf
                         : domain::Dialect::jmrp_sparse;
    complete(report, {message.fields, found.fields, original.fields, rules, false}, original.text, defects);

    classified.reading.what = std::move(report);
    classified.report_fields = std::move(found.fields);
    classified.original = std::move(original.fields);
    return classified;
}

} // namespace jmrp::classify
