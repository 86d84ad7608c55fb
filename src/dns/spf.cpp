#include "dns/spf.hpp"

#include <algorithm>

#include "dns/spf_macro.hpp"
#include "dns/spf_syntax.hpp"
#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::dns {

namespace {

using domain::DnsAnswer;
using domain::DnsOutcome;
using domain::Ip;
using domain::RecordType;
using domain::SpfFinding;
using domain::SpfResult;

// RFC 7208 section 4.6.4
constexpr int most_terms = 10;
constexpr int most_voids = 2;
constexpr std::size_t most_mx_hosts = 10;
constexpr std::size_t most_ptr_names = 10;

struct Outcome {
    SpfResult result;
    std::string reason;
};

enum class Match { no, yes, error };

bool is_below(std::string_view name, std::string_view domain) {
    if (name.size() < domain.size() || !util::equal_ignoring_case(name.substr(name.size() - domain.size()), domain))
        return false;
    return name.size() == domain.size() || name[name.size() - domain.size() - 1] == '.';
}

/// One check with the counts that it goes on under.
class Evaluation {
  public:
    Evaluation(Resolver& resolver, const SpfQuestion& question, std::string local, std::string domain)
        : resolver_(resolver), macros_{question.ip, std::move(local), std::move(domain),
                                       {},          question.helo,    [this] { return name_of_ip(); }} {}

    Outcome check_host(const std::string& domain) {
        const DnsAnswer answer = resolver_.ask({domain, RecordType::txt, {}});
        if (answer.outcome == DnsOutcome::failure)
            return {SpfResult::temperror, answer.why};
        std::vector<std::string> records;
        std::ranges::copy_if(answer.values, std::back_inserter(records), is_spf_record);
        if (records.empty())
            return {SpfResult::none, "there is no SPF record"};
        if (records.size() > 1)
            return {SpfResult::permerror, "there are several SPF records"};
        const auto record = parse_spf(records.front());
        if (!record)
            return {SpfResult::permerror, "a record breaks the grammar of SPF"};
        return evaluate(*record, domain);
    }

  private:
    Outcome evaluate(const SpfRecord& record, const std::string& domain) {
        for (const SpfMechanism& mechanism : record.mechanisms) {
            macros_.domain = domain; // an include before has changed it
            const Match match = matches(mechanism);
            if (match == Match::error)
                return error_;
            if (match == Match::yes)
                return outcome_of(mechanism.qualifier);
        }
        if (record.redirect.empty())
            return outcome_of('?');
        macros_.domain = domain;
        if (!begin_term())
            return error_;
        Outcome out = check_host(expand(record.redirect, macros_));
        if (out.result == SpfResult::none)
            return {SpfResult::permerror, "a redirect leads to no SPF record"};
        return out;
    }

    static Outcome outcome_of(char qualifier) {
        switch (qualifier) {
        case '+':
            return {SpfResult::pass, {}};
        case '-':
            return {SpfResult::fail, "the record does not allow the address"};
        case '~':
            return {SpfResult::softfail, "the record hardly allows the address"};
        default:
            return {SpfResult::neutral, "the record does not say whether the address is allowed"};
        }
    }

    Match matches(const SpfMechanism& mechanism) {
        static constexpr std::pair<std::string_view, Match (Evaluation::*)(const SpfMechanism&)> table[] = {
            {"all", &Evaluation::match_all}, {"include", &Evaluation::match_include},
            {"a", &Evaluation::match_a},     {"mx", &Evaluation::match_mx},
            {"ptr", &Evaluation::match_ptr}, {"exists", &Evaluation::match_exists},
            {"ip4", &Evaluation::match_ip},  {"ip6", &Evaluation::match_ip},
        };
        for (const auto& [name, match] : table)
            if (name == mechanism.name)
                return (this->*match)(mechanism);
        return Match::no;
    }

    Match match_all(const SpfMechanism&) { return Match::yes; }

    Match match_ip(const SpfMechanism& mechanism) {
        const auto base = domain::parse_ip(mechanism.target);
        // An IPv4-mapped network of ip6 is one of IPv4 here, and matches nothing (section 5).
        if (!base || base->is_v4() != (mechanism.name == "ip4"))
            return Match::no;
        return contains(*base, mechanism.length4);
    }

    Match match_include(const SpfMechanism& mechanism) {
        if (!begin_term())
            return Match::error;
        Outcome out = check_host(expand(mechanism.target, macros_));
        switch (out.result) {
        case SpfResult::pass:
            return Match::yes;
        case SpfResult::none:
            return fails(SpfResult::permerror, "an include leads to no SPF record");
        case SpfResult::temperror:
        case SpfResult::permerror:
            return fails(out.result, out.reason);
        default:
            return Match::no;
        }
    }

    Match match_a(const SpfMechanism& mechanism) {
        return begin_term() ? match_host(target_of(mechanism), mechanism) : Match::error;
    }

    Match match_mx(const SpfMechanism& mechanism) {
        if (!begin_term())
            return Match::error;
        const auto answer = look_up(target_of(mechanism), RecordType::mx);
        if (!answer)
            return Match::error;
        if (answer->values.size() > most_mx_hosts)
            return fails(SpfResult::permerror, "an mx has more than ten hosts");
        for (const std::string& host : answer->values) {
            if (host.empty()) // the null MX
                continue;
            const Match match = match_host(host, mechanism);
            if (match != Match::no)
                return match;
        }
        return Match::no;
    }

    Match match_ptr(const SpfMechanism& mechanism) {
        if (!begin_term())
            return Match::error;
        const std::string target = target_of(mechanism);
        const auto names = names_of_ip();
        return std::ranges::any_of(names, [&](const std::string& name) { return is_below(name, target); }) ? Match::yes
                                                                                                           : Match::no;
    }

    Match match_exists(const SpfMechanism& mechanism) {
        if (!begin_term())
            return Match::error;
        const auto answer = look_up(target_of(mechanism), RecordType::a); // over IPv6 too (section 5.7)
        if (!answer)
            return Match::error;
        return answer->values.empty() ? Match::no : Match::yes;
    }

    Match match_host(const std::string& host, const SpfMechanism& mechanism) {
        const bool v4 = macros_.ip.is_v4();
        const auto answer = look_up(host, v4 ? RecordType::a : RecordType::aaaa);
        if (!answer)
            return Match::error;
        for (const std::string& value : answer->values) {
            const auto base = domain::parse_ip(value);
            if (base && contains(*base, v4 ? mechanism.length4 : mechanism.length6) == Match::yes)
                return Match::yes;
        }
        return Match::no;
    }

    Match contains(const Ip& base, std::optional<int> length) const {
        const domain::Network network{base, length.value_or(base.is_v4() ? 32 : 128)};
        return network.contains(macros_.ip) ? Match::yes : Match::no;
    }

    std::string target_of(const SpfMechanism& mechanism) {
        return mechanism.target.empty() ? macros_.domain : expand(mechanism.target, macros_);
    }

    /// Nothing, and error_, where the DNS did not answer or too often found nothing.
    std::optional<DnsAnswer> look_up(const std::string& name, RecordType type) {
        DnsAnswer answer = resolver_.ask({name, type, {}});
        if (answer.outcome == DnsOutcome::failure) {
            fails(SpfResult::temperror, answer.why);
            return std::nullopt;
        }
        if (answer.is_void() && ++voids_ > most_voids) {
            fails(SpfResult::permerror, "more than two look-ups find nothing");
            return std::nullopt;
        }
        return answer;
    }

    bool begin_term() {
        if (++terms_ <= most_terms)
            return true;
        fails(SpfResult::permerror, "more than ten terms ask the DNS");
        return false;
    }

    Match fails(SpfResult result, std::string reason) {
        error_ = {result, std::move(reason)};
        return Match::error;
    }

    /// Those that lead back to the address. What cannot be looked up here is passed over, and counts for nothing: the domain's
    /// owner does not name the addresses of others (section 5.5).
    std::vector<std::string> names_of_ip() {
        const Ip& ip = macros_.ip;
        std::vector<std::string> names =
            resolver_.ask({domain::reversed(ip) + (ip.is_v4() ? ".in-addr.arpa" : ".ip6.arpa"), RecordType::ptr, {}})
                .values;
        names.resize(std::min(names.size(), most_ptr_names));
        std::erase_if(names, [&](const std::string& name) {
            const DnsAnswer back = resolver_.ask({name, ip.is_v4() ? RecordType::a : RecordType::aaaa, {}});
            return std::ranges::none_of(back.values, [&](const auto& value) { return domain::parse_ip(value) == ip; });
        });
        return names;
    }

    /// The domain itself, else one below it, else any (section 7.3).
    std::string name_of_ip() {
        const auto names = names_of_ip();
        for (const std::string& name : names)
            if (util::equal_ignoring_case(name, macros_.domain))
                return name;
        for (const std::string& name : names)
            if (is_below(name, macros_.domain))
                return name;
        return names.empty() ? "unknown" : names.front();
    }

    Resolver& resolver_;
    SpfMacros macros_;
    int terms_ = 0;
    int voids_ = 0;
    Outcome error_{SpfResult::permerror, {}};
};

/// With a dot in it (section 4.3).
bool is_domain(const std::string& text) {
    return text.find('.') != std::string::npos && util::domain_to_ascii(text);
}

} // namespace

SpfFinding check_spf(Resolver& resolver, const SpfQuestion& question) {
    Oldest oldest(resolver);
    SpfFinding out;
    out.of_helo = question.sender.empty();
    const std::size_t at = question.sender.rfind('@');
    const std::string local = question.sender.substr(0, at == std::string::npos ? 0 : at);
    out.domain = out.of_helo ? question.helo : question.sender.substr(at == std::string::npos ? 0 : at + 1);
    if (!is_domain(out.domain)) {
        out.result = SpfResult::none;
        out.reason = "it is no full domain name";
        return out;
    }
    Evaluation evaluation(oldest, question, local.empty() ? "postmaster" : local, out.domain);
    auto [result, reason] = evaluation.check_host(out.domain);
    out.result = result;
    out.reason = std::move(reason);
    out.asked_at = oldest.at();
    return out;
}

} // namespace jmrp::dns
