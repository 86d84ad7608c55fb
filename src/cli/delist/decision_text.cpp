#include "cli/delist/decision_text.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "cli/output.hpp"
#include "reputation/wording.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::Decision;
using domain::DecisionOutcome;
using domain::Evidence;
using domain::Remedy;
using domain::RuleState;
using domain::Ruling;
using util::Seconds;

constexpr std::size_t columns = 80;
constexpr std::size_t rule_column = 11;
constexpr std::size_t text_column = 27;

constexpr Seconds minute = 60;
constexpr Seconds hour = 60 * minute;
constexpr Seconds day = 24 * hour;

/// "2 d 4 h", "35 min"
std::string span_of(Seconds seconds) {
    const auto two = [](Seconds more, const char* unit, Seconds less, const char* small) {
        return std::to_string(more) + unit + (less > 0 ? " " + std::to_string(less) + small : "");
    };
    if (seconds >= day)
        return two(seconds / day, " d", seconds % day / hour, " h");
    if (seconds >= hour)
        return two(seconds / hour, " h", seconds % hour / minute, " min");
    return std::to_string(std::max<Seconds>(1, seconds / minute)) + " min";
}

std::string answer(const Decision& decision) {
    const std::string list(reputation::list_name(decision.list));
    const std::string about = list + " about " + decision.ip.text();
    switch (decision.outcome) {
    case DecisionOutcome::safe:
        return "SAFE to ask " + about + " now";
    case DecisionOutcome::not_safe:
        return "NOT SAFE to ask " + about + " now";
    case DecisionOutcome::person:
        return "A PERSON must decide whether to ask " + about + " now";
    case DecisionOutcome::unknown:
        return "UNKNOWN whether it is safe to ask " + about + " now";
    case DecisionOutcome::wait:
        break;
    }
    if (!decision.wait_until)
        return "WAIT before you ask " + about + "; nobody can tell yet how long";
    return "WAIT until " + short_time(*decision.wait_until) + " (in " + span_of(*decision.wait_until - decision.now) +
           ") before you ask " + about;
}

Tone tone_of(DecisionOutcome outcome) {
    return outcome == DecisionOutcome::safe       ? Tone::plain
           : outcome == DecisionOutcome::not_safe ? Tone::critical
                                                  : Tone::warning;
}

struct Mark {
    const char* text;
    Tone tone;
};
Mark mark_of(const Ruling& ruling) {
    if (ruling.state == RuleState::met)
        return {"met", Tone::plain};
    if (ruling.state == RuleState::unknown)
        return {"unknown", Tone::warning};
    switch (ruling.remedy) {
    case Remedy::time:
        return {"waits", Tone::warning};
    case Remedy::person:
        return {"person", Tone::warning};
    default:
        return {"NOT MET", Tone::critical};
    }
}

/// What a rule looked at first, for where it comes from and how old it is.
struct Basis {
    std::string source;
    Seconds at = 0;
};
template <typename T>
std::optional<Basis> basis(const domain::Known<T>& known) {
    return known ? std::optional(Basis{known->source, known->at}) : std::nullopt;
}
struct BasisOfRule {
    std::string_view rule;
    std::optional<Basis> (*of)(const Evidence&);
};
constexpr BasisOfRule bases[] = {
    {"block", [](const Evidence& of) { return basis(of.refusals); }},
    {"throttle", [](const Evidence& of) { return basis(of.deliveries); }},
    {"foreign-list", [](const Evidence& of) { return basis(of.refusals); }},
    {"incident", [](const Evidence& of) { return basis(of.fleet); }},
    {"address", [](const Evidence& of) { return basis(of.address); }},
    {"pointer", [](const Evidence& of) { return basis(of.pointer); }},
    {"spamhaus", [](const Evidence& of) { return basis(of.spamhaus); }},
    {"authentication", [](const Evidence& of) { return basis(of.from_domains); }},
    {"cause", [](const Evidence& of) { return basis(of.repair); }},
    {"suppressed", [](const Evidence& of) { return basis(of.complainants); }},
    {"leaks", [](const Evidence& of) { return basis(of.leaks); }},
    {"clean", [](const Evidence& of) { return basis(of.complaints); }},
    {"rate", [](const Evidence& of) { return basis(of.complaints); }},
    {"feed", [](const Evidence& of) { return basis(of.feed); }},
    {"snds", [](const Evidence& of) { return basis(of.snds); }},
    {"requests", [](const Evidence& of) { return basis(of.requests); }},
    {"contact", [](const Evidence& of) { return basis(of.contact); }},
};

/// "by send log, 3 h old"
std::string told_by(const Ruling& ruling, const Evidence& evidence) {
    const auto row = std::ranges::find(bases, ruling.rule, &BasisOfRule::rule);
    const auto found = row == std::end(bases) ? std::nullopt : row->of(evidence);
    if (!found)
        return {};
    std::string out = "by " + found->source;
    if (found->at == 0)
        out += ", never asked";
    else if (evidence.now - found->at >= minute)
        out += ", " + span_of(evidence.now - found->at) + " old";
    return out;
}

std::string figure_text(const domain::EvidenceFigure& figure) {
    char number[48];
    const bool whole = std::floor(figure.value) == figure.value && std::fabs(figure.value) < 1e15;
    if (whole)
        return figure.label + " " + grouped(static_cast<std::int64_t>(figure.value)) +
               (figure.unit.empty() ? "" : " " + figure.unit);
    std::snprintf(number, sizeof number, "%.2g", figure.value);
    return figure.label + " " + number + (figure.unit.empty() ? "" : " " + figure.unit);
}

std::string padded(std::string text, std::size_t width) {
    text.resize(std::max(text.size() + 1, width), ' ');
    return text;
}

void add_line(std::string& out, std::string_view text, std::size_t indent) {
    if (!text.empty())
        out += std::string(indent, ' ') + wrapped(util::for_terminal(text), columns, indent) + '\n';
}

void add_rule(std::string& out, const Ruling& ruling, const Evidence& evidence) {
    const Mark mark = mark_of(ruling);
    out += "  " + toned(padded(mark.text, rule_column - 2), mark.tone);
    out += padded(ruling.rule, text_column - rule_column);
    out += wrapped(util::for_terminal(ruling.sentence), columns, text_column) + '\n';
    std::string figures;
    for (const domain::EvidenceFigure& figure : ruling.figures)
        figures += (figures.empty() ? "" : ", ") + figure_text(figure);
    add_line(out, figures, text_column);
    if (ruling.earliest && ruling.state == RuleState::not_met)
        add_line(out, "until " + short_time(*ruling.earliest), text_column);
    add_line(out, told_by(ruling, evidence), text_column);
}

struct Action {
    std::string text;
    std::string rules; ///< that call for it
};
/// Each once.
std::vector<Action> actions_of(const Decision& decision) {
    std::vector<Action> out;
    for (const Ruling& ruling : decision.reasons) {
        if (ruling.action.empty())
            continue;
        const auto known = std::ranges::find(out, ruling.action, &Action::text);
        if (known == out.end())
            out.push_back({ruling.action, ruling.rule});
        else
            known->rules += ", " + ruling.rule;
    }
    return out;
}

std::string door_text(const Decision& decision, const Evidence& evidence, const domain::DelistSettings& settings) {
    if (!decision.door)
        return "no door is known that fits what the servers said";
    switch (*decision.door) {
    case domain::Door::consumer_form:
        return "the form for Outlook.com: " + settings.form_url;
    case domain::Door::portal:
        return "the portal for Microsoft 365, one address a visit: " + settings.portal_url;
    case domain::Door::delist_mail:
        return "a mail with the refused one in it, to the address that the refusal prints, else " +
               settings.delist_address;
    case domain::Door::reply:
        break;
    }
    const std::string ticket =
        evidence.requests && !evidence.requests->value.empty() ? evidence.requests->value.back().ticket : std::string();
    return "a reply in the thread of " + (ticket.empty() ? "the last request" : "ticket " + ticket) +
           ", never a new form";
}

} // namespace

std::string decision_text(const Decision& decision, const Evidence& evidence, const domain::DelistSettings& settings) {
    std::string out = toned(answer(decision), tone_of(decision.outcome)) + "\n";
    const std::vector<Action> actions = actions_of(decision);
    if (!actions.empty())
        out += "\nWhat to do:\n";
    for (std::size_t i = 0; i < actions.size(); ++i) {
        const std::string number = padded(std::to_string(i + 1) + ".", 3);
        const std::string text = actions[i].rules + ": " + actions[i].text;
        out += "  " + number + wrapped(util::for_terminal(text), columns, 2 + number.size()) + '\n';
    }
    out += "\nWhy:\n";
    for (const Ruling& ruling : decision.reasons)
        add_rule(out, ruling, evidence);
    out += std::string("\nWhere to ask") + (decision.outcome == DecisionOutcome::safe ? ":" : ", once it is safe:");
    constexpr std::size_t indent = 2;
    const std::string door = util::for_terminal(door_text(decision, evidence, settings));
    out += "\n  " + wrapped(door, columns, indent) + '\n';
    return out;
}

} // namespace jmrp::cli
