#include "cli/options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>

#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

namespace po = boost::program_options;

constexpr Option global_options[] = {
    {"config", "FILE", "the configuration; else JMRP_CONFIG, else the usual places"},
    {"database", "FILE", "the database; else JMRP_DATABASE, else what the configuration says"},
    {"verbose", nullptr, "say more on standard error"},
    {"quiet", nullptr, "say only what went wrong"},
    {"help", nullptr, "this text"},
};

/// -v, -q and -h belong to every command.
std::string with_letter(const Option& option) {
    for (const auto& [name, letter] : {std::pair{"verbose", 'v'}, std::pair{"quiet", 'q'}, std::pair{"help", 'h'}})
        if (std::string_view(option.name) == name)
            return std::string(name) + "," + letter;
    return option.name;
}

void describe(po::options_description& description, std::span<const Option> options) {
    for (const Option& option : options) {
        const std::string name = with_letter(option);
        if (option.argument)
            description.add_options()(name.c_str(), po::value<std::string>()->value_name(option.argument), option.help);
        else
            description.add_options()(name.c_str(), option.help);
    }
}

std::vector<std::string> option_names(const Command* command) {
    std::vector<std::string> names;
    for (const Option& option : global_options)
        names.push_back("--" + std::string(option.name));
    if (command)
        for (const Option& option : command->options)
            names.push_back("--" + std::string(option.name));
    return names;
}

} // namespace

std::string named_command(const std::vector<std::string>& line) {
    for (std::size_t i = 0; i < line.size(); ++i) {
        const std::string& word = line[i];
        if (word == "--config" || word == "--database")
            ++i;
        else if (word.empty() || word.front() != '-')
            return word;
    }
    return {};
}

ParsedLine parse_line(const std::vector<std::string>& line) {
    ParsedLine out;
    std::vector<std::string> words = line;
    std::string name = named_command(line);
    if (name == "help") { // "jmrp help ingest"
        out.help = true;
        words.erase(std::find(words.begin(), words.end(), name));
        name = named_command(words);
    }
    if (!name.empty()) {
        out.command = find_command(name);
        words.erase(std::find(words.begin(), words.end(), name));
        if (!out.command) {
            out.unknown_command = name;
            return out;
        }
    }
    po::options_description description;
    describe(description, global_options);
    description.add_options()("version", "print the version");
    if (out.command)
        describe(description, out.command->options);
    po::options_description everything;
    everything.add(description);
    everything.add_options()("argument", po::value<std::vector<std::string>>());
    po::positional_options_description positional;
    positional.add("argument", -1);
    try {
        const auto style = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
        const auto parsed =
            po::command_line_parser(words).options(everything).positional(positional).style(style).run();
        for (const auto& option : parsed.options) {
            const std::string value = option.value.empty() ? std::string() : option.value.front();
            if (option.string_key == "argument")
                out.invocation.arguments.push_back(value);
            else if (option.string_key == "config")
                out.config = value;
            else if (option.string_key == "database")
                out.database = value;
            else
                out.invocation.options[option.string_key] = value;
        }
    } catch (const po::unknown_option& error) {
        const auto near = util::nearest(error.get_option_name(), option_names(out.command));
        throw util::Fault(util::FaultKind::usage, "read the command line",
                          "there is no option '" + util::for_terminal(error.get_option_name()) + "'",
                          near ? "did you mean '" + *near + "'?" : "--help lists the options");
    } catch (const po::error& error) {
        throw util::Fault(util::FaultKind::usage, "read the command line", util::for_terminal(error.what()),
                          "--help lists the options");
    }
    out.help = out.help || out.invocation.has("help");
    out.version = out.invocation.has("version");
    out.invocation.verbose = out.invocation.has("verbose");
    out.invocation.quiet = out.invocation.has("quiet");
    return out;
}

namespace {

std::string listed(std::span<const Option> options) {
    std::string out;
    for (const Option& option : options) {
        std::string left = "  --" + std::string(option.name);
        if (option.argument)
            left += " " + std::string(option.argument);
        left.resize(std::max<std::size_t>(left.size() + 2, 24), ' ');
        out += left + option.help + "\n";
    }
    return out;
}

} // namespace

std::string general_help() {
    std::string out = "jmrp reads complaint reports of mailbox providers, suppresses who complained and counts "
                      "complaints per source IP.\n\n"
                      "usage: jmrp [OPTION ...] COMMAND [ARGUMENT ...]\n\ncommands:\n";
    for (const Command& command : commands()) {
        if (!*command.summary)
            continue; // for tests and repair; the manual page has it
        std::string left = "  " + std::string(command.name);
        left.resize(std::max<std::size_t>(left.size() + 2, 24), ' ');
        out += left + command.summary + "\n";
    }
    return out + "\noptions of every command:\n" + listed(global_options) +
           "\n'jmrp help COMMAND' tells more; jmrp(1) is the manual.\n";
}

std::string command_help(const Command& command) {
    std::string out =
        "usage: jmrp " + std::string(command.name) + " " + command.arguments + "\n\n" + command.summary + ".\n\n";
    if (!command.options.empty())
        out += "options:\n" + listed(command.options) + "\n";
    return out + "options of every command:\n" + listed(global_options) + "\nexample:\n  " + command.example + "\n";
}

} // namespace jmrp::cli
