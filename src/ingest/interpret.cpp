#include "ingest/interpret.hpp"

#include "attribute/returned.hpp"
#include "attribute/rungs.hpp"
#include "authenticate/authenticate.hpp"
#include "classify/detectors.hpp"
#include "mail/message.hpp"

namespace jmrp::ingest {

namespace {

domain::SentEvidence ask(const domain::SendLog& send_log, const attribute::SentKeys& keys, std::size_t most) {
    domain::SentEvidence said;
    if (keys.message_id)
        said.by_message_id = send_log.by_message_id(*keys.message_id, keys.around, most);
    for (const std::string& id : keys.queue_ids)
        for (domain::SentMatch& match : send_log.by_queue_id(id, keys.around, most))
            said.by_queue_id.push_back(std::move(match));
    return said;
}

/// What the send log said about a bounce, for the first time or before.
domain::SentEvidence prove(domain::Bounce& bounce, const mail::Fields& original, const domain::ReadingRules& rules,
                           const Circumstances& circumstances) {
    const auto token = attribute::token_of(bounce, original, rules.token, circumstances.received_at);
    domain::SentEvidence sent;
    if (circumstances.facts.sent)
        sent = *circumstances.facts.sent;
    else if (circumstances.send_log)
        sent = attribute::about_recipients(
            bounce, ask(*circumstances.send_log, attribute::sent_keys(bounce, token), rules.limits.recipients));
    attribute::prove(bounce, token, sent, rules);
    return sent;
}

} // namespace

Interpretation interpret(std::string_view bytes, const domain::ReadingRules& rules,
                         const Circumstances& circumstances) {
    Interpretation out;
    std::vector<domain::Defect> defects;
    const mail::Part message = mail::parse(bytes, rules.limits, defects);
    classify::Classified classified = classify::classify(message, rules);
    if (auto* report = std::get_if<domain::FeedbackReport>(&classified.reading.what)) {
        const attribute::TokenReading tokens = attribute::read_tokens(
            classified.original, report->original_mail_from.value.value_or(""), rules.token, circumstances.received_at);
        domain::SentEvidence sent;
        if (circumstances.facts.sent) {
            sent = *circumstances.facts.sent;
        } else if (circumstances.send_log) {
            sent = ask(*circumstances.send_log, attribute::sent_keys(*report, classified.original, tokens, rules),
                       rules.limits.recipients);
            if (!sent.empty())
                out.sent = sent;
        }
        report->recipient = attribute::find_recipient(
            {*report, classified.report_fields, classified.original, rules, tokens, sent, circumstances.received_at},
            classified.reading.defects);
        const auto& dkim = circumstances.facts.dkim;
        report->authenticity =
            authenticate::authenticate(message.fields, *report, tokens.claims.has_value(), rules.authenticity,
                                       rules.own_networks, dkim ? &*dkim : nullptr);
    }
    if (auto* bounce = std::get_if<domain::Bounce>(&classified.reading.what)) {
        domain::SentEvidence sent = prove(*bounce, classified.original, rules, circumstances);
        if (!circumstances.facts.sent && !sent.empty())
            out.sent = std::move(sent);
    }
    if (auto* answer = std::get_if<domain::SupportReply>(&classified.reading.what)) {
        const auto& dkim = circumstances.facts.dkim;
        answer->authenticity = authenticate::authenticate_answer(message.fields, rules.support_senders,
                                                                 rules.authenticity, dkim ? &*dkim : nullptr);
    }
    // What was wrong with the bytes comes before what was wrong with the report.
    std::vector<domain::Defect>& later = classified.reading.defects;
    defects.insert(defects.end(), std::make_move_iterator(later.begin()), std::make_move_iterator(later.end()));
    classified.reading.defects = std::move(defects);
    out.reading = std::move(classified.reading);
    return out;
}

domain::Reading interpret(std::string_view bytes, const domain::ReadingRules& rules) {
    return interpret(bytes, rules, {}).reading;
}

} // namespace jmrp::ingest
