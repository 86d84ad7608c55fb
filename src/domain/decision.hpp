#pragma once
// Whether a delisting request is safe now, with every reason.
#include <optional>
#include <string>
#include <vector>

#include "domain/evidence.hpp"

namespace jmrp::domain {

enum class DecisionOutcome {
    safe,
    wait,     ///< only time is missing, and what `also` says
    not_safe, ///< something has to be done first
    person,   ///< the rules leave it to a person
    unknown   ///< something has to be found out first
};
template <>
struct Names<DecisionOutcome> {
    static constexpr std::pair<DecisionOutcome, std::string_view> table[] = {{DecisionOutcome::safe, "safe"},
                                                                             {DecisionOutcome::wait, "wait"},
                                                                             {DecisionOutcome::not_safe, "not-safe"},
                                                                             {DecisionOutcome::person, "person"},
                                                                             {DecisionOutcome::unknown, "unknown"}};
};

enum class RuleState { met, not_met, unknown };
template <>
struct Names<RuleState> {
    static constexpr std::pair<RuleState, std::string_view> table[] = {
        {RuleState::met, "met"}, {RuleState::not_met, "not-met"}, {RuleState::unknown, "unknown"}};
};

/// What a rule that is not met calls for. A rule that is met calls for nothing.
enum class Remedy { none, time, work, person };
template <>
struct Names<Remedy> {
    static constexpr std::pair<Remedy, std::string_view> table[] = {
        {Remedy::none, "none"}, {Remedy::time, "time"}, {Remedy::work, "work"}, {Remedy::person, "person"}};
};

/// Where a request goes.
enum class Door {
    consumer_form,
    portal,
    delist_mail,
    reply ///< in the thread of the last ticket, never a new form
};
template <>
struct Names<Door> {
    static constexpr std::pair<Door, std::string_view> table[] = {{Door::consumer_form, "consumer-form"},
                                                                  {Door::portal, "portal"},
                                                                  {Door::delist_mail, "delist-mail"},
                                                                  {Door::reply, "reply"}};
};

struct EvidenceFigure {
    std::string label;
    double value = 0;
    std::string unit; ///< "%", "h", "d" or ""
};

struct Ruling {
    std::string rule;
    RuleState state = RuleState::unknown;
    Remedy remedy = Remedy::none;
    std::string sentence; ///< names no person
    std::vector<EvidenceFigure> figures;
    std::optional<util::Seconds> earliest; ///< when the rule could hold; nothing: no time is known
    std::string action;                    ///< what else must happen; empty: nothing
};

struct Decision {
    Ip ip;
    BlockList list = BlockList::outlook_com;
    util::Seconds now = 0;
    DecisionOutcome outcome = DecisionOutcome::unknown;
    /// The earliest time at which all rules that wait could hold; nothing where none waits or one cannot tell.
    std::optional<util::Seconds> wait_until;
    std::optional<Door> door;      ///< nothing: no door fits what the servers said
    std::vector<Ruling> reasons;   ///< of every rule, in their order
    std::vector<std::string> also; ///< what else must happen, in the same order
};

} // namespace jmrp::domain
