#include "cli/config.hpp"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cli/config_keys.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Fault;
using util::FaultKind;

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
    if (config.token_keys.empty())
        config.token_keys = config.database.parent_path() / "token.keys";
    config.rules.reading.token.keys = std::make_shared<const util::KeyFile>(config.token_keys); // read when needed
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

domain::StampingRules stamping_rules(const Config& config) {
    domain::StampingRules rules = config.milter.rules;
    rules.own_networks = config.rules.reading.own_networks;
    rules.own_domains = config.rules.reading.own_domains;
    rules.headers = {config.rules.reading.token.header};
    for (const std::string& header : config.milter.headers)
        if (std::none_of(rules.headers.begin(), rules.headers.end(),
                         [&](const std::string& other) { return util::equal_ignoring_case(header, other); }))
            rules.headers.push_back(header);
    return rules;
}

std::string effective_config(const Config& config) {
    return written(config, false);
}

std::string new_config(const Config& config) {
    return "# Configuration of jmrp, see jmrp.toml(5). 'jmrp config check' says what is in force.\n\n" +
           written(config, true);
}

} // namespace jmrp::cli
