#include "network/dns.hpp"

#include <algorithm>

#include "cli/json.hpp"
#include "network/dns_facts.hpp"
#include "util/fault.hpp"
#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::network {

namespace {

using cli::Json;
using domain::DnsFacts;
using util::Fault;
using util::FaultKind;

std::string domain_of(std::string_view text, std::string_view option) {
    const auto domain = util::domain_to_ascii(text);
    if (!domain)
        throw Fault(FaultKind::usage, "read the option --" + std::string(option),
                    "'" + util::for_terminal(text) + "' is no domain");
    return *domain;
}

std::vector<std::string> domains_of(const cli::Invocation& invocation, std::string_view option) {
    std::vector<std::string> out;
    const auto text = invocation.value(option);
    if (!text)
        return out;
    for (const std::string_view word : util::split(*text, ','))
        out.push_back(domain_of(util::trim(word), option));
    return out;
}

dns::Sender sender_of(const cli::Invocation& invocation, const std::string& address) {
    const auto ip = domain::parse_ip(address);
    if (!ip)
        throw Fault(FaultKind::usage, "ask the DNS", "'" + util::for_terminal(address) + "' is no IP address");
    dns::Sender out{*ip, {}, domains_of(invocation, "from"), domains_of(invocation, "envelope")};
    if (const auto helo = invocation.value("helo"))
        out.helo = helo->starts_with('[') ? *helo : domain_of(*helo, "helo");
    return out;
}

// ---- for people

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts)
        out += (out.empty() ? "" : ", ") + text;
    return out;
}

std::string age_of(util::Seconds asked_at, util::Seconds now) {
    if (asked_at == 0)
        return "-";
    const util::Seconds age = std::max<util::Seconds>(0, now - asked_at);
    constexpr util::Seconds minute = 60;
    constexpr util::Seconds hour = 60 * minute;
    constexpr util::Seconds day = 24 * hour;
    for (const auto& [unit, name] : {std::pair{day, " d"}, std::pair{hour, " h"}, std::pair{minute, " min"}})
        if (age >= 2 * unit)
            return cli::grouped(age / unit) + name + " ago";
    return age < 2 ? "now" : std::to_string(age) + " s ago";
}

std::string detail_of(const domain::PtrFinding& ptr) {
    std::string out = joined(ptr.confirmed.empty() ? ptr.names : ptr.confirmed);
    for (const std::string& text : {ptr.reason, std::string(!ptr.equals_helo   ? ""
                                                            : *ptr.equals_helo ? "equals HELO"
                                                                               : "is not the HELO name")})
        if (!text.empty())
            out += (out.empty() ? "" : "; ") + text;
    return out;
}

void print(const DnsFacts& facts, bool offline) {
    const util::Seconds now = util::now();
    if (offline)
        cli::print_line("offline: nothing was asked, these are answers of before");
    cli::Table table({"CHECK", "OF", "RESULT", "ASKED", "DETAIL"});
    const auto add = [&](std::string check, const std::string& of, std::string_view result, util::Seconds at,
                         const std::string& detail) {
        table.add({std::move(check), of, std::string(result), age_of(at, now), detail});
    };
    add("PTR", facts.ip.text(), to_text(facts.ptr.standing), facts.ptr.asked_at, detail_of(facts.ptr));
    for (const domain::SpfFinding& one : facts.spf)
        add(one.of_helo ? "SPF (HELO)" : "SPF", one.domain, to_text(one.result), one.asked_at, one.reason);
    for (const domain::DmarcFinding& one : facts.dmarc) {
        const bool present = one.standing == domain::DmarcStanding::present;
        add("DMARC", one.domain, to_text(one.standing), one.asked_at,
            present ? "p=" + std::string(to_text(one.policy)) + ", of " + one.found_at : one.reason);
    }
    for (const domain::ListFinding& one : facts.lists)
        add(one.zone, one.subject, to_text(one.listing), one.asked_at, one.reason);
    table.print();
}

// ---- for programs

template <typename Finding>
Json with_common(Json json, const Finding& finding) {
    json["well"] = domain::is_well(finding);
    json["reason"] = finding.reason;
    json["asked_at"] = finding.asked_at == 0 ? Json(nullptr) : Json(util::iso8601(finding.asked_at));
    json["age_seconds"] =
        finding.asked_at == 0 ? Json(nullptr) : Json(std::max<util::Seconds>(0, util::now() - finding.asked_at));
    return json;
}

Json json_of(const domain::PtrFinding& one) {
    return with_common({{"standing", to_text(one.standing)},
                        {"names", one.names},
                        {"confirmed", one.confirmed},
                        {"generic", one.generic},
                        {"equals_helo", one.equals_helo ? Json(*one.equals_helo) : Json(nullptr)}},
                       one);
}

Json json_of(const domain::SpfFinding& one) {
    return with_common(
        {{"domain", one.domain}, {"identity", one.of_helo ? "helo" : "mailfrom"}, {"result", to_text(one.result)}},
        one);
}

Json json_of(const domain::DmarcFinding& one) {
    const bool present = one.standing == domain::DmarcStanding::present;
    return with_common({{"domain", one.domain},
                        {"standing", to_text(one.standing)},
                        {"found_at", present ? Json(one.found_at) : Json(nullptr)},
                        {"policy", present ? Json(to_text(one.policy)) : Json(nullptr)}},
                       one);
}

Json json_of(const domain::ListFinding& one) {
    return with_common(
        {{"zone", one.zone}, {"subject", one.subject}, {"listing", to_text(one.listing)}, {"codes", one.codes}}, one);
}

template <typename Finding>
Json list_of(const std::vector<Finding>& findings) {
    Json out = Json::array();
    for (const Finding& one : findings)
        out.push_back(json_of(one));
    return out;
}

void print_as_json(const DnsFacts& facts, bool offline) {
    cli::print_json({{"format_version", cli::format_version},
                     {"ip", facts.ip.text()},
                     {"helo", facts.helo.empty() ? Json(nullptr) : Json(facts.helo)},
                     {"offline", offline},
                     {"well", domain::is_well(facts)},
                     {"ptr", json_of(facts.ptr)},
                     {"spf", list_of(facts.spf)},
                     {"dmarc", list_of(facts.dmarc)},
                     {"lists", list_of(facts.lists)}});
}

} // namespace

cli::ExitStatus run_dns(const cli::Invocation& invocation) {
    static constexpr const char* verbs[] = {"check"};
    std::vector<std::string> arguments = invocation.arguments;
    cli::take_verb(arguments, verbs);
    cli::expect_arguments(arguments, 1, "one IP address");
    const bool offline = invocation.has("offline");
    const dns::Sender sender = sender_of(invocation, arguments.front());
    store::Store store = cli::open_store(invocation);
    const DnsFacts facts = ask_dns(invocation.config.dns, store, sender, offline);
    if (invocation.json())
        print_as_json(facts, offline);
    else
        print(facts, offline);
    return domain::is_well(facts) ? cli::ExitStatus::ok : cli::ExitStatus::warning;
}

} // namespace jmrp::network
