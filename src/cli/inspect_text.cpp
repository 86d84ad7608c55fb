#include "cli/inspect_json.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr std::size_t value_column = 20;
constexpr std::string_view nothing = "-";

void line(std::string& out, std::string_view name, std::string_view value, std::string_view from = {}) {
    out += "  ";
    out += name;
    out.append(name.size() < value_column ? value_column - name.size() : 1, ' ');
    out += value.empty() ? std::string(nothing) : util::for_terminal(value);
    if (!from.empty())
        out += "   [" + util::for_terminal(from) + "]";
    out += '\n';
}

std::string time_text(const std::optional<util::Seconds>& time) {
    return time ? util::iso8601(*time) : std::string();
}

std::string mark(domain::Says says) {
    return says == domain::Says::in_favor ? "  + " : says == domain::Says::against ? "  ! " : "  - ";
}

struct Writer {
    std::string& out;

    void operator()(const domain::FeedbackReport& report) const {
        line(out, "dialect", to_text(report.dialect));
        const std::string_view effect = report.complaint     ? "counts as a complaint"
                                        : report.unsubscribe ? "an unsubscribe"
                                                             : "no complaint";
        line(out, "feedback type", report.feedback_type, effect);
        line(out, "source IP", report.source_ip.value ? report.source_ip.value->text() : "", report.source_ip.from);
        const auto& sender = report.original_mail_from;
        line(out, "original mail from", sender.value ? (sender.value->empty() ? "<>" : *sender.value) : "",
             sender.from);
        line(out, "arrival date", time_text(report.arrival_date.value), report.arrival_date.from);
        line(out, "incidents", std::to_string(report.incidents));
        line(out, "message id", report.reported.message_id.value_or(""),
             report.reported.message_id ? "original: Message-ID" : "");
        line(out, "from", report.reported.from.value_or(""), report.reported.from ? "original: From" : "");
        line(out, "subject", report.reported.subject.value_or(""), report.reported.subject ? "original: Subject" : "");
        line(out, "date", time_text(report.reported.date), report.reported.date ? "original: Date" : "");
        line(out, "list id", report.reported.list_id.value_or(""), report.reported.list_id ? "original: List-ID" : "");
        if (report.reported.campaign)
            line(out, "campaign", *report.reported.campaign, "original: X-Campaign, Feedback-ID");
        line(out, "recipient", to_text(report.recipient.status), report.recipient.from);
        for (const domain::Address& address : report.recipient.addresses)
            line(out, "", address.text());
        for (const domain::Address& address : report.recipient.candidates)
            line(out, "  perhaps", address.text());
        for (const domain::Subscriber& one : report.recipient.subscribers)
            line(out, "  subscriber", one.system + " " + one.id);
        if (report.recipient.conflict)
            line(out, "  conflict", *report.recipient.conflict);
        for (const domain::RungOutcome& rung : report.recipient.ladder)
            line(out, (rung.held ? "  + " : "  - ") + rung.rung, rung.why);
        write(report.authenticity);
    }

    void operator()(const domain::Bounce& bounce) const {
        for (const domain::BouncedRecipient& one : bounce.recipients) {
            line(out, "recipient", one.address.value_or(""));
            line(out, "  action", one.action.value_or(""));
            line(out, "  status", one.status.value_or(""));
            line(out, "  proof", to_text(one.proof));
            line(out, "  reply", one.reply.value_or(""));
            if (const auto& rejection = one.rejection) {
                line(out, "  category", to_text(rejection->category), "rule " + rejection->rule);
                line(out, "  list", rejection->list ? to_text(*rejection->list) : "");
                line(out, "  code", rejection->code.value_or(""));
                line(out, "  refused IP", rejection->ip ? rejection->ip->text() : "");
                line(out, "  refused by", rejection->host);
                line(out, "  at", time_text(rejection->at));
            }
        }
        line(out, "reported by", bounce.reporting_mta);
        line(out, "returned mail", bounce.returned.message_id.value_or(""),
             bounce.returned.message_id ? "original: Message-ID" : "");
    }

    void operator()(const domain::SupportReply& reply) const {
        line(out, "ticket", reply.ticket.value_or(""));
        for (const domain::MitigationFinding& finding : reply.findings) {
            std::string networks;
            for (const domain::Network& network : finding.networks)
                networks += (networks.empty() ? "" : " ") + network.short_text();
            line(out, to_text(finding.outcome), networks);
        }
        write(reply.authenticity);
    }
    void operator()(const domain::Unrecognized& unrecognized) const { line(out, "reason", unrecognized.reason); }

    void write(const domain::Authenticity& authenticity) const {
        line(out, "authenticity", to_text(authenticity.verdict));
        for (const domain::RuleOutcome& rule : authenticity.rules)
            line(out, mark(rule.says) + rule.rule, rule.why);
    }
};

} // namespace

std::string inspect_text(const Inspected& inspected, std::string_view file, std::size_t index) {
    const domain::Reading& reading = inspected.reading;
    const domain::Settlement& outcome = inspected.outcome;
    std::string out =
        util::for_terminal(file, 1000) + " #" + std::to_string(index) + ": " + std::string(kind_text(reading)) + "\n";
    std::visit(Writer{out}, reading.what);
    line(out, "outcome", to_text(outcome.disposition), explain(outcome.disposition));
    if (outcome.report && outcome.report->hold)
        line(out, "  held", to_text(*outcome.report->hold), explain(*outcome.report->hold));
    for (const domain::Defect& defect : reading.defects)
        line(out, "defect", defect.code, defect.detail);
    out.pop_back(); // print_line() ends it
    return out;
}

} // namespace jmrp::cli
