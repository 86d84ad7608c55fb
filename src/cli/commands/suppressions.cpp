#include <cstdio>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/settling.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"reason", "TEXT", "why, for add and remove; kept in the history"},
    {"format", "FORMAT", "for export: text (the default), csv or jsonl"},
    json_option,
};

domain::Person person_from(const std::vector<std::string>& arguments) {
    expect_arguments(arguments, 1, "one address, or a list program's subscriber as @SYSTEM:ID");
    auto person = domain::parse_person(arguments.front());
    if (!person)
        throw util::Fault(util::FaultKind::usage, "read the address",
                          "'" + util::for_terminal(arguments.front()) + "' is no complete address");
    return *person;
}

/// "address", and for those whose address is not known "system" and "identifier".
Json person_json(const std::string& text) {
    const auto person = domain::parse_person(text);
    const auto* subscriber = person ? std::get_if<domain::Subscriber>(&*person) : nullptr;
    return {{"address", subscriber ? Json(nullptr) : Json(text)},
            {"system", subscriber ? Json(subscriber->system) : Json(nullptr)},
            {"identifier", subscriber ? Json(subscriber->id) : Json(nullptr)}};
}

Json suppression_json(const store::Suppression& suppression) {
    Json out = person_json(suppression.person);
    out.update({{"active", suppression.active},
                {"reason", suppression.reason()},
                {"complaints", suppression.complaints},
                {"unsubscribes", suppression.unsubscribes},
                {"first_seen", time_or_null(suppression.first_at)},
                {"last_seen", time_or_null(suppression.last_at)},
                {"decision", suppression.decision.empty() ? Json(nullptr) : Json(suppression.decision)},
                {"decided_at", time_or_null(suppression.decided_at)}});
    return out;
}

ExitStatus list(const Invocation& invocation) {
    store::Store store = open_store(invocation);
    if (invocation.json()) {
        Json all = Json::array();
        store.for_each_suppression(
            true, [&](const store::Suppression& suppression) { all.push_back(suppression_json(suppression)); });
        print_json({{"format_version", format_version}, {"suppressions", std::move(all)}});
        return ExitStatus::ok;
    }
    Table table({"address", "reason", ">reports", "first", "last"});
    const auto time = [](const std::optional<util::Seconds>& at) { return at ? short_time(*at) : std::string("-"); };
    store.for_each_suppression(true, [&](const store::Suppression& suppression) {
        table.add({suppression.person, std::string(suppression.reason()), grouped(suppression.reports),
                   time(suppression.first_at ? suppression.first_at : suppression.decided_at),
                   time(suppression.last_at)});
    });
    if (table.empty())
        print_line("Nobody is suppressed.");
    else
        table.print();
    return ExitStatus::ok;
}

ExitStatus show(const Invocation& invocation, const domain::Person& person) {
    const store::SuppressionStory story = open_store(invocation).suppression_story(person);
    const bool active = story.suppression && story.suppression->active;
    if (invocation.json()) {
        Json decisions = Json::array();
        for (const store::SuppressionDecision& decision : story.decisions)
            decisions.push_back({{"decision", decision.decision},
                                 {"reason", decision.reason},
                                 {"by", decision.decided_by},
                                 {"at", util::iso8601(decision.decided_at)}});
        Json reports = Json::array();
        for (const store::SuppressionReport& report : story.reports)
            reports.push_back(
                {{"message", report.message_id},
                 {"received_at", util::iso8601(report.received_at)},
                 {"feedback_type", report.feedback_type},
                 {"dialect", report.dialect},
                 {"source_ip", report.source_ip.empty() ? Json(nullptr) : Json(report.source_ip)},
                 {"recipient_from", report.recipient_from},
                 {"reported_message_id",
                  report.reported_message_id.empty() ? Json(nullptr) : Json(report.reported_message_id)}});
        Json out = person_json(domain::text_of(person));
        out.update({{"format_version", format_version},
                    {"active", active},
                    {"suppression", story.suppression ? suppression_json(*story.suppression) : Json(nullptr)},
                    {"decisions", std::move(decisions)},
                    {"reports", std::move(reports)}});
        print_json(out);
        return ExitStatus::ok;
    }
    print_line(util::for_terminal(domain::text_of(person)) +
               (active ? " is suppressed (" + std::string(story.suppression->reason()) + ")." : " is not suppressed."));
    Table events({"when", "what", "source IP", "told by", "reported mail"});
    for (const store::SuppressionReport& report : story.reports)
        events.add({short_time(report.received_at),
                    report.feedback_type + " report, message " + std::to_string(report.message_id),
                    report.source_ip.empty() ? "unknown" : report.source_ip, report.recipient_from,
                    report.reported_message_id});
    for (const store::SuppressionDecision& decision : story.decisions)
        events.add({short_time(decision.decided_at), decision.decision + " by " + decision.decided_by, "", "",
                    decision.reason});
    if (!events.empty())
        events.print();
    return ExitStatus::ok;
}

ExitStatus decide(const Invocation& invocation, const domain::Person& person, bool add) {
    const std::string reason(util::trim(invocation.value("reason").value_or("")));
    if (reason.empty())
        throw util::Fault(util::FaultKind::usage, add ? "add a suppression" : "remove a suppression",
                          "it needs --reason TEXT", "whoever reads the history later wants to know why");
    store::Store store = open_store(invocation);
    if (!add && !store.suppression_story(person).suppression)
        throw util::Fault(util::FaultKind::not_found, "remove the suppression", "this address is not suppressed");
    store.decide_suppression(person, add, util::to_valid_utf8(reason), decided_by(), util::now());
    return ExitStatus::ok;
}

struct Format {
    std::string_view name;
    const char* head;
    bool subscribers; ///< has a place for those whose address is not known
    std::string (*line)(const store::Suppression&);
};

constexpr Format formats[] = {
    {"text", nullptr, false, [](const store::Suppression& suppression) { return suppression.person; }},
    {"csv", "email,reason,source,scope,first_seen,last_seen,count,campaign,note", false,
     [](const store::Suppression& suppression) {
         const auto time = [](const std::optional<util::Seconds>& at) {
             return at ? util::iso8601(*at) : std::string();
         };
         return util::for_csv(suppression.person, false) + "," + std::string(suppression.reason()) + "," +
                (suppression.reports > 0 ? "jmrp" : "manual") + ",global," +
                time(suppression.first_at ? suppression.first_at : suppression.decided_at) + "," +
                time(suppression.last_at ? suppression.last_at : suppression.decided_at) + "," +
                std::to_string(suppression.reports) + ",,";
     }},
    {"jsonl", nullptr, true,
     [](const store::Suppression& suppression) {
         return suppression_json(suppression).dump(-1, ' ', false, Json::error_handler_t::replace);
     }},
};

ExitStatus export_all(const Invocation& invocation) {
    const std::string wanted = invocation.value("format").value_or("text");
    for (const Format& format : formats) {
        if (format.name != wanted)
            continue;
        if (format.head)
            print_line(format.head);
        open_store(invocation).for_each_suppression(true, [&](const store::Suppression& suppression) {
            if (format.subscribers || !suppression.person.starts_with('@'))
                print_line(format.line(suppression));
        });
        return ExitStatus::ok;
    }
    throw util::Fault(util::FaultKind::usage, "export suppressions",
                      "there is no format '" + util::for_terminal(wanted) + "'", "there are text, csv and jsonl");
}

ExitStatus run(const Invocation& invocation) {
    static constexpr const char* verbs[] = {"list", "show", "add", "remove", "export"};
    std::vector<std::string> arguments = invocation.arguments;
    const std::string verb = take_verb(arguments, verbs);
    if (verb == "list" || verb == "export") {
        expect_arguments(arguments, 0, "no further arguments");
        return verb == "list" ? list(invocation) : export_all(invocation);
    }
    const domain::Person person = person_from(arguments);
    return verb == "show" ? show(invocation, person) : decide(invocation, person, verb == "add");
}

} // namespace

const Command suppressions_command{
    "suppressions",
    "list | show ADDRESS | add ADDRESS --reason TEXT | remove ADDRESS --reason TEXT | export [--format text|csv|jsonl]",
    "who must not be written to any more: list, explain, change, export",
    "jmrp suppressions export --format csv > suppressed.csv",
    options,
    run};

} // namespace jmrp::cli
