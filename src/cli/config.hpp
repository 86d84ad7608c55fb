#pragma once
// The configuration: a TOML file, every key in one table (config_keys.cpp), which also feeds `config check` and `init`.
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/consumer.hpp"
#include "domain/delist_settings.hpp"
#include "domain/feed.hpp"
#include "domain/folding.hpp"
#include "domain/ip.hpp"
#include "domain/stamping.hpp"
#include "ingest/ingest.hpp"
#include "reputation/gate.hpp"
#include "reputation/rates_health.hpp"
#include "reputation/snds_health.hpp"
#include "traffic/provider.hpp"

namespace jmrp::cli {

struct Config {
    std::filesystem::path file; ///< what was read; empty where there was none
    std::filesystem::path database;
    int busy_timeout_ms = 10'000;
    double settle_wait_seconds = 5;   ///< how long a delivery waits for its own settling before it leaves it behind
    std::filesystem::path token_keys; ///< empty in a file: beside the database
    std::filesystem::path dkim_keys;  ///< in place of the DNS; empty: the DNS
    ingest::Rules rules;              ///< each feed of `feeds` has its own in there
    std::vector<domain::Feed> feeds;  ///< [feed.NAME], in order of name
    struct SendLog {
        std::vector<std::pair<std::string, domain::Ip>> source_ips;
        std::vector<traffic::ProviderSuffix> providers;
        int retention_days = 45;
    } send_log;
    reputation::RateRules rates;
    reputation::RateAlarms rate_alarms;
    domain::FoldingRules folding;
    std::vector<domain::Consumer> exports; ///< [export.NAME], in order of name
    struct Dns {
        std::vector<std::string> servers; ///< "IP", "IP:PORT" or "[IPv6]:PORT"; none: those of the system
        int timeout_ms = 3000;
        int tries = 2;
        int fresh_seconds = 300;
        /// A first label "key" stands for the secret.
        std::vector<std::string> address_lists{"zen.spamhaus.org"};
        std::vector<std::string> domain_lists{"dbl.spamhaus.org"};
        domain::SecretSource secret; ///< the key of lists that want one
    } dns;
    domain::DelistSettings delist;
    reputation::GatePolicy gate;
    struct Leaks {
        int grace_minutes = 60;
    } leaks;
    struct Milter {
        std::string socket = "unix:/run/jmrp/milter.sock";
        std::vector<std::string> headers; ///< besides token.header
        int wait_ms = 300;
        domain::StampingRules rules; ///< without own networks, own domains and headers: stamping_rules()
    } milter;
    /// Smart Network Data Services.
    struct Snds {
        domain::SecretSource data_link; ///< its secret is a URL
        domain::SecretSource status_link;
        std::filesystem::path token_file; ///< empty in a file: beside the database
        std::string base_url = "https://substrate.office.com/ip-domain-management-snds";
        std::string authority = "https://login.microsoftonline.com/consumers/oauth2/v2.0";
        std::string client_id = "a53a6cc1-a1cd-46f7-a4aa-281cdabec33c"; ///< the portal's own, which is public
        std::string scope;                                              ///< empty: what follows from client_id
        std::string redirect = "http://localhost";
        std::filesystem::path ca_file;
        util::Seconds zone = 0; ///< of the dates in answers, seconds east of UTC
        int history_days = 30;
        int timeout_seconds = 60;
        int patience_seconds = 300;
        int retention_days = 120;
        std::optional<util::Day> access_since; ///< when the access to the networks was confirmed last
        reputation::SndsThresholds alarms;
    } snds;
};

/// Parses the text of a configuration. Throws Fault(configuration): with file, line and column, naming the nearest key
/// where one is unknown.
Config parse_config(std::string_view text, const std::filesystem::path& file);

struct ConfigLocation {
    std::filesystem::path file;
    bool must_exist = false; ///< a person named it
};
/// --config, else JMRP_CONFIG, else the first of the usual places (README, "Files").
ConfigLocation locate_config(const std::optional<std::string>& option);
/// Where the database is when nobody says: /var/lib/jmrp for root and for whoever may write there, else the person's
/// state folder (XDG_STATE_HOME).
std::filesystem::path default_database();

/// --database, else JMRP_DATABASE, else what the configuration says, else the default. "sqlite:FILE" is FILE.
std::filesystem::path locate_database(const std::optional<std::string>& option,
                                      const std::filesystem::path& configured);

/// Reads the located file, if there is one, and locates the database.
Config load_config(const std::optional<std::string>& config_option, const std::optional<std::string>& database_option);

/// What jmrp milter goes by, from all sections.
domain::StampingRules stamping_rules(const Config& config);

/// Tokens are opened with the keys of this file, which is read when needed; empty: token.keys beside the database.
void use_token_keys(Config& config, const std::filesystem::path& file);

/// The refresh token of SNDS is in this file; empty: snds.token beside the database.
void use_snds_token(Config& config, const std::filesystem::path& file);

struct ConfigValue {
    const char* section;
    std::string of; ///< NAME in [section.NAME]; empty for a section that stands once
    const char* name;
    const char* comment;
    std::string text; ///< a text, whole number, true or false, or list of texts, as TOML and JSON both write it
};
std::vector<ConfigValue> config_values(const Config& config);
/// Every key with its effective value, in TOML, for people.
std::string effective_config(const Config& config);
/// A commented file for a new installation.
std::string new_config(const Config& config);

} // namespace jmrp::cli
