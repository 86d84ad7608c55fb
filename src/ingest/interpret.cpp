#include "ingest/interpret.hpp"

#include "attribute/rungs.hpp"
#include "classify/detectors.hpp"
#include "mail/message.hpp"

namespace jmrp::ingest {

domain::Reading interpret(std::string_view bytes, const domain::ReadingRules& rules) {
    std::vector<domain::Defect> defects;
    const mail::Part message = mail::parse(bytes, rules.limits, defects);
    classify::Classified classified = classify::classify(message, rules);
    if (auto* report = std::get_if<domain::FeedbackReport>(&classified.reading.what))
        report->recipient = attribute::find_recipient(*report, classified.report_fields, classified.original, rules,
                                                      classified.reading.defects);
    // What was wrong with the bytes comes before what was wrong with the report.
    std::vector<domain::Defect>& later = classified.reading.defects;
    defects.insert(defects.end(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
    classified.reading.defects = std::move(defects);
    return std::move(classified.reading);
}

} // namespace jmrp::ingest
