#include "cli/suppression_check.hpp"

#include <unistd.h>

#include <cstdio>
#include <set>

#include "cli/json.hpp"
#include "cli/suppression_options.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

/// Whoever is named by a longer line cannot be suppressed: nothing names such a person.
constexpr std::size_t longest_line = std::size_t{64} << 10U;

/// The known people whose key is another than what it folds to: the other spellings of a mailbox. One pass over the list, then
/// what is new of it.
class Spellings {
  public:
    explicit Spellings(const domain::FoldingRules& rules) : rules_(rules) {}

    void read(store::Store& store, util::Seconds now) {
        const domain::Cursor until = store.newest_change(now);
        const auto changed = read_to_ ? store.changes(*read_to_, until) : std::nullopt;
        read_to_ = until;
        if (changed) {
            for (const store::ChangedSuppression& one : *changed)
                add(one.key);
            return;
        }
        known_.clear();
        store.for_each_suppression(now, [&](const domain::Suppression& one) { add(one.key); });
    }

    /// Appends the keys of whoever may be meant by this one.
    void append_others(const std::string& key, std::vector<std::string>& out) const {
        std::string folded = domain::fold(rules_, key);
        for (auto one = known_.lower_bound({folded, {}}); one != known_.end() && one->first == folded; ++one)
            if (one->second != key)
                out.push_back(one->second);
        if (folded != key)
            out.push_back(std::move(folded));
    }

  private:
    void add(const std::string& key) {
        if (std::string folded = domain::fold(rules_, key); folded != key)
            known_.emplace(std::move(folded), key);
    }

    const domain::FoldingRules& rules_;
    std::optional<domain::Cursor> read_to_;
    std::set<std::pair<std::string, std::string>> known_; ///< what it folds to, and the key
};

class Checker {
  public:
    explicit Checker(const Invocation& invocation)
        : store_(open_store(invocation)), filter_{scope_option(invocation), {}}, quiet_(invocation.quiet),
          json_(invocation.json()) {
        if (invocation.has("fold"))
            spellings_.emplace(invocation.config.folding);
    }

    void check(std::vector<std::string> lines) {
        lines_ = std::move(lines);
        answers_.assign(lines_.size(), Answer{});
        keys_.clear();
        lines_of_keys_.clear();
        const util::Seconds now = util::now();
        if (spellings_)
            spellings_->read(store_, now);
        for (std::size_t i = 0; i < lines_.size(); ++i) {
            const auto person = lines_[i].size() <= longest_line ? domain::parse_person(lines_[i]) : std::nullopt;
            answers_[i].word = person ? "ok" : "invalid";
            if (!person)
                continue;
            const std::string& key = keys_.emplace_back(domain::key_of(*person));
            if (spellings_)
                spellings_->append_others(std::string(key), keys_);
            lines_of_keys_.resize(keys_.size(), i);
        }
        store_.look_up_suppressions(keys_, now, [&](std::size_t index, const domain::Suppression& one) {
            Answer& answer = answers_[lines_of_keys_[index]];
            if (one.active && filter_.takes(one.scope) && !answer.suppressed)
                answer = {"suppressed", true, one.reason, one.scope, one.person};
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
        std::string spelling; ///< that is suppressed; empty where it was erased
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
                    {"scope", answer.suppressed ? Json(answer.scope.text()) : Json(nullptr)},
                    {"suppressed_as", answer.spelling.empty() ? Json(nullptr) : Json(answer.spelling)}});
    }

    store::Store store_;
    domain::SuppressionFilter filter_;
    bool quiet_;
    bool json_;
    bool any_ = false;
    std::vector<std::string> lines_;
    std::vector<std::string> keys_;
    std::vector<std::size_t> lines_of_keys_;
    std::optional<Spellings> spellings_; ///< where other spellings count as well
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
