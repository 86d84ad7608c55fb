#include "cli/suppression_check.hpp"

#include <unistd.h>

#include <cstdio>

#include "cli/json.hpp"
#include "cli/suppression_options.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

/// Whoever is named by a longer line cannot be suppressed: nothing names such a person.
constexpr std::size_t longest_line = std::size_t{64} << 10U;

class Checker {
  public:
    explicit Checker(const Invocation& invocation)
        : store_(open_store(invocation)), filter_{scope_option(invocation), {}}, quiet_(invocation.quiet),
          json_(invocation.json()) {}

    void check(std::vector<std::string> lines) {
        lines_ = std::move(lines);
        answers_.assign(lines_.size(), Answer{});
        keys_.clear();
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const auto person = lines_[i].size() <= longest_line ? domain::parse_person(lines_[i]) : std::nullopt;
            answers_[i].word = person ? "ok" : "invalid";
            keys_.push_back(person ? domain::key_of(*person) : std::string());
        }
        store_.look_up_suppressions(keys_, util::now(), [&](std::size_t index, const domain::Suppression& one) {
            if (one.active && filter_.takes(one.scope) && !answers_[index].suppressed)
                answers_[index] = {"suppressed", true, one.reason, one.scope};
        });
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            any_ = any_ || answers_[i].word != "ok";
            if (!quiet_)
                print(lines_[i], answers_[i]);
        }
        if (std::fflush(stdout) != 0)
            throw util::Fault(util::FaultKind::system, "write to standard output",
                              "the reader went away or the disk is full");
    }

    bool any() const { return any_; }

  private:
    struct Answer {
        std::string_view word;
        bool suppressed = false;
        domain::Reason reason = domain::Reason::manual;
        domain::Scope scope;
    };

    void print(const std::string& line, const Answer& answer) {
        if (!json_) {
            const bool may_be_anything = answer.word == "invalid";
            const std::string_view shown =
                may_be_anything ? std::string_view(escaped_ = util::for_terminal(line)) : line;
            std::fwrite(shown.data(), 1, shown.size(), stdout);
            std::fputc('\t', stdout);
            print_line(answer.word);
            return;
        }
        print_json({{"address", line},
                    {"answer", answer.word},
                    {"reason", answer.suppressed ? Json(to_text(answer.reason)) : Json(nullptr)},
                    {"scope", answer.suppressed ? Json(answer.scope.text()) : Json(nullptr)}});
    }

    store::Store store_;
    domain::SuppressionFilter filter_;
    bool quiet_;
    bool json_;
    bool any_ = false;
    std::vector<std::string> lines_;
    std::vector<std::string> keys_;
    std::vector<Answer> answers_;
    std::string escaped_;
};

/// The whole lines of what is there to be read, again and again: whoever waits for each answer gets it, and a long list is
/// looked up in large pieces.
void check_input(Checker& checker) {
    std::string pending;
    std::vector<char> buffer(std::size_t{1} << 18U);
    for (;;) {
        const std::size_t got = util::read_some(STDIN_FILENO, buffer.data(), buffer.size(), "standard input");
        std::vector<std::string> lines;
        std::string_view rest(buffer.data(), got);
        const auto take = [&](std::string_view piece) {
            pending += piece;
            if (const std::string_view line = util::trim(pending); !line.empty())
                lines.emplace_back(line);
            pending.clear();
        };
        for (std::size_t end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
            take(rest.substr(0, end));
            rest.remove_prefix(end + 1);
        }
        if (got == 0)
            take({});
        else if (pending.size() <= longest_line) // bounded, whatever comes
            pending += rest;
        if (!lines.empty())
            checker.check(std::move(lines));
        if (got == 0)
            return;
    }
}

} // namespace

ExitStatus check_suppressions(const Invocation& invocation, const std::vector<std::string>& arguments) {
    if (arguments.empty())
        throw util::Fault(util::FaultKind::usage, "check addresses", "it takes addresses, or '-' for a list of them");
    Checker checker(invocation);
    if (arguments.size() == 1 && arguments.front() == "-")
        check_input(checker);
    else
        checker.check(arguments);
    return checker.any() ? ExitStatus::warning : ExitStatus::ok;
}

} // namespace jmrp::cli
