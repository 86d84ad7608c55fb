// The keys that say how a report is read, whether it is believed, and what may follow.
#include <algorithm>
#include <limits>

#include "attribute/subscriber.hpp"
#include "cli/config_rows.hpp"
#include "refusal/pattern.hpp"
#include "util/idna.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

std::string read_verp_pattern(const std::string& text) {
    const util::Regex regex(text);
    if (!regex.group("address") && !(regex.group("local") && regex.group("domain")))
        throw toml_text(text) + " has neither a group 'address' nor the groups 'local' and 'domain'";
    return text;
}

std::string read_subscriber_pattern(const std::string& text) {
    attribute::check_subscriber_pattern(text);
    return text;
}

std::string read_header_name(const std::string& text) {
    const auto printable = [](char c) { return c > ' ' && c < '\x7F' && c != ':'; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), printable))
        throw toml_text(text) + " is no name of a header field";
    return text;
}

std::string read_authserv_id(const std::string& text) {
    if (text.empty() || text.find_first_of(" \t;,=()\"/") != std::string::npos)
        throw toml_text(text) + " is no authserv-id, such as the name of a host";
    return util::lower(text);
}

/// A domain, or an address where strangers have mailboxes in the domain as well.
std::string read_reporter(const std::string& text) {
    if (const auto address = domain::parse_address(text))
        return address->key();
    const auto domain = util::domain_to_ascii(text);
    if (!domain)
        throw toml_text(text) + " is neither a domain nor an address";
    return *domain;
}

const Form<std::string> verp_pattern{read_verp_pattern, any_text.write};
const Form<std::string> subscriber_pattern{read_subscriber_pattern, any_text.write};
const Form<std::string> authserv_id{read_authserv_id, any_text.write};
const Form<std::string> reporter{read_reporter, any_text.write};

Row<domain::Policy> act_on_row() {
    return {"act_on",
            "the weakest verdict about a report that may suppress somebody: \"authentic\", or \"unverified\" where "
            "nobody but the providers can write to the feedback address",
            [](domain::Policy& policy, const toml::node& node) {
                const auto verdict = domain::from_text<domain::Verdict>(text_of(node));
                if (!verdict || *verdict == domain::Verdict::forged)
                    throw std::string("it takes \"authentic\" or \"unverified\"");
                policy.act_on = *verdict;
            },
            [](const domain::Policy& policy) { return toml_text(to_text(policy.act_on)); }};
}

constexpr std::string_view no_list = "-";

/// ": one of a, b, c".
template <typename Enum>
std::string choices() {
    std::string all;
    for (const auto& [value, text] : domain::Names<Enum>::table)
        all += (all.empty() ? ": one of " : ", ") + std::string(text);
    return all;
}

/// "ID CATEGORY LIST PATTERN".
domain::RefusalRule read_refusal_rule(const std::string& text) {
    std::vector<std::string_view> words = util::split(text, ' ');
    std::erase(words, std::string_view());
    if (words.size() != 4)
        throw toml_text(text) + " is not four words, \"ID CATEGORY LIST PATTERN\"; a pattern holds no blank";
    domain::RefusalRule rule{std::string(words[0]), {}, {}, std::string(words[3])};
    const auto category = domain::from_text<domain::RejectionCategory>(words[1]);
    if (!category)
        throw toml_text(words[1]) + " is no category" + choices<domain::RejectionCategory>();
    rule.category = *category;
    rule.list = domain::from_text<domain::BlockList>(words[2]);
    if (!rule.list && words[2] != no_list)
        throw toml_text(words[2]) + " is no list" + choices<domain::BlockList>() + ", or " + toml_text(no_list);
    static_cast<void>(refusal::Pattern(rule.pattern)); // throws where it is none
    return rule;
}

std::string write_refusal_rule(const domain::RefusalRule& rule) {
    return rule.id + " " + std::string(to_text(rule.category)) + " " +
           std::string(rule.list ? to_text(*rule.list) : no_list) + " " + rule.pattern;
}

std::string read_domain_suffix(const std::string& text) {
    const bool below = text.starts_with('.');
    const auto domain = util::domain_to_ascii(below ? text.substr(1) : text);
    if (!domain)
        throw toml_text(text) + " is no domain";
    return (below ? "." : "") + *domain;
}

const Form<std::string> domain_suffix{read_domain_suffix, any_text.write};
const Form<domain::RefusalRule> refusal_rule{read_refusal_rule, write_refusal_rule};

Row<domain::Policy> suppression_scope_row() {
    return {"suppression_scope",
            "what a report suppresses its recipient for: \"global\", all mail; \"domain\", that of the sending domain; "
            "\"list\", that of the list; where it does not say, list falls back to domain, domain to global",
            [](domain::Policy& policy, const toml::node& node) {
                const auto kind = domain::from_text<domain::ScopeKind>(text_of(node));
                if (!kind || *kind == domain::ScopeKind::stream)
                    throw std::string("it takes \"global\", \"domain\" or \"list\"");
                policy.suppression_scope = *kind;
            },
            [](const domain::Policy& policy) { return toml_text(to_text(policy.suppression_scope)); }};
}

} // namespace

const Form<std::string> header_name{read_header_name, any_text.write};

Rows<ingest::FeedRules> own_rows() {
    using ingest::FeedRules;
    Rows<FeedRules> out = rows_within(
        &FeedRules::reading,
        Rows<domain::ReadingRules>{list_row("networks",
                                            "the IP addresses your mail leaves from; a report is about one of "
                                            "these, or not about you",
                                            &domain::ReadingRules::own_networks, ip_network),
                                   list_row("domains",
                                            "your domains: return paths in them are read for recipients, "
                                            "addresses in them are never suppressed",
                                            &domain::ReadingRules::own_domains, domain_name)});
    out.back().read = [read = out.back().read](FeedRules& rules, const toml::node& node) {
        read(rules, node);
        rules.policy.own_domains = rules.reading.own_domains;
    };
    for (Row<FeedRules>& row : rows_within(
             &FeedRules::policy,
             Rows<domain::Policy>{list_row(
                 "addresses", "more addresses that are never suppressed, such as the one that receives the reports",
                 &domain::Policy::own_addresses, mail_address)}))
        out.push_back(std::move(row));
    return out;
}

Rows<domain::ReadingRules> attribution_rows() {
    using domain::ReadingRules;
    return {
        list_row("verp_patterns",
                 "regular expressions for return paths that name their recipient, tried before the built-in ones; "
                 "groups: (?<local>...) and (?<domain>...), or (?<address>...)",
                 &ReadingRules::verp_patterns, verp_pattern),
        flag_row("believe_envelope_to", "take the To: line of the reported mail for its recipient",
                 &ReadingRules::believe_envelope_to),
        list_row("subscriber_patterns",
                 "regular expressions for what list software writes of a subscriber, tried before the built-in ones; "
                 "groups: (?<id>...) or (?<address>...), and (?<system>...); \"Field-Name: \" before one names the "
                 "field",
                 &ReadingRules::subscriber_patterns, subscriber_pattern),
    };
}

Rows<domain::ReadingRules> refusals_rows() {
    return {
        list_row("rules",
                 "what servers say when they refuse, tried before the built-in rules: \"ID CATEGORY LIST PATTERN\", "
                 "the pattern for the text in lower case without any white space; an ID of a built-in rule "
                 "replaces it",
                 &domain::ReadingRules::refusal_rules, refusal_rule),
        list_row("support_senders",
                 "domains that Microsoft's sender support answers from; \".microsoft.com\" is every one below",
                 &domain::ReadingRules::support_senders, domain_suffix)};
}

Rows<domain::TokenRules> token_rows() {
    using domain::TokenRules;
    return {
        text_row("header", "the field of your mail that holds its token; other places are looked into as well",
                 &TokenRules::header, header_name),
        number_row("grace_days", "how many days a retired key still opens tokens", 0, 36'500, &TokenRules::grace_days),
        number_row("max_age_days", "an older token is not believed", 1, 36'500, &TokenRules::max_age_days),
    };
}

Rows<domain::AuthenticityRules> authenticity_rows() {
    using domain::AuthenticityRules;
    return {
        list_row("authserv_ids",
                 "the names your border writes into Authentication-Results; believed only above the Received field "
                 "where a mail came in",
                 &AuthenticityRules::authserv_ids, authserv_id),
        list_row("relays", "hosts of yours that hand mail on inside, between the border and this one",
                 &AuthenticityRules::relays, ip_network),
        list_row("reporters",
                 "who sends reports: domains with their subdomains, or single addresses where strangers have mailboxes "
                 "in the domain",
                 &AuthenticityRules::reporters, reporter),
        list_row("secret_addresses", "feedback addresses that nobody can guess: what is delivered to one is believed",
                 &AuthenticityRules::secret_addresses, mail_address),
        flag_row("check_dkim", "verify the reporters' signatures here ('jmrp settle' asks the DNS)",
                 &AuthenticityRules::check_dkim),
    };
}

Rows<domain::Policy> policy_rows() {
    using domain::Policy;
    return {
        act_on_row(),
        flag_row("token_needs_authentic",
                 "a token of yours in the reported mail does not suffice; the report must be authentic as well",
                 &Policy::token_needs_authentic),
        flag_row("believe_report_fields",
                 "suppress an address that nothing but the report's own word names; otherwise a person is asked",
                 &Policy::believe_report_fields),
        suppression_scope_row(),
        flag_row("suppress_ambiguous",
                 "of a mail that went to several people suppress all; otherwise a person is asked",
                 &Policy::suppress_ambiguous),
        number_row("pace_per_hour", "delivered reports that would suppress more people an hour are held; 0: no bound",
                   0, std::numeric_limits<std::uint32_t>::max(), &Policy::pace_per_hour),
        flag_row(
            "suppress_bounces",
            "suppress whom a bounce names whose mailbox does not exist, where something proves that it was your mail",
            &Policy::suppress_bounces),
        flag_row("protect_role_accounts", "never suppress postmaster@, abuse@ and the other addresses of RFC 2142",
                 &Policy::protect_role_accounts),
        number_row("incidents_cap", "a report with an Incidents: field counts for at most that many complaints", 1,
                   std::numeric_limits<std::uint32_t>::max(), &Policy::incidents_cap),
    };
}

Rows<domain::Limits> limits_rows() {
    using domain::Limits;
    return {
        number_row("message_bytes", "a larger mail is kept up to here and marked", 1, 1 << 30, &Limits::message_bytes),
        number_row("depth", "nested parts that are read", 1, 64, &Limits::depth),
        number_row("parts", "parts that are read", 1, 100'000, &Limits::parts),
        number_row("headers", "header fields that are read of one block", 1, 1'000'000, &Limits::headers),
        number_row("header_bytes", "bytes that are read of one header block", 1, 1 << 28, &Limits::header_bytes),
        number_row("field_bytes", "bytes that are read of one field", 1, 1 << 28, &Limits::field_bytes),
        number_row("recipients", "recipients that are read of one report", 1, 1'000'000, &Limits::recipients),
    };
}

} // namespace jmrp::cli
