#include <limits>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/settling.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"reason", "REASON", "only what is held for it: unverified, unconfirmed, ambiguous, contradicted or pace"},
    {"all", nullptr, "for accept and reject: everything that list shows"},
    json_option,
};

std::optional<domain::Hold> wanted_reason(const Invocation& invocation) {
    const auto text = invocation.value("reason");
    if (!text)
        return std::nullopt;
    const auto reason = domain::from_text<domain::Hold>(*text);
    if (!reason)
        throw util::Fault(util::FaultKind::usage, "look for held reports",
                          "nothing is held for '" + util::for_terminal(*text) + "'",
                          "the reasons are unverified, unconfirmed, ambiguous, contradicted and pace");
    return reason;
}

std::string joined(const std::vector<std::string>& texts) {
    constexpr std::size_t shown = 3;
    std::string out;
    for (std::size_t i = 0; i < std::min(texts.size(), shown); ++i)
        out += (i > 0 ? ", " : "") + texts[i];
    return texts.size() > shown ? out + " and " + std::to_string(texts.size() - shown) + " more" : out;
}

ExitStatus list(const Invocation& invocation) {
    const auto held = open_store(invocation).held(wanted_reason(invocation));
    if (invocation.json()) {
        Json reports = Json::array();
        for (const store::HeldReport& report : held)
            reports.push_back({{"id", report.message_id},
                               {"reason", to_text(report.reason)},
                               {"since", util::iso8601(report.since)},
                               {"feed", report.feed},
                               {"feedback_type", report.feedback_type},
                               {"source_ip", report.source_ip.empty() ? Json(nullptr) : Json(report.source_ip)},
                               {"verdict", report.verdict},
                               {"persons", report.persons}});
        print_json({{"format_version", format_version}, {"reports", std::move(reports)}});
        return ExitStatus::ok;
    }
    if (held.empty()) {
        print_line("Nothing is held.");
        return ExitStatus::ok;
    }
    Table table({">id", "since", "type", "source IP", "held because", "about"});
    for (const store::HeldReport& report : held)
        table.add({std::to_string(report.message_id), short_time(report.since), report.feedback_type,
                   report.source_ip.empty() ? "unknown" : report.source_ip, std::string(to_text(report.reason)),
                   joined(report.persons)});
    table.print();
    print_line("");
    for (const auto& name : domain::Names<domain::Hold>::table)
        if (std::any_of(held.begin(), held.end(), [&](const auto& report) { return report.reason == name.first; }))
            print_line(std::string(name.second) + ": " + std::string(explain(name.first)));
    print_line(
        "'jmrp review accept ID' suppresses whom a report names, 'jmrp review reject ID' lets it count and no more;");
    print_line("'jmrp quarantine show ID' prints the report.");
    return ExitStatus::ok;
}

std::vector<std::int64_t> chosen(const Invocation& invocation, const std::vector<std::string>& arguments) {
    std::vector<std::int64_t> ids;
    if (invocation.has("all")) {
        expect_arguments(arguments, 0, "either numbers or --all");
        for (const store::HeldReport& report : open_store(invocation).held(wanted_reason(invocation)))
            ids.push_back(report.message_id);
        return ids;
    }
    if (arguments.empty())
        throw util::Fault(util::FaultKind::usage, "decide about held reports", "no number is named",
                          "'jmrp review list' shows the numbers; --all means all of them");
    for (const std::string& text : arguments) {
        const auto id = util::parse_unsigned(text);
        if (!id || *id > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            throw util::Fault(util::FaultKind::usage, "decide about held reports",
                              "'" + util::for_terminal(text) + "' is no number of a report");
        ids.push_back(static_cast<std::int64_t>(*id));
    }
    return ids;
}

ExitStatus decide(const Invocation& invocation, const std::vector<std::string>& arguments, domain::Review review) {
    const std::vector<std::int64_t> ids = chosen(invocation, arguments);
    const std::size_t done = open_store(invocation).review(ids, review, decided_by(), util::now()).size();
    if (done < ids.size() && !invocation.has("all"))
        throw util::Fault(util::FaultKind::not_found,
                          "decide about " + std::to_string(ids.size() - done) + " report(s)",
                          "they are not held; the others were decided", "'jmrp review list' shows what is held");
    return supervised([&] { return settle_queue(invocation); });
}

ExitStatus run(const Invocation& invocation) {
    static constexpr const char* verbs[] = {"list", "accept", "reject"};
    std::vector<std::string> arguments = invocation.arguments;
    const std::string verb = take_verb(arguments, verbs);
    if (verb == "list") {
        expect_arguments(arguments, 0, "no further arguments");
        return list(invocation);
    }
    return decide(invocation, arguments, verb == "accept" ? domain::Review::accept : domain::Review::reject);
}

} // namespace

const Command review_command{"review",
                             "list | accept ID ... | reject ID ... [--all] [--reason REASON] [--json]",
                             "reports that name somebody, but not surely enough: look at them and decide",
                             "jmrp review list --reason unverified",
                             options,
                             run};

} // namespace jmrp::cli
