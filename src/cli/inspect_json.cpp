#include "cli/inspect_json.hpp"

#include "cli/json.hpp"
#include "ingest/interpret.hpp"
#include "ingest/judge.hpp"

namespace jmrp::cli {

namespace {

Json text_or_null(const std::optional<std::string>& text) {
    return text ? Json(*text) : Json(nullptr);
}
Json from_or_null(const std::string& from) {
    return from.empty() ? Json(nullptr) : Json(from);
}

Json recipient_json(const domain::Recipient& recipient) {
    const auto texts = [](const std::vector<domain::Address>& addresses) {
        Json out = Json::array();
        for (const domain::Address& address : addresses)
            out.push_back(address.text());
        return out;
    };
    Json subscribers = Json::array();
    for (const domain::Subscriber& one : recipient.subscribers)
        subscribers.push_back({{"system", one.system}, {"id", one.id}});
    Json ladder = Json::array();
    for (const domain::RungOutcome& rung : recipient.ladder)
        ladder.push_back({{"rung", rung.rung}, {"held", rung.held}, {"why", rung.why}});
    return {{"status", to_text(recipient.status)},          {"addresses", texts(recipient.addresses)},
            {"from", from_or_null(recipient.from)},         {"basis", to_text(recipient.basis)},
            {"candidates", texts(recipient.candidates)},    {"subscribers", subscribers},
            {"conflict", text_or_null(recipient.conflict)}, {"ladder", ladder}};
}

Json authenticity_json(const domain::Authenticity& authenticity) {
    Json rules = Json::array();
    for (const domain::RuleOutcome& rule : authenticity.rules)
        rules.push_back({{"rule", rule.rule}, {"says", to_text(rule.says)}, {"why", rule.why}});
    return {{"verdict", to_text(authenticity.verdict)}, {"dkim_wanted", authenticity.dkim_wanted}, {"rules", rules}};
}

Json outcome_json(const domain::Settlement& outcome) {
    Json hold = nullptr;
    if (outcome.report && outcome.report->hold)
        hold = to_text(*outcome.report->hold);
    return {{"disposition", to_text(outcome.disposition)}, {"hold", hold}};
}

Json bounced_json(const domain::BouncedRecipient& one) {
    Json out = {{"address", text_or_null(one.address)},
                {"original_recipient", text_or_null(one.original_recipient)},
                {"action", text_or_null(one.action)},
                {"status", text_or_null(one.status)},
                {"proof", to_text(one.proof)},
                {"reply", text_or_null(one.reply)},
                {"category", nullptr},
                {"list", nullptr},
                {"code", nullptr},
                {"ip", nullptr},
                {"host", nullptr},
                {"at", nullptr},
                {"rule", nullptr},
                {"text", nullptr}};
    if (const auto& rejection = one.rejection) {
        out["category"] = to_text(rejection->category);
        if (rejection->list)
            out["list"] = to_text(*rejection->list);
        out["code"] = text_or_null(rejection->code);
        if (rejection->ip)
            out["ip"] = rejection->ip->text();
        out["host"] = from_or_null(rejection->host);
        out["at"] = time_or_null(rejection->at);
        out["rule"] = rejection->rule;
        out["text"] = rejection->text;
    }
    return out;
}

struct Filler {
    Json& out;

    void operator()(const domain::FeedbackReport& report) const {
        out["dialect"] = to_text(report.dialect);
        out["feedback_type"] = report.feedback_type;
        out["complaint"] = report.complaint;
        out["unsubscribe"] = report.unsubscribe;
        out["source_ip"] = report.source_ip.value ? Json(report.source_ip.value->text()) : Json(nullptr);
        out["source_ip_from"] = from_or_null(report.source_ip.from);
        out["original_mail_from"] = text_or_null(report.original_mail_from.value);
        out["original_mail_from_from"] = from_or_null(report.original_mail_from.from);
        out["recipient"] = recipient_json(report.recipient);
        out["authenticity"] = authenticity_json(report.authenticity);
        out["reported"] = {{"message_id", text_or_null(report.reported.message_id)},
                           {"from", text_or_null(report.reported.from)},
                           {"subject", text_or_null(report.reported.subject)},
                           {"date", time_or_null(report.reported.date)},
                           {"list_id", text_or_null(report.reported.list_id)},
                           {"campaign", text_or_null(report.reported.campaign)}};
        out["arrival_date"] = time_or_null(report.arrival_date.value);
        out["arrival_date_from"] = from_or_null(report.arrival_date.from);
        out["incidents"] = report.incidents;
    }

    void operator()(const domain::Bounce& bounce) const {
        Json recipients = Json::array();
        for (const domain::BouncedRecipient& one : bounce.recipients)
            recipients.push_back(bounced_json(one));
        out["recipients"] = std::move(recipients);
        out["reporting_mta"] = from_or_null(bounce.reporting_mta);
        out["returned"] = {{"message_id", text_or_null(bounce.returned.message_id)},
                           {"envelope_id", text_or_null(bounce.returned.envelope_id)},
                           {"mail_from", bounce.returned.mail_from},
                           {"queue_ids", bounce.returned.queue_ids},
                           {"arrival_date", time_or_null(bounce.returned.arrival_date)}};
    }

    void operator()(const domain::SupportReply& reply) const {
        out["ticket"] = text_or_null(reply.ticket);
        out["date"] = time_or_null(reply.date);
        out["authenticity"] = authenticity_json(reply.authenticity);
        Json findings = Json::array();
        for (const domain::MitigationFinding& finding : reply.findings) {
            Json ips = Json::array();
            for (const domain::Network& network : finding.networks)
                ips.push_back(network.short_text());
            findings.push_back({{"outcome", to_text(finding.outcome)}, {"ips", std::move(ips)}});
        }
        out["findings"] = std::move(findings);
    }

    void operator()(const domain::Unrecognized& unrecognized) const { out["reason"] = unrecognized.reason; }
};

} // namespace

Inspected inspect(std::string_view bytes, const ingest::Rules& rules, std::string_view feed, util::Seconds now) {
    const ingest::FeedRules& of_feed = rules.of(feed);
    domain::Reading reading = ingest::interpret(bytes, of_feed.reading, {now, {}, rules.send_log.get()}).reading;
    domain::Settlement outcome = ingest::judge(reading, {of_feed.policy, of_feed.reading.own_networks, now, {}});
    return {std::move(reading), std::move(outcome)};
}

std::string inspect_json(const Inspected& inspected, std::string_view file, std::size_t index) {
    const domain::Reading& reading = inspected.reading;
    Json out = {{"format_version", format_version}, {"file", file}, {"index", index}, {"kind", kind_text(reading)}};
    std::visit(Filler{out}, reading.what);
    out["outcome"] = outcome_json(inspected.outcome);
    Json defects = Json::array();
    for (const domain::Defect& defect : reading.defects)
        defects.push_back({{"code", defect.code}, {"detail", defect.detail}});
    out["defects"] = std::move(defects);
    return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace jmrp::cli
