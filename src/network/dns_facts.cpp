#include "network/dns_facts.hpp"

#include <algorithm>

#include "cli/secret.hpp"
#include "dns/cache.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::network {

namespace {

using util::Fault;
using util::FaultKind;

constexpr std::string_view key_label = "key.";
constexpr std::size_t most_label_bytes = 63;

/// The key of the lists. Offline nothing is asked, so nothing is read.
std::string list_key(const cli::Config::Dns& config, bool offline) {
    constexpr const char* attempted = "ask a list that wants a key";
    if (offline)
        return "offline";
    if (config.secret.empty())
        throw Fault(FaultKind::configuration, attempted, "no secret is configured",
                    "dns.secret_file, secret_command or secret_env says where it is");
    std::string key = cli::read_secret(config.secret);
    const bool is_label = !key.empty() && key.size() <= most_label_bytes &&
                          std::ranges::all_of(key, [](char c) { return util::is_alnum(c) || c == '-' || c == '_'; });
    if (!is_label)
        throw Fault(FaultKind::configuration, attempted, "the secret is no key: 1 to 63 letters, digits and hyphens");
    return key;
}

std::vector<dns::ListZone> zones_of(const std::vector<std::string>& names, const cli::Config::Dns& config,
                                    bool offline) {
    std::vector<dns::ListZone> out;
    for (const std::string& name : names) {
        if (name.starts_with(key_label))
            out.push_back({name.substr(key_label.size()), list_key(config, offline)});
        else
            out.push_back({name, {}});
    }
    return out;
}

} // namespace

domain::DnsFacts ask_dns(const cli::Config::Dns& config, store::Store& store, const dns::Sender& sender, bool offline) {
    const dns::ListZones zones{zones_of(config.address_lists, config, offline),
                               zones_of(config.domain_lists, config, offline)};
    std::map<std::string, domain::DnsAnswer> answers;
    const dns::Memory memory{
        [&](const std::string& question) { return store.dns_answer(question); },
        [&](const std::string& question, const domain::DnsAnswer& answer) { answers[question] = answer; }};
    std::unique_ptr<dns::Resolver> resolver;
    if (!offline)
        resolver = dns::resolver_of({config.servers, config.timeout_ms, config.tries});
    dns::Cache cache(resolver.get(), memory, config.fresh_seconds);
    domain::DnsFacts facts = dns::gather(cache, sender, zones);
    store.keep_dns_answers(answers, util::now());
    store.remember_listings(facts.lists);
    return facts;
}

} // namespace jmrp::network
