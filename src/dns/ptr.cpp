#include "dns/ptr.hpp"

#include <algorithm>

#include "dns/public_suffix.hpp"
#include "util/text.hpp"

namespace jmrp::dns {

namespace {

using domain::DnsAnswer;
using domain::DnsOutcome;
using domain::Ip;
using domain::PtrFinding;
using domain::PtrStanding;
using domain::RecordType;

constexpr std::size_t most_names = 10;
constexpr std::size_t octets_that_tell = 3;

/// Words that providers put into names of customers' lines. Whole words: "poolside" is none.
constexpr std::string_view words_of_providers[] = {
    "adsl", "broadband", "cable",  "catv", "cust",  "customer",   "customers", "dhcp",
    "dial", "dialin",    "dialup", "dsl",  "dyn",   "dynamic",    "dynamicip", "fiber",
    "ftth", "pool",      "pools",  "ppp",  "pppoe", "unassigned", "unknown",   "vdsl",
};

/// The runs of letters and the runs of digits in it.
std::vector<std::string> runs_of(std::string_view text) {
    std::vector<std::string> out;
    char before = '.';
    for (const char c : text) {
        const bool goes_on = util::is_alnum(c) && util::is_alnum(before) && util::is_digit(c) == util::is_digit(before);
        if (util::is_alnum(c) && !goes_on)
            out.emplace_back();
        if (util::is_alnum(c))
            out.back() += c;
        before = c;
    }
    return out;
}

bool has_octets(const std::vector<std::string>& runs, const Ip& ip) {
    const std::string text = ip.text();
    std::vector<std::uint64_t> wanted;
    for (const std::string_view octet : util::split(text, '.'))
        wanted.push_back(util::parse_unsigned(octet).value_or(0));
    std::size_t found = 0;
    for (const std::string& run : runs) {
        const auto number = util::parse_unsigned(run);
        const auto at = number ? std::ranges::find(wanted, *number) : wanted.end();
        if (at == wanted.end())
            continue;
        wanted.erase(at);
        ++found;
    }
    return found >= octets_that_tell;
}

/// The whole of an IPv4 address, or the second half of an IPv6 address, in hexadecimal digits, whatever stands between them.
bool has_hex(std::string_view text, const Ip& ip) {
    constexpr const char* digits = "0123456789abcdef";
    std::string wanted;
    const auto bytes = domain::bytes_of(ip);
    for (std::size_t i = ip.is_v4() ? 0 : 8; i < (ip.is_v4() ? 4U : 16U); ++i) {
        wanted += digits[bytes[i] >> 4U];
        wanted += digits[bytes[i] & 0x0FU];
    }
    std::string compact;
    std::ranges::copy_if(text, std::back_inserter(compact), [](char c) { return util::is_alnum(c); });
    return compact.find(wanted) != std::string::npos;
}

/// Twelve digits: "192000002007".
bool has_padded_octets(std::string_view text, const Ip& ip) {
    std::string wanted;
    const std::string address = ip.text();
    for (const std::string_view octet : util::split(address, '.'))
        wanted += std::string(3 - octet.size(), '0') + std::string(octet);
    return text.find(wanted) != std::string_view::npos;
}

bool leads_back(const DnsAnswer& answer, const Ip& ip) {
    return std::ranges::any_of(answer.values, [&](const std::string& value) { return domain::parse_ip(value) == ip; });
}

void judge(PtrFinding& out, const Ip& ip, std::optional<std::string_view> helo, bool all_known) {
    if (out.confirmed.empty()) {
        out.standing = all_known ? PtrStanding::unconfirmed : PtrStanding::unknown;
        out.reason = all_known ? "no name of the address leads back to it" : "the addresses of its names are not known";
    } else {
        out.standing = PtrStanding::confirmed;
        out.generic = std::ranges::all_of(out.confirmed, [&](const auto& name) { return is_generic_name(name, ip); });
        if (out.generic)
            out.reason = "the name looks like one that a provider gives by the number";
    }
    if (!helo)
        return;
    out.equals_helo =
        std::ranges::any_of(out.confirmed, [&](const auto& name) { return util::equal_ignoring_case(name, *helo); });
}

} // namespace

bool is_generic_name(std::string_view name, const Ip& ip) {
    const std::string lower = util::lower(name);
    const std::string registered = organizational_domain(lower);
    const std::string left = lower.substr(0, lower.size() - registered.size());
    const auto runs = runs_of(left);
    for (const std::string& run : runs)
        if (std::ranges::find(words_of_providers, run) != std::end(words_of_providers))
            return true;
    if (has_hex(left, ip))
        return true;
    return ip.is_v4() && (has_octets(runs, ip) || has_padded_octets(left, ip));
}

PtrFinding check_ptr(Resolver& resolver, const Ip& ip, std::optional<std::string_view> helo) {
    Oldest oldest(resolver);
    PtrFinding out;
    const DnsAnswer names =
        oldest.ask({reversed(ip) + (ip.is_v4() ? ".in-addr.arpa" : ".ip6.arpa"), RecordType::ptr, {}});
    if (names.outcome != DnsOutcome::answer) {
        const bool known = names.is_void();
        out.standing = known ? PtrStanding::absent : PtrStanding::unknown;
        out.reason = known ? "the address has no name" : names.why;
        if (known && helo)
            out.equals_helo = false;
        out.asked_at = oldest.at();
        return out;
    }
    bool all_known = true;
    for (const std::string& name : names.values) {
        if (out.names.size() == most_names)
            break;
        out.names.push_back(name);
        const DnsAnswer back = oldest.ask({name, ip.is_v4() ? RecordType::a : RecordType::aaaa, {}});
        all_known = all_known && back.outcome != DnsOutcome::failure;
        if (leads_back(back, ip))
            out.confirmed.push_back(name);
    }
    judge(out, ip, helo, all_known);
    out.asked_at = oldest.at();
    return out;
}

} // namespace jmrp::dns
