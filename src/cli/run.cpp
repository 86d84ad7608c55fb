#include "cli/run.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>

#include "cli/monitoring.hpp"
#include "cli/options.hpp"
#include "cli/version.hpp"
#include "store/send_log.hpp"
#include "store/stamped.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

/// Files of ours must not become somebody's standard output.
void keep_standard_files_open() {
    for (int fd = 0; fd <= 2; ++fd)
        if (::fcntl(fd, F_GETFD) < 0)
            static_cast<void>(::open("/dev/null", O_RDWR));
}

/// A mail server hands us a mail through a pipe, a socket or a file; a person sits at a terminal, cron gives /dev/null.
bool mail_at_stdin() {
    struct stat found {};
    return ::fstat(STDIN_FILENO, &found) == 0 && !S_ISCHR(found.st_mode);
}

/// How trouble is told. As the end of an alias pipe there are two answers only: kept, or keep it and try again (75); any
/// other status makes a mail server bounce the report. The line begins with the status code that Postfix reads. A monitor wants
/// to be told on standard output that the check itself failed.
class Answer {
  public:
    explicit Answer(const std::vector<std::string>& line) {
        const std::string name = named_command(line);
        ingest_ = name == "ingest";
        check_ = name == "check";
        json_ = std::find(line.begin(), line.end(), "--json") != line.end();
        // A closed standard input has become /dev/null by now, and still it was a mail server that called.
        delivery_ = ingest_ ? ::isatty(STDIN_FILENO) == 0 : mail_at_stdin() && !find_command(name);
    }

    int failed(ExitStatus status, std::string_view why) const {
        if (check_) {
            const std::string text = plugin_failure(why, json_) + "\n";
            static_cast<void>(std::fwrite(text.data(), 1, text.size(), stdout));
            static_cast<void>(std::fflush(stdout));
            return static_cast<int>(ExitStatus::unknown);
        }
        const std::string text = (delivery_ ? "4.3.0 jmrp: " : "jmrp: ") + util::for_terminal(why, 2000) + "\n";
        static_cast<void>(std::fwrite(text.data(), 1, text.size(), stderr));
        return static_cast<int>(delivery_ || ingest_ ? ExitStatus::try_again : status);
    }

    /// Where even the way out fails.
    static ExitStatus last_word;
    void arm() const {
        last_word = delivery_ || ingest_ ? ExitStatus::try_again : check_ ? ExitStatus::unknown : ExitStatus::system;
    }

  private:
    bool ingest_ = false;
    bool check_ = false;
    bool json_ = false;
    bool delivery_ = false;
};

ExitStatus Answer::last_word = ExitStatus::system;

[[noreturn]] void die() {
    ::_exit(static_cast<int>(Answer::last_word));
}

/// The code of a command: that of this program for it, or its own. Where another program has it, becomes that one.
auto code_of(const Command& command, const std::vector<std::string>& line,
             std::span<const NetworkCommand> network_commands) {
    for (const NetworkCommand& one : network_commands)
        if (one.name == command.name)
            return one.run;
    if (command.runs == Runs::in_jmrp)
        return command.run;
    become(command.runs, line);
}

int run_line(const std::vector<std::string>& line, const Answer& answer,
             std::span<const NetworkCommand> network_commands) {
    ParsedLine parsed = parse_line(line);
    if (!parsed.command && !parsed.unknown_command.empty()) {
        std::vector<std::string> names;
        for (const Command& command : commands())
            names.emplace_back(command.name);
        const auto near = util::nearest(parsed.unknown_command, names);
        throw util::Fault(util::FaultKind::usage, "run '" + util::for_terminal(parsed.unknown_command) + "'",
                          "there is no such command",
                          near ? "did you mean '" + *near + "'?" : "'jmrp help' lists them");
    }
    if (parsed.version) {
        std::printf("jmrp %s\n", version);
        return 0;
    }
    if (parsed.help || (!parsed.command && !mail_at_stdin())) {
        std::fputs((parsed.command ? command_help(*parsed.command) : general_help()).c_str(),
                   parsed.help ? stdout : stderr);
        return static_cast<int>(parsed.help ? ExitStatus::ok : ExitStatus::usage);
    }
    if (!parsed.command)
        return answer.failed(ExitStatus::usage,
                             "cannot read the command line: no command was named ('jmrp help' lists them)");
    if (parsed.invocation.verbose)
        util::set_log_level(util::LogLevel::info);
    if (parsed.invocation.quiet)
        util::set_log_level(util::LogLevel::error);
    const auto code = code_of(*parsed.command, line, network_commands);
    if (parsed.command->reads_config) {
        parsed.invocation.config = load_config(parsed.config, parsed.database);
        const store::Options options = store_options(parsed.invocation);
        parsed.invocation.config.rules.send_log = store::with_stamped(store::open_send_log(options), options);
    } else // the command makes the files that these name
        for (const auto& [name, value] : {std::pair{"config", parsed.config}, std::pair{"database", parsed.database}})
            if (value)
                parsed.invocation.options[name] = *value;
    const ExitStatus status = code(parsed.invocation);
    if (std::fflush(stdout) != 0)
        return answer.failed(ExitStatus::io,
                             "cannot write to standard output: the reader went away or the disk is full");
    return static_cast<int>(status);
}

} // namespace

int run(int argc, char** argv, std::span<const NetworkCommand> network_commands) {
    keep_standard_files_open();
    ::signal(SIGPIPE, SIG_IGN);
    ::signal(SIGXFSZ, SIG_IGN);
    std::set_terminate(die);
    try {
        const std::vector<std::string> line(argv + (argc > 0 ? 1 : 0), argv + argc);
        const Answer answer(line);
        answer.arm();
        try {
            return run_line(line, answer, network_commands);
        } catch (const util::Fault& fault) {
            return answer.failed(status_for(fault.kind()), fault.what());
        } catch (const std::bad_alloc&) {
            return answer.failed(ExitStatus::try_again, "cannot go on: there is too little memory");
        } catch (const std::exception& error) {
            return answer.failed(ExitStatus::system, std::string("cannot go on: ") + error.what());
        }
    } catch (...) {
        die();
    }
}

} // namespace jmrp::cli
