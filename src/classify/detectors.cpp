#include "classify/detectors.hpp"

#include <iterator>

namespace jmrp::classify {

namespace {

// The order matters: a feedback report may quote a bounce and a bounce may return a report, but only their own
// outermost form decides. What is recognized by Microsoft's own marks is asked before the wide net of bounce forms.
constexpr Detect detectors[] = {
    detect_feedback_report, detect_jmrp_attachment, detect_jmrp_original, detect_support_reply, detect_bounce,
};

std::string reason(const mail::Part& message) {
    if (message.fields.empty() && message.body.empty())
        return "the message is empty";
    if (message.type == "multipart/report" && message.parameter("report-type") == "feedback-report")
        return "it says it is a feedback report, but holds no feedback-report part";
    return "neither a feedback report nor a bounce nor an answer of Microsoft's support";
}

} // namespace

Classified classify(const mail::Part& message, const domain::ReadingRules& rules) {
    for (const Detect detect : detectors)
        if (auto found = detect(message, rules))
            return std::move(*found);
    Classified nothing;
    nothing.reading.what = domain::Unrecognized{reason(message)};
    return nothing;
}

} // namespace jmrp::classify
