#include "cli/delist/options.hpp"

#include <algorithm>

#include "traffic/time_stamp.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

using util::Fault;
using util::FaultKind;

namespace {

std::string in_quotes(std::string_view text) {
    return "'" + util::for_terminal(text) + "'";
}

/// "2026-11-22 10:00", which is UTC, or what traffic::read_any_time() reads.
std::optional<util::Seconds> read_time(std::string text) {
    constexpr traffic::Zone utc{false, 0};
    constexpr std::size_t minutes_end = 16;
    if (const auto at = traffic::read_any_time(text, utc))
        return at;
    if (text.size() < minutes_end)
        return std::nullopt;
    return traffic::read_any_time(text.insert(minutes_end, ":00"), utc);
}

} // namespace

std::vector<domain::Network> network_arguments(const Invocation& invocation,
                                               const std::vector<std::string>& arguments) {
    const std::vector<domain::Network>& own = invocation.config.rules.reading.own_networks;
    std::vector<domain::Network> out;
    for (const std::string& argument : arguments)
        for (const std::string_view word : util::split(argument, ',')) {
            if (util::trim(word).empty())
                continue;
            const auto network = domain::parse_network(word);
            if (!network)
                throw Fault(FaultKind::usage, "read the addresses",
                            in_quotes(word) + " is no IP address and no network",
                            "they are written 192.0.2.10,192.0.2.16/28");
            if (!own.empty() && !are_within({*network}, own))
                throw Fault(FaultKind::usage, "take " + network->short_text(), "it is not within own.networks",
                            "a request is about addresses of yours");
            out.push_back(*network);
        }
    return out;
}

std::optional<domain::BlockList> list_option(const Invocation& invocation) {
    const auto text = invocation.value("list");
    if (!text)
        return std::nullopt;
    const auto list = domain::from_text<domain::BlockList>(*text);
    if (!list || *list == domain::BlockList::spamhaus)
        throw Fault(FaultKind::usage, "read the option --list", in_quotes(*text) + " is none of Microsoft's lists",
                    "outlook.com or office365");
    return list;
}

domain::BlockList list_for(const Invocation& invocation, const delist::Correspondence& all,
                           const std::vector<domain::Network>& networks) {
    if (const auto list = list_option(invocation))
        return *list;
    std::optional<domain::BlockList> found;
    for (const delist::Asked& asked : all.requests)
        if (any_overlap(asked.told.networks, networks)) {
            if (found && *found != asked.told.list)
                throw Fault(FaultKind::usage, "find out which list is meant", "requests were sent for both",
                            "say it with --list outlook.com or --list office365");
            found = asked.told.list;
        }
    if (!found)
        throw Fault(FaultKind::usage, "find out which list is meant", "nothing tells it",
                    "say it with --list outlook.com or --list office365");
    return *found;
}

std::optional<std::string> ticket_option(const Invocation& invocation) {
    const auto text = invocation.value("ticket");
    if (!text)
        return std::nullopt;
    auto ticket = domain::parse_ticket(*text);
    if (!ticket)
        throw Fault(FaultKind::usage, "read the option --ticket", in_quotes(*text) + " is no ticket",
                    "it has ten digits, as in SRX1303529797ID");
    return ticket;
}

std::optional<util::Seconds> time_option(const Invocation& invocation, util::Seconds now) {
    const auto text = invocation.value("at");
    if (!text)
        return std::nullopt;
    const auto at = read_time(*text);
    if (!at)
        throw Fault(FaultKind::usage, "read the option --at", in_quotes(*text) + " is no time",
                    "it is written '2026-11-22 10:00' in UTC, or 2026-11-22T10:00:00+01:00");
    if (*at > now)
        throw Fault(FaultKind::usage, "read the option --at", in_quotes(*text) + " is yet to come",
                    "a time without a zone is UTC");
    return at;
}

domain::Noted noted(const Invocation& invocation, util::Seconds now) {
    return {decided_by(), now, std::string(util::trim(invocation.value("note").value_or("")))};
}

std::string text_option(const Invocation& invocation, const char* name, const char* why) {
    std::string text(util::trim(invocation.value(name).value_or("")));
    if (text.empty())
        throw Fault(FaultKind::usage, "note this", std::string("it needs --") + name, why);
    return text;
}

} // namespace jmrp::cli
