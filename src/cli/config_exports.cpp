// [export.NAME]: who is handed the list of suppressions.
#include <algorithm>

#include "cli/config_rows.hpp"
#include "exports/format.hpp"
#include "exports/target.hpp"
#include "util/fault.hpp"

namespace jmrp::cli {

namespace {

using domain::Consumer;

domain::Reason read_reason(const std::string& text) {
    const auto reason = domain::from_text<domain::Reason>(text);
    if (!reason)
        throw toml_text(text) + " is no reason: \"complaint\", \"unsubscribe\", \"bounce\", \"manual\" or \"import\"";
    return *reason;
}

const Form<domain::Reason> reason{read_reason, [](const domain::Reason& value) { return std::string(to_text(value)); }};

std::string read_format(const std::string& text) {
    if (exports::find_target(text))
        return text;
    try {
        return exports::format_named(text).name;
    } catch (const util::Fault&) {
        throw toml_text(text) + " is no format; 'jmrp export --formats' lists them";
    }
}

const Form<std::string> format{read_format, any_text.write};

Row<Consumer> scope_row() {
    return {
        "scope",
        "who is suppressed for this mail: \"global\", \"domain:NAME\", \"list:ID\" or \"stream:NAME\"; empty: "
        "everybody "
        "who is suppressed for any",
        [](Consumer& consumer, const toml::node& node) {
            const std::string text = text_of(node);
            consumer.filter.scope = text.empty() ? std::nullopt : domain::parse_scope(text);
            if (!text.empty() && !consumer.filter.scope)
                throw toml_text(text) + " is no scope";
        },
        [](const Consumer& consumer) { return toml_text(consumer.filter.scope ? consumer.filter.scope->text() : ""); }};
}

Consumer& find(Config& config, std::string_view name) {
    return *std::ranges::find(config.exports, name, &Consumer::name);
}

void make(Config& config, const std::string& name) {
    config.exports.emplace_back().name = name;
}

/// Where there is no server.
std::string what_is_wrong_with_format(const Consumer& consumer) {
    std::vector<std::string> files;
    for (const exports::Format& one : exports::formats())
        files.emplace_back(one.name);
    if (std::ranges::find(files, consumer.format) == files.end())
        return "the format " + consumer.format + " is one of servers, and needs url";
    if (exports::format_named(consumer.format).needs_list && consumer.list.empty())
        return "the format " + consumer.format + " needs list, the name of the list";
    return {};
}

std::string what_is_wrong(const Consumer& consumer) {
    const bool has_url = !consumer.server.url.empty();
    const int ways = (consumer.to.empty() ? 0 : 1) + (consumer.command.empty() ? 0 : 1) + (has_url ? 1 : 0);
    const std::pair<bool, const char*> rules[] = {
        {consumer.format.empty(), "an export needs format; 'jmrp export --formats' lists them"},
        {ways == 0, "an export needs to, the whole path of a file, or command, or url"},
        {ways > 1, "an export has one of to, command and url"},
        {!consumer.to.empty() && !consumer.to.is_absolute(), "an export needs to, the whole path of a file"},
        {!consumer.after.empty() && consumer.to.empty(), "after goes with to: it runs when the file is in place"},
    };
    for (const auto& [broken, why] : rules)
        if (broken)
            return why;
    return has_url ? what_is_wrong_with_server(consumer) : what_is_wrong_with_format(consumer);
}

void finish(Config& config, std::string_view name) {
    const Consumer& consumer = find(config, name);
    const std::string wrong = what_is_wrong(consumer);
    if (!wrong.empty())
        throw wrong;
    if (!consumer.to.empty() && std::ranges::count(config.exports, consumer.to, &Consumer::to) > 1)
        throw std::string("two exports write the same file");
}

std::vector<std::string> names(const Config& config) {
    std::vector<std::string> out;
    for (const Consumer& consumer : config.exports)
        out.push_back(consumer.name);
    return out;
}

} // namespace

Rows<Consumer> consumer_rows() {
    Rows<Consumer> out = {
        text_row("format", "in which form ('jmrp export --formats')", &Consumer::format, format),
        path_row("to", "the file, which is replaced in one step", &Consumer::to),
        list_row("after", "the words of a command that runs when the file is in place, such as [\"postmap\", \"FILE\"]",
                 &Consumer::after, any_text),
        list_row("command",
                 "in place of to: the words of a program that reads what is new from its standard input, a process a "
                 "batch; it must end with 0",
                 &Consumer::command, any_text),
        scope_row(),
    };
    for (Row<Consumer>& row :
         rows_within(&Consumer::filter, Rows<domain::SuppressionFilter>{list_row(
                                            "reasons", "only who is suppressed for one of these; empty: for any",
                                            &domain::SuppressionFilter::reasons, reason)}))
        out.push_back(std::move(row));
    out.push_back(text_row("list", "the list program's name of the list, where the form says it", &Consumer::list));
    for (Row<Consumer>& row : rows_within(&Consumer::server, server_rows()))
        out.push_back(std::move(row));
    return out;
}

const SectionOfMany export_section = {
    "export",
    "who is handed the list of suppressions, under a name for 'jmrp export NAME'",
    domain::is_feed_name,
    make,
    finish,
    names,
    hint_at_secret,
};

} // namespace jmrp::cli
