#include "cli/config.hpp"

#include <pwd.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <limits>

#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/idna.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

using Read = std::function<void(Config&, const toml::node&)>;
using Write = std::function<std::string(const Config&)>;

/// One key of the configuration: the only place that knows it.
struct Key {
    const char* section;
    const char* name;
    const char* comment;
    Read read; ///< throws std::string, the reason, where the value is wrong
    Write write;
};

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
        flag_key("policy", "protect_role_accounts",
                 "never suppress postmaster@, abuse@ and the other addresses of RFC 2142",
                 [](Config& config) -> bool& { return config.rules.policy.protect_role_accounts; }),
        number_key<std::uint32_t>("policy", "incidents_cap",
                                  "a report with an Incidents: field counts for at most that many complaints", 1,
                                  std::numeric_limits<std::uint32_t>::max(),
                                  [](Config& config) -> std::uint32_t& { return config.rules.policy.incidents_cap; }),
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

[[noreturn]] void refuse(const std::filesystem::path& file, const toml::source_region& where, std::string why,
                         std::string hint = {}) {
    throw Fault(FaultKind::configuration,
                "read " + file.string() + " line " + std::to_string(where.begin.line) + " column " +
                    std::to_string(where.begin.column),
                std::move(why), std::move(hint));
}

void read_key(Config& config, std::string_view section, std::string_view name, const toml::node& node,
              const std::filesystem::path& file, const toml::source_region& where) {
    const std::string full = std::string(section) + "." + std::string(name);
    std::vector<std::string> names;
    for (const Key& key : keys()) {
        names.push_back(std::string(key.section) + "." + key.name);
        if (names.back() != full)
            continue;
        try {
            key.read(config, node);
            return;
        } catch (const std::string& why) {
            refuse(file, node.source(), "the value of " + full + " is wrong: " + why);
        } catch (const Fault& fault) {
            refuse(file, node.source(), "the value of " + full + " is wrong: " + fault.what());
        }
    }
    const auto near = util::nearest(full, names);
    refuse(file, where, "there is no key '" + util::for_terminal(full) + "'",
           near ? "did you mean '" + *near + "'?" : "");
}

std::optional<std::string> environment(const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

std::filesystem::path home() {
    if (const auto value = environment("HOME"))
        return *value;
    const passwd* entry = ::getpwuid(::geteuid());
    return entry && entry->pw_dir ? entry->pw_dir : "/";
}

} // namespace

Config parse_config(std::string_view text, const std::filesystem::path& file) {
    Config config;
    config.file = file;
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        refuse(file, error.source(), std::string(error.description()));
    }
    for (const auto& [section, node] : root) {
        const toml::table* table = node.as_table();
        if (!table)
            refuse(file, section.source(), "'" + util::for_terminal(section.str()) + "' stands outside of a section",
                   "sections begin with a line like [database]");
        for (const auto& [name, value] : *table)
            read_key(config, section.str(), name.str(), value, file, name.source());
        if (table->empty()) {
            bool known = false;
            std::vector<std::string> sections;
            for (const Key& key : keys()) {
                sections.emplace_back(key.section);
                known = known || section.str() == key.section;
            }
            const auto near = util::nearest(section.str(), sections);
            if (!known)
                refuse(file, section.source(), "there is no section '" + util::for_terminal(section.str()) + "'",
                       near ? "did you mean '" + *near + "'?" : "");
        }
    }
    return config;
}

ConfigLocation locate_config(const std::optional<std::string>& option) {
    if (option)
        return {*option, true};
    if (const auto named = environment("JMRP_CONFIG"))
        return {*named, true};
    if (::geteuid() != 0) {
        const std::filesystem::path own =
            environment("XDG_CONFIG_HOME").value_or((home() / ".config").string()) + std::string("/jmrp/jmrp.toml");
        if (::access(own.c_str(), F_OK) == 0)
            return {own, false};
    }
    return {"/etc/jmrp/jmrp.toml", false};
}

std::filesystem::path default_database() {
    const std::filesystem::path shared = "/var/lib/jmrp";
    if (::geteuid() == 0 || ::access(shared.c_str(), W_OK) == 0)
        return shared / "jmrp.db";
    if (const auto service = environment("STATE_DIRECTORY")) // systemd
        return std::filesystem::path(*service) / "jmrp.db";
    return std::filesystem::path(environment("XDG_STATE_HOME").value_or((home() / ".local/state").string())) /
           "jmrp/jmrp.db";
}

std::filesystem::path locate_database(const std::optional<std::string>& option,
                                      const std::filesystem::path& configured) {
    const std::optional<std::string> named = option ? option : environment("JMRP_DATABASE");
    if (!named)
        return configured.empty() ? default_database() : configured;
    constexpr std::string_view scheme = "sqlite:";
    if (named->starts_with(scheme))
        return named->substr(scheme.size());
    if (const auto colon = named->find("://"); colon != std::string::npos)
        throw Fault(FaultKind::configuration, "open the database",
                    "'" + named->substr(0, colon) + "' is no kind of database this jmrp knows",
                    "name a file, or sqlite:FILE");
    return *named;
}

Config load_config(const std::optional<std::string>& config_option, const std::optional<std::string>& database_option) {
    const ConfigLocation location = locate_config(config_option);
    Config config;
    std::error_code error;
    if (location.must_exist || std::filesystem::exists(location.file, error)) {
        const auto text = util::read_file(location.file, std::size_t{4} << 20);
        if (text.truncated)
            throw Fault(FaultKind::configuration, "read " + location.file.string(), "it is larger than 4 MiB");
        config = parse_config(text.bytes, location.file);
    }
    config.database = locate_database(database_option, config.database);
    return config;
}

std::vector<ConfigValue> config_values(const Config& config) {
    std::vector<ConfigValue> out;
    for (const Key& key : keys())
        out.push_back({key.section, key.name, key.comment, key.write(config)});
    return out;
}

namespace {

std::string written(const Config& config, bool with_comments) {
    std::string out;
    std::string_view section;
    for (const ConfigValue& value : config_values(config)) {
        if (section != value.section) {
            section = value.section;
            out += (out.empty() ? "[" : "\n[") + std::string(section) + "]\n";
        }
        if (with_comments)
            out += "# " + std::string(value.comment) + "\n";
        out += std::string(value.name) + " = " + value.text + "\n";
    }
    return out;
}

} // namespace

std::string effective_config(const Config& config) {
    return written(config, false);
}

std::string new_config(const Config& config) {
    return "# Configuration of jmrp, see jmrp.toml(5). 'jmrp config check' says what is in force.\n\n" +
           written(config, true);
}

} // namespace jmrp::cli
