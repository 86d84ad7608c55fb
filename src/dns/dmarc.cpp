#include "dns/dmarc.hpp"

#include "dns/public_suffix.hpp"
#include "util/text.hpp"

namespace jmrp::dns {

namespace {

using domain::DmarcFinding;
using domain::DmarcPolicy;
using domain::DmarcStanding;
using domain::DnsAnswer;
using domain::DnsOutcome;

/// The value of a tag of "tag=value;tag=value" (RFC 7489 section 6.4).
std::optional<std::string> tag_of(std::string_view record, std::string_view wanted) {
    for (const std::string_view part : util::split(record, ';')) {
        const std::size_t equals = part.find('=');
        if (equals != std::string_view::npos && util::equal_ignoring_case(util::trim(part.substr(0, equals)), wanted))
            return std::string(util::trim(part.substr(equals + 1)));
    }
    return std::nullopt;
}

/// The version comes first, its value in these letters; what is no such record is another's and none of ours.
bool is_dmarc(std::string_view record) {
    const std::string_view first = util::split(record, ';').front();
    const std::size_t equals = first.find('=');
    return equals != std::string_view::npos && util::trim(first.substr(0, equals)) == "v" &&
           util::trim(first.substr(equals + 1)) == "DMARC1";
}

struct Record {
    std::optional<std::string> text;
    std::string why; ///< there is none
};

Record select(const DnsAnswer& answer) {
    Record out{{}, "there is no record"};
    for (const std::string& value : answer.values) {
        if (!is_dmarc(value))
            continue;
        if (out.text)
            return {{}, "there are several records, which is as good as none"};
        out = {value, {}};
    }
    return out;
}

/// A record without a policy that can be read counts as p=none where it says who gets reports (section 6.6.3).
std::optional<DmarcPolicy> policy_in(const std::string& record, bool of_subdomain) {
    std::optional<std::string> text = of_subdomain ? tag_of(record, "sp") : std::nullopt;
    if (!text)
        text = tag_of(record, "p");
    const auto policy = text ? domain::from_text<DmarcPolicy>(util::lower(*text)) : std::nullopt;
    if (!policy && tag_of(record, "rua"))
        return DmarcPolicy::none;
    return policy;
}

} // namespace

DmarcFinding check_dmarc(Resolver& resolver, std::string_view domain) {
    Oldest oldest(resolver);
    DmarcFinding out;
    out.domain = domain;
    const std::string organizational = organizational_domain(domain);
    std::vector<std::string> places{out.domain};
    if (organizational != out.domain)
        places.push_back(organizational);
    for (const std::string& place : places) {
        const DnsAnswer answer = oldest.ask({"_dmarc." + place, domain::RecordType::txt, {}});
        out.asked_at = oldest.at();
        if (answer.outcome == DnsOutcome::failure) {
            out.standing = DmarcStanding::unknown;
            out.reason = answer.why;
            return out;
        }
        const Record record = select(answer);
        out.standing = DmarcStanding::absent;
        out.reason = record.why;
        if (!record.text)
            continue;
        out.found_at = place;
        const auto policy = policy_in(*record.text, place != out.domain);
        out.standing = policy ? DmarcStanding::present : DmarcStanding::absent;
        out.reason = policy ? "" : "the record says no policy that can be read";
        out.policy = policy.value_or(DmarcPolicy::none);
        return out;
    }
    return out;
}

} // namespace jmrp::dns
