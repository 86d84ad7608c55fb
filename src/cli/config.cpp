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

/// "own.networks", "feed.snds.url"
std::string full_name(std::string_view section, std::string_view of, std::string_view name) {
    return std::string(section) + "." + (of.empty() ? "" : std::string(of) + ".") + std::string(name);
}

/// A table of the file: [section], or [section.of].
struct Section {
    std::string_view name;
    std::string_view of;
    const SectionOfMany* of_many;
    const std::filesystem::path& file;
};

[[noreturn]] void refuse_key(const Section& section, std::string_view name, const toml::node& node,
                             const toml::source_region& where) {
    const std::string full = full_name(section.name, section.of, name);
    std::string hint;
    if (section.of_many && node.is_table())
        hint = "a name with a dot stands in quotes: [" + std::string(section.name) + ".\"NAME\"]";
    else if (const char* known = section.of_many ? section.of_many->hint(name) : nullptr)
        hint = known;
    std::vector<std::string> names;
    for (const Key& key : keys())
        names.push_back(full_name(key.section, key.section == section.name ? section.of : "", key.name));
    if (const auto near = hint.empty() ? util::nearest(full, names) : std::nullopt)
        hint = "did you mean '" + *near + "'?";
    refuse(section.file, where, "there is no key '" + util::for_terminal(full) + "'", hint);
}

void read_key(Config& config, const Section& section, std::string_view name, const toml::node& node,
              const toml::source_region& where) {
    const auto key =
        std::ranges::find_if(keys(), [&](const Key& one) { return one.section == section.name && one.name == name; });
    if (key == keys().end())
        refuse_key(section, name, node, where);
    const std::string of_what = "the value of " + full_name(section.name, section.of, name) + " is wrong: ";
    try {
        key->read(config, section.of, node);
    } catch (const std::string& why) {
        refuse(section.file, node.source(), of_what + why);
    } catch (const Fault& fault) {
        refuse(section.file, node.source(), of_what + fault.what());
    }
}

void read_section(Config& config, const Section& section, const toml::table& table) {
    for (const auto& [name, value] : table)
        read_key(config, section, name.str(), value, name.source());
}

/// All the [section.NAME].
void read_sections(Config& config, const SectionOfMany& many, const toml::table& tables,
                   const std::filesystem::path& file) {
    const std::string form = "[" + std::string(many.section) + ".NAME]";
    for (const auto& [name, node] : tables) {
        const toml::table* table = node.as_table();
        const std::string shown = util::for_terminal(name.str());
        if (!table)
            refuse(file, name.source(), "'" + shown + "' stands outside of a section",
                   "sections of that kind begin with a line like " + form);
        if (!many.is_name(name.str()))
            refuse(file, name.source(), "'" + shown + "' can be no name of a " + many.section,
                   "it is 1 to 64 of a-z, 0-9, '.', '_' and '-', which is not the first");
        many.make(config, std::string(name.str()));
        read_section(config, {many.section, name.str(), &many, file}, *table);
        try {
            many.finish(config, name.str());
        } catch (const std::string& why) {
            refuse(file, name.source(), "[" + std::string(many.section) + "." + shown + "] is wrong: " + why);
        }
    }
}

void expect_section(std::string_view name, const std::filesystem::path& file, const toml::source_region& where) {
    std::vector<std::string> sections;
    for (const Key& key : keys())
        sections.emplace_back(key.section);
    const auto near = util::nearest(name, sections);
    if (std::ranges::find(sections, name) == sections.end())
        refuse(file, where, "there is no section '" + util::for_terminal(name) + "'",
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
        if (table->empty())
            expect_section(section.str(), file, section.source());
        if (std::ranges::find(sections_of_many(), section.str(), &SectionOfMany::section) == sections_of_many().end())
            read_section(config, {section.str(), {}, nullptr, file}, *table);
    }
    for (const SectionOfMany& many : sections_of_many())
        if (const toml::table* tables = root[many.section].as_table())
            read_sections(config, many, *tables, file);
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
    use_token_keys(config, config.token_keys);
    use_snds_token(config, config.snds.token_file);
    return config;
}

void use_snds_token(Config& config, const std::filesystem::path& file) {
    config.snds.token_file = file.empty() ? config.database.parent_path() / "snds.token" : file;
}

void use_token_keys(Config& config, const std::filesystem::path& file) {
    config.token_keys = file.empty() ? config.database.parent_path() / "token.keys" : file;
    const auto keys = std::make_shared<const util::KeyFile>(config.token_keys);
    config.rules.reading.token.keys = keys;
    for (auto& [name, rules] : config.rules.feeds)
        rules.reading.token.keys = keys;
}

namespace {

/// The values of [section], or of [section.of].
std::vector<ConfigValue> section_values(const Config& config, std::string_view section, const std::string& of) {
    std::vector<ConfigValue> out;
    for (const Key& key : keys())
        if (key.section == section)
            if (std::string text = key.write(config, of); !text.empty())
                out.push_back({key.section, of, key.name, key.comment, std::move(text)});
    return out;
}

void add(std::vector<ConfigValue>& values, std::vector<ConfigValue> more) {
    values.insert(values.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

} // namespace

std::vector<ConfigValue> config_values(const Config& config) {
    std::vector<ConfigValue> out;
    std::string_view section;
    for (const Key& key : keys()) {
        if (key.section == section)
            continue;
        section = key.section;
        const auto many = std::ranges::find(sections_of_many(), section, &SectionOfMany::section);
        if (many == sections_of_many().end())
            add(out, section_values(config, section, {}));
        else
            for (const std::string& name : many->names(config))
                add(out, section_values(config, section, name));
    }
    return out;
}

namespace {

std::string section_line(const ConfigValue& value) {
    const std::string of = value.of.find('.') == std::string::npos ? value.of : '"' + value.of + '"';
    return "[" + std::string(value.section) + (of.empty() ? "" : "." + of) + "]\n";
}

std::string written(const std::vector<ConfigValue>& values, bool with_comments) {
    std::string out;
    std::string line;
    for (const ConfigValue& value : values) {
        if (section_line(value) != line) {
            line = section_line(value);
            out += (out.empty() ? "" : "\n") + line;
        }
        if (with_comments)
            out += "# " + std::string(value.comment) + "\n";
        out += std::string(value.name) + " = " + value.text + "\n";
    }
    return out;
}

/// How a section of that kind would look.
std::string written_example(const SectionOfMany& many) {
    Config config;
    many.make(config, "NAME");
    std::string out = "\n# " + std::string(many.comment) + ":\n";
    const std::string section = written(section_values(config, many.section, "NAME"), true);
    for (const std::string_view line : util::split(section, '\n'))
        out += line.empty() ? "" : (line.starts_with('#') ? "#   " : "#") + std::string(line) + "\n";
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
    return written(config_values(config), false);
}

std::string new_config(const Config& config) {
    std::string out = "# Configuration of jmrp, see jmrp.toml(5). 'jmrp config check' says what is in force.\n\n" +
                      written(config_values(config), true);
    for (const SectionOfMany& many : sections_of_many())
        out += written_example(many);
    return out;
}

} // namespace jmrp::cli
