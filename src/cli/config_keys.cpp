#include "cli/config_keys.hpp"

#include <algorithm>

#include "cli/config_rows.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

Row<Config::SendLog> source_ips_row() {
    return {"source_ips",
            "\"NAME=IP\": the address that a transport, a syslog name or a server sends from, where the log does not "
            "tell it",
            [](Config::SendLog& send_log, const toml::node& node) {
                send_log.source_ips.clear();
                for (const auto& [name, text] : pairs_of(node)) {
                    const auto ip = domain::parse_ip(text);
                    if (!ip)
                        throw toml_text(text) + " is no IP address";
                    send_log.source_ips.emplace_back(name, *ip);
                }
            },
            [](const Config::SendLog& send_log) {
                std::vector<std::string> texts;
                for (const auto& [name, ip] : send_log.source_ips)
                    texts.push_back(name + "=" + ip.text());
                return toml_list(texts);
            }};
}

Row<Config::SendLog> providers_row() {
    return {"providers",
            "\"SUFFIX=PROVIDER\": whose server a receiving host is, tried before the built-in ones; \".mail.example\" "
            "is every host below",
            [](Config::SendLog& send_log, const toml::node& node) {
                send_log.providers.clear();
                for (const auto& [suffix, provider] : pairs_of(node))
                    send_log.providers.push_back({util::lower(suffix), provider});
            },
            [](const Config::SendLog& send_log) {
                std::vector<std::string> texts;
                for (const traffic::ProviderSuffix& row : send_log.providers)
                    texts.push_back(row.suffix + "=" + row.provider);
                return toml_list(texts);
            }};
}

Rows<Config::SendLog> send_log_rows() {
    return {
        source_ips_row(), providers_row(),
        number_row("retention_days", "how long it is kept who got what", 1, 3650, &Config::SendLog::retention_days)};
}

Rows<domain::FoldingRules> folding_rows() {
    using domain::FoldingRules;
    return {list_row("plus", "domains where a local part goes on after \"+\" with whatever its owner likes",
                     &FoldingRules::plus, domain_name),
            list_row("dots", "domains where dots of the local part mean nothing", &FoldingRules::dots, domain_name)};
}

Rows<domain::StampingRules> stamping_rows() {
    using domain::StampingRules;
    return {
        names_row("stamp",
                  "which outgoing mail gets a token: \"own-domains\", what a domain of yours sends, or \"all\"",
                  &StampingRules::scope),
        list_row("clients",
                 "mail from these addresses is outgoing, besides that from own.networks, from who logged in and from "
                 "this host",
                 &StampingRules::clients, ip_network),
        flag_row("own_recipients", "mail that goes to your own domains only gets a token as well",
                 &StampingRules::own_recipients),
        names_row("on_trouble",
                  "what happens to mail that cannot get its token: \"accept\", it goes without, or \"tempfail\", it is "
                  "put off",
                  &StampingRules::on_trouble),
    };
}

Rows<Config::Milter> milter_rows() {
    using Milter = Config::Milter;
    return {
        text_row("socket", "where jmrp milter listens: \"unix:/run/jmrp/milter.sock\" or \"inet:8899@127.0.0.1\"",
                 &Milter::socket),
        list_row("headers", "fields that hold the token besides token.header, such as \"CFBL-Feedback-ID\" (RFC 9477)",
                 &Milter::headers, header_name),
        number_row("wait_ms", "how long a mail to many waits for the database at most", 1, 10'000, &Milter::wait_ms),
    };
}

std::string read_name_server(const std::string& text) {
    const bool in_brackets = text.starts_with('[');
    const std::size_t colon = in_brackets ? text.find("]:") : text.find(':');
    const bool has_port = colon != std::string::npos && (in_brackets || text.find(':', colon + 1) == std::string::npos);
    const auto host = text.substr(0, has_port ? colon + (in_brackets ? 1 : 0) : std::string::npos);
    const auto port = has_port ? util::parse_unsigned(text.substr(host.size() + 1)) : 53;
    const auto ip = domain::parse_ip(host);
    if (!ip || (in_brackets && ip->is_v4()) || !port || *port < 1 || *port > 65'535)
        throw toml_text(text) + " is no address of a server, such as \"127.0.0.1\" or \"[::1]:5353\"";
    return text;
}
const Form<std::string> name_server{read_name_server, any_text.write};

Rows<Config::Dns> dns_rows() {
    using Dns = Config::Dns;
    Rows<Dns> out = {
        list_row("servers",
                 "name servers that are asked in place of the system's, \"IP\" or \"IP:PORT\"; the lists of Spamhaus "
                 "answer a resolver of your own, no public one",
                 &Dns::servers, name_server),
        number_row("timeout_ms", "how long the first try of a question may take; the next ones wait longer", 50, 60'000,
                   &Dns::timeout_ms),
        number_row("tries", "how often each server is asked at most", 1, 10, &Dns::tries),
        number_row("fresh_seconds", "a younger answer is not asked for again", 0, 86'400, &Dns::fresh_seconds),
        list_row("address_lists",
                 "lists of addresses (DNSBL) that are asked; a first label \"key\" stands for the secret, as in "
                 "\"key.zen.dq.spamhaus.net\"",
                 &Dns::address_lists, domain_name),
        list_row("domain_lists", "lists of domains that are asked, likewise", &Dns::domain_lists, domain_name),
    };
    for (Row<Dns>& row : rows_within(&Dns::secret, secret_rows()))
        out.push_back(std::move(row));
    return out;
}

/// Rows become keys of a section; `access` finds what they fill in.
template <typename T, typename Access>
void add(std::vector<Key>& keys, const char* section, const Rows<T>& rows, Access access) {
    for (const Row<T>& row : rows)
        keys.push_back(
            {section, row.name, row.comment,
             [=](Config& config, std::string_view of, const toml::node& node) { row.read(access(config, of), node); },
             [=](const Config& config, std::string_view of) { return row.write(access(config, of)); }});
}

std::vector<Key> all_keys() {
    std::vector<Key> out;
    const auto all = [](auto& config, std::string_view) -> auto& {
        return config;
    };
    const auto rules = [](auto& config, std::string_view) -> auto& {
        return config.rules;
    };
    const auto reading = [](auto& config, std::string_view) -> auto& {
        return config.rules.reading;
    };
    const auto feed = [](auto& config, std::string_view of) -> auto& {
        return *std::ranges::find(config.feeds, of, &domain::Feed::name);
    };
    const auto milter = [](auto& config, std::string_view) -> auto& {
        return config.milter;
    };
    add(out, "database",
        Rows<Config>{path_row("path", "the database file; --database and JMRP_DATABASE outrank it", &Config::database),
                     number_row("busy_timeout_ms",
                                "how long a delivery waits for a database that another process holds", 0, 600'000,
                                &Config::busy_timeout_ms)},
        all);
    add(out, "own", own_rows(), rules);
    add(out, "attribution", attribution_rows(), reading);
    add(out, "refusals", refusals_rows(), reading);
    add(out, "token",
        Rows<Config>{path_row("keys",
                              "the file of secret keys ('jmrp token key'); empty: token.keys beside the database",
                              &Config::token_keys)},
        all);
    add(out, "token", rows_within(&domain::ReadingRules::token, token_rows()), reading);
    add(out, "authenticity", rows_within(&domain::ReadingRules::authenticity, authenticity_rows()), reading);
    add(out, "authenticity",
        Rows<Config>{path_row("dkim_keys", "a file of public keys in place of the DNS, for tests", &Config::dkim_keys)},
        all);
    add(out, "milter", milter_rows(), milter);
    add(out, "milter", rows_within(&Config::Milter::rules, stamping_rows()), milter);
    add(out, "policy", rows_within(&ingest::Rules::policy, policy_rows()), rules);
    add(
        out, "send_log", send_log_rows(), [](auto& config, std::string_view) -> auto& { return config.send_log; });
    add(
        out, "leaks",
        Rows<Config::Leaks>{number_row("grace_minutes",
                                       "mail sent so long after an export may have been on its way already", 0, 100'000,
                                       &Config::Leaks::grace_minutes)},
        [](auto& config, std::string_view) -> auto& { return config.leaks; });
    add(
        out, "rates", rate_rows(), [](auto& config, std::string_view) -> auto& { return config.rates; });
    add(
        out, "rates", rate_alarm_rows(), [](auto& config, std::string_view) -> auto& { return config.rate_alarms; });
    add(
        out, "snds", snds_rows(), [](auto& config, std::string_view) -> auto& { return config.snds; });
    add(
        out, "folding", folding_rows(), [](auto& config, std::string_view) -> auto& { return config.folding; });
    add(
        out, "dns", dns_rows(), [](auto& config, std::string_view) -> auto& { return config.dns; });
    add(
        out, "delist", delist_rows(), [](auto& config, std::string_view) -> auto& { return config.delist; });
    add(
        out, "gate", gate_rows(), [](auto& config, std::string_view) -> auto& { return config.gate; });
    add(out, "limits", rows_within(&domain::ReadingRules::limits, limits_rows()), reading);
    add(out, "feed", mailbox_rows(), feed);
    const auto rules_of_feed = [](auto& config, std::string_view of) -> auto& {
        return config.rules.feeds.find(of)->second;
    };
    add(out, "feed",
        rows_within(&ingest::FeedRules::reading, rows_within(&domain::ReadingRules::authenticity, authenticity_rows())),
        rules_of_feed);
    add(out, "feed", rows_within(&ingest::FeedRules::policy, policy_rows()), rules_of_feed);
    add(
        out, "export", consumer_rows(), [](auto& config, std::string_view of) -> auto& {
            return *std::ranges::find(config.exports, of, &domain::Consumer::name);
        });
    return out;
}

} // namespace

const std::vector<Key>& keys() {
    static const std::vector<Key> table = all_keys();
    return table;
}

const std::vector<SectionOfMany>& sections_of_many() {
    static const std::vector<SectionOfMany> table = {feed_section, export_section};
    return table;
}

} // namespace jmrp::cli
