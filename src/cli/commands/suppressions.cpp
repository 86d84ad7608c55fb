#include <algorithm>
#include <functional>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/settling.hpp"
#include "cli/suppression_check.hpp"
#include "cli/suppression_import.hpp"
#include "cli/suppression_options.hpp"
#include "exports/json.hpp"
#include "store/forget.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::Suppression;
using exports::person_json;
using exports::suppression_json;

constexpr Option options[] = {
    {"scope", "SCOPE", "which mail: global, domain:NAME, list:ID or stream:NAME"},
    {"reason", "REASON", "complaint, unsubscribe, bounce, manual or import"},
    {"note", "TEXT", "why, in words of yours; kept in the history"},
    {"expires", "DAY", "in force before that day (2027-01-31), or for so many days (90d)"},
    {"sticky", nullptr, "only 'remove --sticky-too' lifts it"},
    {"sticky-too", nullptr, "for remove: lift what was made sticky as well"},
    {"format", "FORMAT", "for import: csv (the default), text or jsonl"},
    {"fold", nullptr, "for check: other spellings of the same mailbox count as well, by [folding]"},
    {"rejected", "FILE", "for import: where the rows go that cannot be used"},
    json_option,
};

std::optional<util::Seconds> first_seen(const Suppression& suppression) {
    return suppression.first_at || !suppression.decision ? suppression.first_at
                                                         : std::optional(suppression.decision->at);
}

std::vector<domain::Person> people_from(const std::vector<std::string>& arguments) {
    if (arguments.empty())
        throw util::Fault(util::FaultKind::usage, "run this command",
                          "it takes addresses, or a list program's subscribers as @SYSTEM:ID");
    std::vector<domain::Person> out;
    for (const std::string& argument : arguments)
        out.push_back(read_person(argument));
    return out;
}

ExitStatus list(const Invocation& invocation) {
    const domain::SuppressionFilter filter = filter_options(invocation);
    store::Store store = open_store(invocation);
    const auto each = [&](const std::function<void(const Suppression&)>& print) {
        store.for_each_suppression(util::now(), [&](const Suppression& suppression) {
            if (suppression.active && filter.takes(suppression))
                print(suppression);
        });
    };
    if (invocation.json()) {
        Json all = Json::array();
        each([&](const Suppression& suppression) { all.push_back(suppression_json(suppression)); });
        print_json({{"format_version", format_version}, {"suppressions", std::move(all)}});
        return ExitStatus::ok;
    }
    Table table({"address", "scope", "reason", ">reports", "first", "last", "until", "note"});
    const auto time = [](const std::optional<util::Seconds>& at) { return at ? short_time(*at) : std::string("-"); };
    each([&](const Suppression& suppression) {
        const auto decision = suppression.decision.value_or(Suppression::Decision{});
        const bool ends = decision.add && suppression.message_id == 0; // a report knows no end
        table.add({suppression.person, suppression.scope.text(), std::string(to_text(suppression.reason)),
                   grouped(suppression.reports), time(first_seen(suppression)), time(suppression.last_at),
                   ends ? time(decision.expires_at) : "-", decision.note + (decision.sticky ? " (sticky)" : "")});
    });
    if (table.empty())
        print_line("Nobody is suppressed.");
    else
        table.print();
    return ExitStatus::ok;
}

Json decision_json(const domain::SuppressionDecision& decision) {
    return {{"decision", decision.add ? "add" : "remove"},
            {"scope", decision.scope.text()},
            {"reason", to_text(decision.reason)},
            {"note", decision.note},
            {"sticky", decision.sticky},
            {"expires_at", time_or_null(decision.expires_at)},
            {"by", decision.decided_by},
            {"at", util::iso8601(decision.decided_at)}};
}

Json report_json(const store::SuppressionReport& report) {
    const auto text_or_null = [](const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); };
    return {{"message", report.message_id},
            {"received_at", util::iso8601(report.received_at)},
            {"feedback_type", report.feedback_type},
            {"dialect", report.dialect},
            {"source_ip", text_or_null(report.source_ip)},
            {"recipient_from", report.recipient_from},
            {"verdict", report.verdict},
            {"scope", report.scope.text()},
            {"suppresses", report.suppresses},
            {"reported_message_id", text_or_null(report.reported_message_id)}};
}

void print_story(const domain::Person& person, const store::SuppressionStory& story) {
    std::string in_force;
    for (const Suppression& one : story.suppressions)
        if (one.active)
            in_force += (in_force.empty() ? "" : ", ") + one.scope.text() + ": " + std::string(to_text(one.reason));
    print_line(util::for_terminal(domain::text_of(person)) +
               (in_force.empty() ? " is not suppressed." : " is suppressed (" + util::for_terminal(in_force) + ")."));
    Table events({"when", "what", "scope", "source IP", "told by", "verdict", "reported mail, or note"});
    for (const store::SuppressionReport& report : story.reports)
        events.add({short_time(report.received_at),
                    report.feedback_type + (report.feedback_type == "bounce" ? ", message " : " report, message ") +
                        std::to_string(report.message_id) + (report.suppresses ? "" : ", suppresses nobody"),
                    report.scope.text(), report.source_ip.empty() ? "unknown" : report.source_ip, report.recipient_from,
                    report.verdict, report.reported_message_id});
    for (const domain::SuppressionDecision& decision : story.decisions)
        events.add({short_time(decision.decided_at),
                    (decision.add ? "add by " : "remove by ") + decision.decided_by + " (" +
                        std::string(to_text(decision.reason)) + (decision.sticky ? ", sticky" : "") +
                        (decision.expires_at ? ", until " + short_time(*decision.expires_at) : "") + ")",
                    decision.scope.text(), "", "", "", decision.note});
    if (!events.empty())
        events.print();
}

ExitStatus show(const Invocation& invocation, const std::vector<std::string>& arguments) {
    expect_arguments(arguments, 1, "one address, or a list program's subscriber as @SYSTEM:ID");
    const domain::Person person = read_person(arguments.front());
    const store::SuppressionStory story = open_store(invocation).suppression_story(person, util::now());
    if (!invocation.json()) {
        print_story(person, story);
        return ExitStatus::ok;
    }
    Json suppressions = Json::array();
    Json decisions = Json::array();
    Json reports = Json::array();
    for (const Suppression& one : story.suppressions)
        suppressions.push_back(suppression_json(one));
    for (const domain::SuppressionDecision& decision : story.decisions)
        decisions.push_back(decision_json(decision));
    for (const store::SuppressionReport& report : story.reports)
        reports.push_back(report_json(report));
    Json out = person_json(domain::text_of(person));
    out.update({{"format_version", format_version},
                {"active", std::ranges::any_of(story.suppressions, [](const auto& one) { return one.active; })},
                {"suppressions", std::move(suppressions)},
                {"decisions", std::move(decisions)},
                {"reports", std::move(reports)}});
    print_json(out);
    return ExitStatus::ok;
}

std::string note_of(const Invocation& invocation, bool needed) {
    std::string note(util::trim(invocation.value("note").value_or("")));
    if (note.empty() && needed)
        throw util::Fault(util::FaultKind::usage, "record this decision", "it needs --note TEXT",
                          "whoever reads the history later wants to know why");
    return note;
}

ExitStatus add(const Invocation& invocation, const std::vector<std::string>& arguments) {
    const util::Seconds now = util::now();
    domain::SuppressionDecision decision;
    decision.scope = scope_option(invocation).value_or(domain::Scope{});
    if (const auto reason = invocation.value("reason"))
        decision.reason = read_reason(*reason);
    decision.note = note_of(invocation, decision.reason == domain::Reason::manual);
    decision.sticky = invocation.has("sticky");
    if (const auto expires = invocation.value("expires"))
        decision.expires_at = read_expiry(*expires, now);
    decision.decided_by = decided_by();
    decision.decided_at = now;
    std::vector<domain::SuppressionDecision> decisions;
    for (domain::Person& person : people_from(arguments)) {
        decision.person = std::move(person);
        decisions.push_back(decision);
    }
    open_store(invocation).decide_suppressions(decisions);
    return ExitStatus::ok;
}

/// Of each person all that is in force, or what is in force for one scope.
ExitStatus remove(const Invocation& invocation, const std::vector<std::string>& arguments) {
    const util::Seconds now = util::now();
    const auto scope = scope_option(invocation);
    domain::SuppressionDecision decision;
    decision.add = false;
    decision.note = note_of(invocation, true);
    decision.decided_by = decided_by();
    decision.decided_at = now;
    const std::vector<domain::Person> people = people_from(arguments);
    std::vector<std::string> keys;
    for (const domain::Person& person : people)
        keys.push_back(domain::key_of(person));
    store::Store store = open_store(invocation);
    std::vector<domain::SuppressionDecision> decisions;
    std::vector<bool> found(people.size());
    store.look_up_suppressions(keys, now, [&](std::size_t index, const Suppression& one) {
        if (!one.active || (scope && one.scope != *scope))
            return;
        if (one.decision && one.decision->add && one.decision->sticky && !invocation.has("sticky-too"))
            throw util::Fault(util::FaultKind::usage, "remove the suppression", "it was made sticky",
                              "'suppressions show' tells why; --sticky-too lifts it as well");
        found[index] = true;
        decision.person = people[index];
        decision.scope = one.scope;
        decisions.push_back(decision);
    });
    if (std::ranges::find(found, false) != found.end())
        throw util::Fault(util::FaultKind::not_found, "remove the suppression",
                          people.size() == 1 ? "this address is not suppressed" : "one of these is not suppressed",
                          scope ? "'suppressions show' tells for which scopes it is" : "");
    store.decide_suppressions(decisions);
    return ExitStatus::ok;
}

ExitStatus forget(const Invocation& invocation, const std::vector<std::string>& arguments) {
    expect_arguments(arguments, 1, "one address, or a list program's subscriber as @SYSTEM:ID");
    const domain::Person person = read_person(arguments.front());
    store::Options where = store_options(invocation);
    where.create = false;
    static_cast<void>(store::Store(where)); // trouble with the database is told here, by the ordinary way
    if (const ExitStatus status = supervised([&] { return settle_queue(invocation); }); status != ExitStatus::ok)
        return status;
    const store::Forgotten done = store::forget(where, person, util::now());
    if (invocation.json())
        print_json({{"format_version", format_version}, {"messages", done.messages}, {"suppressed", done.scopes > 0}});
    else
        print_line("Forgotten: " + grouped(done.messages) + " message(s) named this person and are gone. " +
                   (done.scopes > 0 ? "'suppressions check' still says suppressed." : "Nothing was in force."));
    return ExitStatus::ok;
}

ExitStatus run(const Invocation& invocation) {
    static constexpr std::pair<const char*, ExitStatus (*)(const Invocation&, const std::vector<std::string>&)>
        table[] = {
            {"list",
             [](const Invocation& given, const std::vector<std::string>& arguments) {
                 expect_arguments(arguments, 0, "no further arguments");
                 return list(given);
             }},
            {"show", show},
            {"check", check_suppressions},
            {"add", add},
            {"remove", remove},
            {"import", import_suppressions},
            {"forget", forget},
        };
    std::vector<const char*> verbs;
    for (const auto& [verb, code] : table)
        verbs.push_back(verb);
    std::vector<std::string> arguments = invocation.arguments;
    const std::string wanted = take_verb(arguments, verbs);
    for (const auto& [verb, code] : table)
        if (wanted == verb)
            return code(invocation, arguments);
    return ExitStatus::usage; // take_verb() knows no other
}

} // namespace

const Command suppressions_command{
    "suppressions",
    "list | show ADDRESS | check ADDRESS...|- | add ADDRESS... --note TEXT | remove ADDRESS... --note TEXT | "
    "import [FILE|-] | forget ADDRESS",
    "who must not be written to any more: list, explain, check, change, read in, forget",
    "jmrp suppressions check - < recipients.txt",
    options,
    run};

} // namespace jmrp::cli
