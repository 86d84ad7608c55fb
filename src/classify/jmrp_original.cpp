// Microsoft's form of 2010 to 2013 (jmrp.md D2): our own mail sent back as it was, with a field on top that names the
// complaining mailbox. Whatever stands above that field was added on the way to us and says nothing about our mail.
#include <algorithm>
#include <array>

#include "classify/derive.hpp"
#include "classify/detectors.hpp"
#include "classify/jmrp_marks.hpp"
#include "domain/redaction.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::array<std::string_view, 5> sender_fields = {"Return-Path", "X-Sender", "Sender", "Envelope-From",
                                                           "X-Envelope-From"};
/// Fields of our mail that may have ended up above the mark.
constexpr std::array<std::string_view, 6> own_fields = {"Message-ID", "From", "To", "Subject", "Date", "List-ID"};

bool came_from_staff(const mail::Fields& fields) {
    for (const std::string_view name : sender_fields)
        for (const std::string_view value : fields.all(name))
            if (util::equal_ignoring_case(domain::bare_sender(value).value_or(""), jmrp_sender))
                return true;
    return false;
}

mail::Fields below_the_mark(const mail::Fields& fields) {
    mail::Fields original;
    const auto mark = std::find_if(fields.begin(), fields.end(), [](const mail::Field& field) {
        return util::equal_ignoring_case(field.name, jmrp_recipient_field);
    });
    for (auto field = mark; field != fields.end(); ++field)
        original.add(field->name, field->value);
    for (const std::string_view name : own_fields)
        if (const std::string* value = fields.first(name); value && !original.has(name))
            original.add(std::string(name), *value);
    return original;
}

} // namespace

std::optional<Classified> detect_jmrp_original(const mail::Part& message, const domain::ReadingRules& rules) {
    if (!message.fields.has(jmrp_recipient_field) || !came_from_staff(message.fields))
        return std::nullopt;
    Classified classified;
    domain::FeedbackReport report;
    report.dialect = domain::Dialect::jmrp_original;
    report.feedback_type = "abuse";
    report.complaint = true;
    classified.original = below_the_mark(message.fields);
    // The outer header is not the report's: its Date and Message-ID are those of our own mail.
    complete(report, {classified.original, classified.report_fields, classified.original, rules, false}, message.body,
             classified.reading.defects);
    report.report_date.reset();
    classified.reading.what = std::move(report);
    return classified;
}

} // namespace jmrp::classify
