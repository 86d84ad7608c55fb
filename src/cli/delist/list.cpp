// jmrp delist list and show: what was asked, what was answered, and what comes next.
#include <algorithm>
#include <map>

#include "cli/delist/options.hpp"
#include "cli/delist/verbs.hpp"
#include "cli/json.hpp"
#include "delist/requests.hpp"
#include "reputation/mitigation.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using delist::Answer;
using delist::Asked;
using delist::Correspondence;
using delist::Doubt;
using domain::MitigationOutcome;
using domain::to_text;
using reputation::BlockState;

Json texts_of(const std::vector<domain::Network>& networks) {
    Json out = Json::array();
    for (const domain::Network& network : networks)
        out.push_back(network.short_text());
    return out;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json answer_json(const Correspondence& all, const Answer& answer) {
    Json findings = Json::array();
    for (const domain::MitigationFinding& finding : answer.said.findings)
        findings.push_back({{"outcome", to_text(finding.outcome)}, {"ips", texts_of(finding.networks)}});
    return {{"message", answer.said.message_id},
            {"received_at", util::iso8601(answer.said.received_at)},
            {"at", util::iso8601(answer.said.at)},
            {"ticket", answer.said.ticket ? Json(*answer.said.ticket) : Json(nullptr)},
            {"known_ticket", answer.request && !all.requests[*answer.request].ticket.empty()},
            {"verdict", to_text(answer.said.verdict)},
            {"why", answer.said.why},
            {"findings", std::move(findings)},
            {"doubt", answer.doubt == Doubt::none ? Json(nullptr) : Json(to_text(answer.doubt))},
            {"needs_person", answer.needs_person}};
}

std::string said_by(const Answer& answer) {
    std::string out;
    for (const domain::MitigationFinding& finding : answer.said.findings)
        out += (out.empty() ? "" : "; ") + std::string(to_text(finding.outcome)) +
               (finding.networks.empty() ? "" : " " + text_of(finding.networks));
    return out;
}

void print_answers(const std::vector<const Answer*>& answers) {
    if (answers.empty())
        return;
    print_line("");
    print_line("Answers that a person has to read, or that change nothing:");
    Table table({">message", "received", "ticket", "says", "why it is here"});
    for (const Answer* one : answers) {
        const std::string why = one->doubt != Doubt::none ? std::string(explain(one->doubt))
                                : one->needs_person       ? "it asks for something"
                                                          : "it was followed";
        table.add(
            {std::to_string(one->said.message_id), short_time(one->said.received_at), one->said.ticket.value_or("none"),
             said_by(*one),
             why + (one->said.verdict == domain::Verdict::authentic || one->said.why.empty() ? ""
                                                                                             : ": " + one->said.why)},
            one->needs_person ? Tone::warning : Tone::plain);
    }
    table.print();
    print_line(
        "'jmrp quarantine show MESSAGE' prints it, 'jmrp delist close --answer MESSAGE' says that it is dealt with,");
    print_line("with --outcome OUTCOME what it means for the request of its ticket.");
}

// ---- list

/// A request, and how a part of it stands.
struct Row {
    const Asked* asked = nullptr;
    delist::Subject subject;
    reputation::BlockStanding standing;
};

/// For each subject its newest request, or with `all` every one. Ended: nothing is to be done about it any more.
std::vector<Row> rows_of(const Correspondence& correspondence, bool with_ended, util::Seconds now) {
    std::vector<Row> out;
    for (const delist::Subject& subject : delist::subjects(correspondence)) {
        const reputation::BlockStanding standing = delist::standing_of(correspondence, subject);
        const bool ended =
            standing.state == BlockState::blocked || standing.state == BlockState::clear ||
            (standing.verdict && reputation::lifts(*standing.verdict) && !reputation::is_watched(standing, now) &&
             (standing.state == BlockState::mitigated_pending || standing.state == BlockState::mitigated_limited));
        if (ended && !with_ended)
            continue;
        const auto newest =
            std::find_if(correspondence.requests.rbegin(), correspondence.requests.rend(), [&](const Asked& asked) {
                return asked.told.list == subject.list && any_contains(asked.told.networks, subject.network.base);
            });
        out.push_back({&*newest, subject, standing});
    }
    return out;
}

Json row_json(const Row& row, util::Seconds now) {
    return {{"network", row.subject.network.short_text()},
            {"list", to_text(row.subject.list)},
            {"ticket", text_or_null(row.asked->ticket)},
            {"sent_at", util::iso8601(row.asked->told.sent_at)},
            {"door", to_text(row.asked->told.door)},
            {"state", to_text(row.standing.state)},
            {"since", util::iso8601(row.standing.since)},
            {"verdict", row.standing.verdict ? Json(to_text(*row.standing.verdict)) : Json(nullptr)},
            {"verdict_at", time_or_null(row.standing.verdict_at)},
            {"next", reputation::next_step(row.standing, now)}};
}

// ---- show

std::string what_text(const delist::Happening& one) {
    if (const auto* outcome = std::get_if<MitigationOutcome>(&one.what))
        return std::string(to_text(*outcome));
    if (!one.event)
        return "request sent (" + std::string(to_text(one.request->told.door)) + ")";
    return one.event->kind == domain::RequestEventKind::replied ? "reply sent" : "withdrawn";
}

Json happening_json(const delist::Happening& one) {
    const domain::Noted* noted = one.event ? &one.event->noted : one.answer ? nullptr : &one.request->told.noted;
    const auto* outcome = std::get_if<MitigationOutcome>(&one.what);
    return {{"at", util::iso8601(one.at)},
            {"what", outcome                                                ? "answer"
                     : !one.event                                           ? "request"
                     : one.event->kind == domain::RequestEventKind::replied ? "reply"
                                                                            : "withdrawn"},
            {"outcome", outcome ? Json(to_text(*outcome)) : Json(nullptr)},
            {"ticket", text_or_null(one.request->ticket)},
            {"message", one.answer ? Json(one.answer->said.message_id) : Json(nullptr)},
            {"by", noted ? Json(noted->by) : Json(nullptr)},
            {"note", noted ? text_or_null(noted->note) : Json(nullptr)}};
}

/// All that is known of an address and a list.
struct Story {
    domain::BlockList list = domain::BlockList::outlook_com;
    reputation::BlockStanding standing;
    std::vector<delist::Happening> history;
    std::vector<const Answer*> receipts; ///< that brought a ticket
};

std::vector<Story> stories_of(const Correspondence& all, const domain::Ip& ip,
                              const std::optional<domain::BlockList>& wanted) {
    std::vector<Story> out;
    for (const domain::BlockList list : {domain::BlockList::outlook_com, domain::BlockList::office365}) {
        if (wanted && *wanted != list)
            continue;
        Story story{list,
                    reputation::standing_after(delist::request_events(all, ip, list)),
                    delist::happenings(all, ip, list),
                    {}};
        if (story.history.empty() && !wanted)
            continue;
        for (const Answer& answer : all.answers)
            if (answer.brought_ticket && std::ranges::any_of(story.history, [&](const delist::Happening& one) {
                    return one.request == &all.requests[*answer.request];
                }))
                story.receipts.push_back(&answer);
        out.push_back(std::move(story));
    }
    return out;
}

std::vector<const Answer*> in_doubt_about(const Correspondence& all, const domain::Ip& ip) {
    std::vector<const Answer*> out;
    for (const Answer& answer : all.answers) {
        const bool of_ip = (answer.request && any_contains(all.requests[*answer.request].told.networks, ip)) ||
                           std::ranges::any_of(answer.said.findings, [&](const domain::MitigationFinding& finding) {
                               return any_contains(finding.networks, ip);
                           });
        if (of_ip && (answer.doubt != Doubt::none || answer.needs_person))
            out.push_back(&answer);
    }
    return out;
}

Json story_json(const Story& story, util::Seconds now) {
    Json history = Json::array();
    for (const delist::Happening& one : story.history)
        history.push_back(happening_json(one));
    return {{"list", to_text(story.list)},
            {"state", to_text(story.standing.state)},
            {"since", util::iso8601(story.standing.since)},
            {"verdict", story.standing.verdict ? Json(to_text(*story.standing.verdict)) : Json(nullptr)},
            {"verdict_at", time_or_null(story.standing.verdict_at)},
            {"next", reputation::next_step(story.standing, now)},
            {"history", std::move(history)}};
}

void print_story(const Story& story, const domain::Ip& ip, util::Seconds now) {
    print_line(ip.text() + " at " + std::string(to_text(story.list)) + ": " +
               std::string(to_text(story.standing.state)) +
               (story.standing.since > 0 ? " since " + short_time(story.standing.since) : ""));
    print_line("Next: " + reputation::next_step(story.standing, now) + ".");
    Table table({"when", "what", "ticket", "told by", "note"});
    for (const delist::Happening& one : story.history) {
        const domain::Noted* noted = one.event ? &one.event->noted : one.answer ? nullptr : &one.request->told.noted;
        table.add({short_time(one.at), what_text(one), one.request->ticket.empty() ? "none" : one.request->ticket,
                   noted ? noted->by : "message " + std::to_string(one.answer->said.message_id),
                   noted ? noted->note : ""});
    }
    if (!table.empty())
        table.print();
    for (const Answer* receipt : story.receipts)
        print_line("Ticket " + *receipt->said.ticket + " came with the receipt, message " +
                   std::to_string(receipt->said.message_id) + ".");
    print_line("");
}

} // namespace

ExitStatus list_requests(const Invocation& invocation, const Arguments& arguments) {
    expect_arguments(arguments, 0, "no further arguments");
    const util::Seconds now = util::now();
    const bool with_all = invocation.has("all");
    store::Store store = open_store(invocation);
    const Correspondence all = delist::read_correspondence(store);
    const std::vector<Row> rows = rows_of(all, with_all, now);
    std::vector<const Answer*> answers;
    for (const Answer& answer : all.answers)
        if (answer.needs_person || with_all)
            answers.push_back(&answer);
    if (invocation.json()) {
        Json requests = Json::array();
        for (const Row& row : rows)
            requests.push_back(row_json(row, now));
        Json told = Json::array();
        for (const Answer* answer : answers)
            told.push_back(answer_json(all, *answer));
        print_json(
            {{"format_version", format_version}, {"requests", std::move(requests)}, {"answers", std::move(told)}});
        return ExitStatus::ok;
    }
    Table table({"addresses", "list", "ticket", "sent", "state", "since", "next"});
    for (const Row& row : rows)
        table.add({row.subject.network.short_text(), std::string(to_text(row.subject.list)),
                   row.asked->ticket.empty() ? "none" : row.asked->ticket, short_time(row.asked->told.sent_at),
                   std::string(to_text(row.standing.state)), short_time(row.standing.since),
                   reputation::next_step(row.standing, now)});
    if (table.empty())
        print_line(with_all ? "Nothing was asked." : "No request is open.");
    else
        table.print();
    print_answers(answers);
    return ExitStatus::ok;
}

ExitStatus show_requests(const Invocation& invocation, const Arguments& arguments) {
    expect_arguments(arguments, 1, "one IP address");
    const util::Seconds now = util::now();
    const auto ip = domain::parse_ip(arguments.front());
    if (!ip)
        throw util::Fault(util::FaultKind::usage, "show what was asked",
                          "'" + util::for_terminal(arguments.front()) + "' is no IP address");
    const auto list = list_option(invocation);
    store::Store store = open_store(invocation);
    const Correspondence all = delist::read_correspondence(store);
    std::vector<domain::BlockCause> causes = store.causes();
    std::erase_if(causes, [&](const domain::BlockCause& cause) { return !any_contains(cause.networks, *ip); });
    const std::vector<Story> stories = stories_of(all, *ip, list);
    const std::vector<const Answer*> answers = in_doubt_about(all, *ip);
    if (invocation.json()) {
        Json lists = Json::array();
        for (const Story& story : stories)
            lists.push_back(story_json(story, now));
        Json repaired = Json::array();
        for (const domain::BlockCause& cause : causes)
            repaired.push_back({{"cause", cause.cause},
                                {"fix", cause.fix},
                                {"at", util::iso8601(cause.at)},
                                {"networks", texts_of(cause.networks)},
                                {"by", cause.noted.by}});
        Json told = Json::array();
        for (const Answer* answer : answers)
            told.push_back(answer_json(all, *answer));
        print_json({{"format_version", format_version},
                    {"ip", ip->text()},
                    {"lists", std::move(lists)},
                    {"causes", std::move(repaired)},
                    {"answers", std::move(told)}});
        return ExitStatus::ok;
    }
    for (const Story& story : stories)
        print_story(story, *ip, now);
    if (stories.empty())
        print_line("Nothing was asked about " + ip->text() + ".");
    for (const domain::BlockCause& cause : causes)
        print_line("Repaired " + short_time(cause.at) + " (" + util::for_terminal(cause.noted.by) +
                   "): " + util::for_terminal(cause.cause, 2000) + " -> " + util::for_terminal(cause.fix, 2000));
    print_answers(answers);
    return ExitStatus::ok;
}

} // namespace jmrp::cli
