#include "cli/config_keys.hpp"

#include <algorithm>
#include <limits>

#include "attribute/subscriber.hpp"
#include "util/fault.hpp"
#include "util/idna.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        if (static_cast<unsigned char>(c) < 0x20) {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            out += escape;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string text_of(const toml::node& node) {
    if (const auto value = node.value_exact<std::string>())
        return *value;
    throw std::string("it takes a text in quotes");
}

std::vector<std::string> texts_of(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (!array)
        throw std::string("it takes a list of texts, [\"one\", \"two\"]");
    std::vector<std::string> out;
    for (const toml::node& element : *array)
        out.push_back(text_of(element));
    return out;
}

/// A list of "LEFT=RIGHT".
std::vector<std::pair<std::string, std::string>> pairs_of(const toml::node& node) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::string& text : texts_of(node)) {
        const std::size_t equals = text.find('=');
        std::string left(util::trim(std::string_view(text).substr(0, equals)));
        std::string right(equals == std::string::npos ? std::string_view()
                                                      : util::trim(std::string_view(text).substr(equals + 1)));
        if (left.empty() || right.empty())
            throw toml_text(text) + " is not of the form \"NAME=VALUE\"";
        out.emplace_back(std::move(left), std::move(right));
    }
    return out;
}

std::string list(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const std::string& text : texts)
        out += (out.size() > 1 ? ", " : "") + toml_text(text);
    return out + "]";
}

template <typename Number>
Key number_key(const char* section, const char* name, const char* comment, std::int64_t least, std::int64_t most,
               std::function<Number&(Config&)> field) {
    return {section, name, comment,
            [=](Config& config, const toml::node& node) {
                const auto value = node.value_exact<std::int64_t>();
                if (!value || *value < least || *value > most)
                    throw "it takes a whole number from " + std::to_string(least) + " to " + std::to_string(most);
                field(config) = static_cast<Number>(*value);
            },
            [=](const Config& config) {
                Config copy = config;
                return std::to_string(field(copy));
            }};
}

Key flag_key(const char* section, const char* name, const char* comment, const std::function<bool&(Config&)>& field) {
    return {section, name, comment,
            [=](Config& config, const toml::node& node) {
                const auto value = node.value_exact<bool>();
                if (!value)
                    throw std::string("it takes true or false");
                field(config) = *value;
            },
            [=](const Config& config) {
                Config copy = config;
                return std::string(field(copy) ? "true" : "false");
            }};
}

Key limit_key(const char* name, const char* comment, std::int64_t most, std::size_t domain::Limits::*field) {
    return number_key<std::size_t>("limits", name, comment, 1, most, [field](Config& config) -> std::size_t& {
        return config.rules.reading.limits.*field;
    });
}

/// `read` makes an element of a text, or throws the reason.
template <typename Element>
Key list_key(const char* section, const char* name, const char* comment,
             std::function<std::vector<Element>&(Config&)> field, std::function<Element(const std::string&)> read,
             std::function<std::string(const Element&)> write) {
    return {section, name, comment,
            [=](Config& config, const toml::node& node) {
                std::vector<Element> elements;
                for (const std::string& text : texts_of(node))
                    elements.push_back(read(text));
                field(config) = std::move(elements);
            },
            [=](const Config& config) {
                Config copy = config;
                std::vector<std::string> texts;
                for (const Element& element : field(copy))
                    texts.push_back(write(element));
                return list(texts);
            }};
}

std::string same(const std::string& text) {
    return text;
}

domain::AuthenticityRules& authenticity(Config& config) {
    return config.rules.reading.authenticity;
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

domain::Address read_address(const std::string& text) {
    auto address = domain::parse_address(text);
    if (!address)
        throw toml_text(text) + " is no address";
    return std::move(*address);
}

domain::Network read_network(const std::string& text) {
    const auto network = domain::parse_network(text);
    if (!network)
        throw toml_text(text) + " is no IP address or network like 192.0.2.0/24";
    return *network;
}

/// A value that has names.
template <typename Enum>
Key names_key(const char* section, const char* name, const char* comment, std::function<Enum&(Config&)> field) {
    return {section, name, comment,
            [=](Config& config, const toml::node& node) {
                const auto value = domain::from_text<Enum>(text_of(node));
                if (!value) {
                    std::string all;
                    for (const auto& [one, text] : domain::Names<Enum>::table)
                        all += (all.empty() ? "" : " or ") + toml_text(text);
                    throw "it takes " + all;
                }
                field(config) = *value;
            },
            [=](const Config& config) {
                Config copy = config;
                return toml_text(to_text(field(copy)));
            }};
}

std::string read_header_name(const std::string& text) {
    const auto printable = [](char c) { return c > ' ' && c < '\x7F' && c != ':'; };
    if (text.empty() || !std::all_of(text.begin(), text.end(), printable))
        throw toml_text(text) + " is no name of a header field";
    return text;
}

std::string read_subscriber_pattern(const std::string& text) {
    attribute::check_subscriber_pattern(text);
    return text;
}

} // namespace

const std::vector<Key>& keys() {
    static const std::vector<Key> table = {
        {"database", "path", "the database file; --database and JMRP_DATABASE outrank it",
         [](Config& config, const toml::node& node) { config.database = text_of(node); },
         [](const Config& config) { return toml_text(config.database.string()); }},
        number_key<int>("database", "busy_timeout_ms",
                        "how long a delivery waits for a database that another process holds", 0, 600'000,
                        [](Config& config) -> int& { return config.busy_timeout_ms; }),
        {"own", "networks", "the IP addresses your mail leaves from; a report is about one of these, or not about you",
         [](Config& config, const toml::node& node) {
             config.rules.reading.own_networks.clear();
             for (const std::string& text : texts_of(node)) {
                 const auto network = domain::parse_network(text);
                 if (!network)
                     throw toml_text(text) + " is no IP address or network like 192.0.2.0/24";
                 config.rules.reading.own_networks.push_back(*network);
             }
         },
         [](const Config& config) {
             std::vector<std::string> texts;
             for (const domain::Network& network : config.rules.reading.own_networks)
                 texts.push_back(network.text());
             return list(texts);
         }},
        {"own", "domains",
         "your domains: return paths in them are read for recipients, addresses in them are never suppressed",
         [](Config& config, const toml::node& node) {
             config.rules.reading.own_domains.clear();
             for (const std::string& text : texts_of(node)) {
                 const auto domain = util::domain_to_ascii(text);
                 if (!domain)
                     throw toml_text(text) + " is no domain name";
                 config.rules.reading.own_domains.push_back(*domain);
             }
             config.rules.policy.own_domains = config.rules.reading.own_domains;
         },
         [](const Config& config) { return list(config.rules.reading.own_domains); }},
        {"own", "addresses", "more addresses that are never suppressed, such as the one that receives the reports",
         [](Config& config, const toml::node& node) {
             config.rules.policy.own_addresses.clear();
             for (const std::string& text : texts_of(node)) {
                 auto address = domain::parse_address(text);
                 if (!address)
                     throw toml_text(text) + " is no address";
                 config.rules.policy.own_addresses.push_back(std::move(*address));
             }
         },
         [](const Config& config) {
             std::vector<std::string> texts;
             for (const domain::Address& address : config.rules.policy.own_addresses)
                 texts.push_back(address.text());
             return list(texts);
         }},
        {"attribution", "verp_patterns",
         "regular expressions for return paths that name their recipient, tried before the built-in ones; groups: "
         "(?<local>...) "
         "and (?<domain>...), or (?<address>...)",
         [](Config& config, const toml::node& node) {
             config.rules.reading.verp_patterns = texts_of(node);
             for (const std::string& pattern : config.rules.reading.verp_patterns) {
                 const util::Regex regex(pattern);
                 if (!regex.group("address") && !(regex.group("local") && regex.group("domain")))
                     throw toml_text(pattern) + " has neither a group 'address' nor the groups 'local' and 'domain'";
             }
         },
         [](const Config& config) { return list(config.rules.reading.verp_patterns); }},
        flag_key("attribution", "believe_envelope_to", "take the To: line of the reported mail for its recipient",
                 [](Config& config) -> bool& { return config.rules.reading.believe_envelope_to; }),
        list_key<std::string>(
            "attribution", "subscriber_patterns",
            "regular expressions for what list software writes of a subscriber, tried before the built-in ones; "
            "groups: (?<id>...) or (?<address>...), and (?<system>...); \"Field-Name: \" before one names the field",
            [](Config & config) -> auto& { return config.rules.reading.subscriber_patterns; }, read_subscriber_pattern,
            same),
        {"token", "keys", "the file of secret keys ('jmrp token key'); empty: token.keys beside the database",
         [](Config& config, const toml::node& node) { config.token_keys = text_of(node); },
         [](const Config& config) { return toml_text(config.token_keys.string()); }},
        {"token", "header", "the field of your mail that holds its token; other places are looked into as well",
         [](Config& config, const toml::node& node) {
             config.rules.reading.token.header = read_header_name(text_of(node));
         },
         [](const Config& config) { return toml_text(config.rules.reading.token.header); }},
        number_key<int>("token", "grace_days", "how many days a retired key still opens tokens", 0, 36'500,
                        [](Config& config) -> int& { return config.rules.reading.token.grace_days; }),
        number_key<int>("token", "max_age_days", "an older token is not believed", 1, 36'500,
                        [](Config& config) -> int& { return config.rules.reading.token.max_age_days; }),
        list_key<std::string>(
            "authenticity", "authserv_ids",
            "the names your border writes into Authentication-Results; believed only above the Received field where a "
            "mail "
            "came in",
            [](Config & config) -> auto& { return authenticity(config).authserv_ids; }, read_authserv_id, same),
        list_key<domain::Network>(
            "authenticity", "relays", "hosts of yours that hand mail on inside, between the border and this one",
            [](Config & config) -> auto& { return authenticity(config).relays; }, read_network,
            [](const domain::Network& network) { return network.text(); }),
        list_key<std::string>(
            "authenticity", "reporters",
            "who sends reports: domains with their subdomains, or single addresses where strangers have mailboxes in "
            "the domain",
            [](Config & config) -> auto& { return authenticity(config).reporters; }, read_reporter, same),
        list_key<domain::Address>(
            "authenticity", "secret_addresses",
            "feedback addresses that nobody can guess: what is delivered to one is believed",
            [](Config & config) -> auto& { return authenticity(config).secret_addresses; }, read_address,
            [](const domain::Address& address) { return address.text(); }),
        flag_key("authenticity", "check_dkim", "verify the reporters' signatures here ('jmrp settle' asks the DNS)",
                 [](Config& config) -> bool& { return authenticity(config).check_dkim; }),
        {"authenticity", "dkim_keys", "a file of public keys in place of the DNS, for tests",
         [](Config& config, const toml::node& node) { config.dkim_keys = text_of(node); },
         [](const Config& config) { return toml_text(config.dkim_keys.string()); }},
        {"milter", "socket", "where jmrp milter listens: \"unix:/run/jmrp/milter.sock\" or \"inet:8899@127.0.0.1\"",
         [](Config& config, const toml::node& node) { config.milter.socket = text_of(node); },
         [](const Config& config) { return toml_text(config.milter.socket); }},
        names_key<domain::StampScope>(
            "milter", "stamp",
            "which outgoing mail gets a token: \"own-domains\", what a domain of yours sends, or \"all\"",
            [](Config & config) -> auto& { return config.milter.rules.scope; }),
        list_key<domain::Network>(
            "milter", "clients",
            "mail from these addresses is outgoing, besides that from own.networks, from who logged in and from this "
            "host",
            [](Config & config) -> auto& { return config.milter.rules.clients; }, read_network,
            [](const domain::Network& network) { return network.text(); }),
        flag_key("milter", "own_recipients", "mail that goes to your own domains only gets a token as well",
                 [](Config& config) -> bool& { return config.milter.rules.own_recipients; }),
        list_key<std::string>(
            "milter", "headers",
            "fields that hold the token besides token.header, such as \"CFBL-Feedback-ID\" (RFC 9477)",
            [](Config & config) -> auto& { return config.milter.headers; }, read_header_name, same),
        names_key<domain::OnTrouble>(
            "milter", "on_trouble",
            "what happens to mail that cannot get its token: \"accept\", it goes without, or \"tempfail\", it is put "
            "off",
            [](Config & config) -> auto& { return config.milter.rules.on_trouble; }),
        number_key<int>("milter", "wait_ms", "how long a mail to many waits for the database at most", 1, 10'000,
                        [](Config& config) -> int& { return config.milter.wait_ms; }),
        {"policy", "act_on",
         "the weakest verdict about a report that may suppress somebody: \"authentic\", or \"unverified\" where nobody "
         "but "
         "the providers can write to the feedback address",
         [](Config& config, const toml::node& node) {
             const auto verdict = domain::from_text<domain::Verdict>(text_of(node));
             if (!verdict || *verdict == domain::Verdict::forged)
                 throw std::string("it takes \"authentic\" or \"unverified\"");
             config.rules.policy.act_on = *verdict;
         },
         [](const Config& config) { return toml_text(to_text(config.rules.policy.act_on)); }},
        flag_key("policy", "token_needs_authentic",
                 "a token of yours in the reported mail does not suffice; the report must be authentic as well",
                 [](Config& config) -> bool& { return config.rules.policy.token_needs_authentic; }),
        flag_key("policy", "believe_report_fields",
                 "suppress an address that nothing but the report's own word names; otherwise a person is asked",
                 [](Config& config) -> bool& { return config.rules.policy.believe_report_fields; }),
        flag_key("policy", "suppress_ambiguous",
                 "of a mail that went to several people suppress all; otherwise a person is asked",
                 [](Config& config) -> bool& { return config.rules.policy.suppress_ambiguous; }),
        number_key<std::uint32_t>("policy", "pace_per_hour",
                                  "delivered reports that would suppress more people an hour are held; 0: no bound", 0,
                                  std::numeric_limits<std::uint32_t>::max(),
                                  [](Config& config) -> std::uint32_t& { return config.rules.policy.pace_per_hour; }),
        flag_key("policy", "protect_role_accounts",
                 "never suppress postmaster@, abuse@ and the other addresses of RFC 2142",
                 [](Config& config) -> bool& { return config.rules.policy.protect_role_accounts; }),
        number_key<std::uint32_t>("policy", "incidents_cap",
                                  "a report with an Incidents: field counts for at most that many complaints", 1,
                                  std::numeric_limits<std::uint32_t>::max(),
                                  [](Config& config) -> std::uint32_t& { return config.rules.policy.incidents_cap; }),
        {"send_log", "source_ips",
         "\"NAME=IP\": the address that a transport, a syslog name or a server sends from, where the log does not tell "
         "it",
         [](Config& config, const toml::node& node) {
             config.send_log.source_ips.clear();
             for (const auto& [name, text] : pairs_of(node)) {
                 const auto ip = domain::parse_ip(text);
                 if (!ip)
                     throw toml_text(text) + " is no IP address";
                 config.send_log.source_ips.emplace_back(name, *ip);
             }
         },
         [](const Config& config) {
             std::vector<std::string> texts;
             for (const auto& [name, ip] : config.send_log.source_ips)
                 texts.push_back(name + "=" + ip.text());
             return list(texts);
         }},
        {"send_log", "providers",
         "\"SUFFIX=PROVIDER\": whose server a receiving host is, tried before the built-in ones; \".mail.example\" is "
         "every host below",
         [](Config& config, const toml::node& node) {
             config.send_log.providers.clear();
             for (const auto& [suffix, provider] : pairs_of(node))
                 config.send_log.providers.push_back({util::lower(suffix), provider});
         },
         [](const Config& config) {
             std::vector<std::string> texts;
             for (const traffic::ProviderSuffix& row : config.send_log.providers)
                 texts.push_back(row.suffix + "=" + row.provider);
             return list(texts);
         }},
        number_key<int>("send_log", "retention_days", "how long it is kept who got what", 1, 3650,
                        [](Config& config) -> int& { return config.send_log.retention_days; }),
        limit_key("message_bytes", "a larger mail is kept up to here and marked", 1 << 30,
                  &domain::Limits::message_bytes),
        limit_key("depth", "nested parts that are read", 64, &domain::Limits::depth),
        limit_key("parts", "parts that are read", 100'000, &domain::Limits::parts),
        limit_key("headers", "header fields that are read of one block", 1'000'000, &domain::Limits::headers),
        limit_key("header_bytes", "bytes that are read of one header block", 1 << 28, &domain::Limits::header_bytes),
        limit_key("field_bytes", "bytes that are read of one field", 1 << 28, &domain::Limits::field_bytes),
        limit_key("recipients", "recipients that are read of one report", 1'000'000, &domain::Limits::recipients),
    };
    return table;
}

} // namespace jmrp::cli
