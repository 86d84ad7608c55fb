#include "dns/dnsbl.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::dns {

namespace {

using domain::DnsAnswer;
using domain::DnsOutcome;
using domain::ListFinding;
using domain::Listing;

/// How a family of zones speaks. The first whose label is the zone's first is taken.
struct Dialect {
    bool of_domains;
    std::string_view label; ///< "" is every zone
    std::string_view codes; ///< the range that means "listed"
    std::string_view test_listed;
    std::string_view test_clean;
};
constexpr Dialect dialects[] = {
    {false, "", "127.0.0.0/24", "2.0.0.127", "1.0.0.127"},
    {true, "dbl", "127.0.1.0/24", "dbltest.com", "example.com"},
    {true, "", "127.0.0.0/16", "test", "invalid"},
};

/// Answers of any zone that are no listing.
struct NoListing {
    std::string_view code;
    const char* why;
};
constexpr NoListing no_listings[] = {
    {"127.255.255.252", "the name of the zone is wrong"},
    {"127.255.255.254", "the zone does not answer this resolver, which is a public one"},
    {"127.255.255.255", "the zone was asked too often"},
    {"127.0.1.255", "the zone was asked for an address"},
    {"127.0.0.1", "the answer is no code of a list"},
};
constexpr std::string_view errors_of_zones = "127.255.255.0/24";

struct Meaning {
    std::string_view zone; ///< its first label
    std::string_view code;
    const char* text;
};
constexpr Meaning meanings[] = {
    {"zen", "127.0.0.2", "SBL"},
    {"zen", "127.0.0.3", "CSS"},
    {"zen", "127.0.0.4", "XBL"},
    {"zen", "127.0.0.5", "XBL"},
    {"zen", "127.0.0.6", "XBL"},
    {"zen", "127.0.0.7", "XBL"},
    {"zen", "127.0.0.9", "DROP"},
    {"zen", "127.0.0.10", "PBL, set by the owner of the range"},
    {"zen", "127.0.0.11", "PBL, set by Spamhaus"},
    {"zen", "127.0.0.30", "BCL"},
    {"dbl", "127.0.1.2", "spam"},
    {"dbl", "127.0.1.4", "phishing"},
    {"dbl", "127.0.1.5", "malware"},
    {"dbl", "127.0.1.6", "botnet"},
    {"dbl", "127.0.1.102", "abused domain: spam"},
    {"dbl", "127.0.1.103", "abused domain: redirector"},
    {"dbl", "127.0.1.104", "abused domain: phishing"},
    {"dbl", "127.0.1.105", "abused domain: malware"},
    {"dbl", "127.0.1.106", "abused domain: botnet"},
};

std::string_view label_of(std::string_view zone) {
    return zone.substr(0, zone.find('.'));
}

const Dialect& dialect_of(std::string_view zone, bool of_domains) {
    return *std::ranges::find_if(dialects, [&](const Dialect& one) {
        return one.of_domains == of_domains && (one.label.empty() || one.label == label_of(zone));
    });
}

/// Why an answer is no listing; nothing where it is one.
std::optional<std::string> why_no_listing(const std::string& code, const Dialect& dialect) {
    for (const NoListing& one : no_listings)
        if (one.code == code)
            return code + ": " + one.why;
    const auto ip = domain::parse_ip(code);
    if (ip && domain::parse_network(dialect.codes)->contains(*ip))
        return std::nullopt;
    const bool error = ip && domain::parse_network(errors_of_zones)->contains(*ip);
    return code + (error ? ": the zone reports an error" : ": the answer is no code of this list");
}

std::string meaning_of(std::string_view zone, std::string_view code) {
    for (const Meaning& one : meanings)
        if (one.zone == label_of(zone) && one.code == code)
            return one.text;
    return std::string(code);
}

void judge(ListFinding& out, const DnsAnswer& answer, const Dialect& dialect) {
    if (answer.outcome == DnsOutcome::no_such_name) {
        out.listing = Listing::clean;
        return;
    }
    if (answer.outcome != DnsOutcome::answer) {
        out.reason = answer.outcome == DnsOutcome::failure ? answer.why : "the zone answers without an address";
        return;
    }
    out.codes = answer.values;
    std::ranges::sort(out.codes);
    std::vector<std::string> said;
    for (const std::string& code : out.codes) {
        if (auto why = why_no_listing(code, dialect)) {
            out.reason = std::move(*why);
            return;
        }
        std::string text = meaning_of(out.zone, code);
        if (std::ranges::find(said, text) == said.end())
            said.push_back(std::move(text));
    }
    out.listing = Listing::listed;
    for (const std::string& text : said)
        out.reason += (out.reason.empty() ? "" : "; ") + text;
}

} // namespace

ListFinding Dnsbl::ask_for(Resolver& resolver, const std::string& prefix, bool of_domains) {
    ListFinding out;
    out.zone = zone_.zone;
    domain::DnsQuestion question{prefix + "." + zone_.zone, domain::RecordType::a, {}};
    if (!zone_.key.empty()) {
        question.shown = question.name;
        question.name = prefix + "." + zone_.key + "." + zone_.zone;
    }
    judge(out, resolver.ask(question), dialect_of(zone_.zone, of_domains));
    return out;
}

std::string Dnsbl::why_unproven(Resolver& resolver, bool of_domains) {
    const Dialect& dialect = dialect_of(zone_.zone, of_domains);
    const ListFinding listed = ask_for(resolver, std::string(dialect.test_listed), of_domains);
    if (listed.listing != Listing::listed)
        return "its test point " + std::string(dialect.test_listed) + " is not listed" +
               (listed.reason.empty() ? "" : " (" + listed.reason + ")");
    const ListFinding clean = ask_for(resolver, std::string(dialect.test_clean), of_domains);
    if (clean.listing != Listing::clean)
        return std::string(dialect.test_clean) + ", which is never listed, is not clean" +
               (clean.reason.empty() ? "" : " (" + clean.reason + ")");
    return {};
}

ListFinding Dnsbl::proven(std::string subject, const std::string& prefix, bool of_domains) {
    Oldest oldest(resolver_);
    ListFinding out;
    out.reason = why_unproven(oldest, of_domains);
    if (out.reason.empty())
        out = ask_for(oldest, prefix, of_domains);
    else
        out.reason = "the zone cannot be trusted here: " + out.reason;
    out.zone = zone_.zone;
    out.subject = std::move(subject);
    out.asked_at = oldest.at();
    return out;
}

ListFinding Dnsbl::ask(const domain::Ip& ip) {
    return proven(ip.text(), domain::reversed(ip), false);
}

ListFinding Dnsbl::ask(std::string_view domain) {
    if (!domain::parse_ip(domain) && domain.find_first_of("[]:") == std::string_view::npos)
        return proven(std::string(domain), std::string(domain), true);
    ListFinding out;
    out.zone = zone_.zone;
    out.subject = domain;
    out.reason = "it is an address, no domain";
    return out;
}

} // namespace jmrp::dns
