#include "refusal/pattern.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::refusal {

namespace {

void replace_all(std::string& text, std::string_view what, std::string_view by) {
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
        text.replace(at, what.size(), by);
}

std::string expanded(std::string_view pattern) {
    std::string text(pattern);
    replace_all(text, ".*", ".{0,120}?");
    replace_all(text, "{d}", "[a-z0-9._-]{1,255}");
    constexpr std::string_view ip = "{ip}";
    const std::size_t first = text.find(ip);
    if (first != std::string::npos)
        text.replace(first, ip.size(), "(?:ipv6:)?(?<ip>[0-9a-f:.]{3,45})");
    replace_all(text, ip, "[0-9a-f:.]{3,45}");
    return text;
}

std::size_t letter_size(char c) noexcept {
    return c == '\\' ? 2 : 1;
}

std::size_t behind_atom(std::string_view pattern, std::size_t at);

/// Behind the bracket that closes the one at `at`, "[...]" or "(...)".
std::size_t behind_brackets(std::string_view pattern, std::size_t at) {
    if (pattern[at] == '[') {
        std::size_t end = at + 1;
        if (end < pattern.size() && pattern[end] == '^')
            ++end;
        if (end < pattern.size() && pattern[end] == ']') // the first one is a letter of the class
            ++end;
        while (end < pattern.size() && pattern[end] != ']')
            end += letter_size(pattern[end]);
        return std::min(end + 1, pattern.size());
    }
    std::size_t end = at + 1;
    while (end < pattern.size() && pattern[end] != ')')
        end = behind_atom(pattern, end);
    return std::min(end + 1, pattern.size());
}

std::size_t behind_atom(std::string_view pattern, std::size_t at) {
    return pattern[at] == '(' || pattern[at] == '[' ? behind_brackets(pattern, at) : at + letter_size(pattern[at]);
}

/// Where the "|" outside of brackets are.
std::vector<std::string_view> split_alternatives(std::string_view pattern) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < pattern.size();) {
        if (pattern[i] == '|') {
            out.push_back(pattern.substr(begin, i - begin));
            begin = i + 1;
        }
        i = behind_atom(pattern, i);
    }
    out.push_back(pattern.substr(std::min(begin, pattern.size())));
    return out;
}

struct Letters {
    std::string longest;
    bool all = true; ///< they are the whole alternative
};

/// The longest run of plain letters that each match holds. Of one alternative.
Letters letters_of(std::string_view alternative) {
    Letters out;
    std::string run;
    const auto end_run = [&] {
        if (run.size() > out.longest.size())
            out.longest = run;
        run.clear();
        out.all = false;
    };
    for (std::size_t i = 0; i < alternative.size();) {
        const char c = alternative[i];
        if (c == '(' || c == '[') {
            end_run();
            i = behind_brackets(alternative, i);
        } else if (c == '\\') {
            const char next = i + 1 < alternative.size() ? alternative[i + 1] : 'E';
            if (std::string_view("dDwWsSbB").find(next) != std::string_view::npos)
                end_run();
            else if (util::is_alnum(next)) // "\x41" and the like: what they are is not read here
                return {{}, false};
            else
                run += next;
            i += 2;
        } else if (c == '?' || c == '*' || c == '{') {
            if (!run.empty()) // the letter before need not be there
                run.pop_back();
            end_run();
            i = c == '{' ? std::min(alternative.find('}', i), alternative.size() - 1) + 1 : i + 1;
        } else if (c == '.' || c == '^' || c == '$' || c == '+') {
            end_run();
            ++i;
        } else {
            run += util::lower(c);
            ++i;
        }
    }
    if (run.size() > out.longest.size())
        out.longest = run;
    return out;
}

} // namespace

Pattern::Pattern(std::string_view text) {
    const std::string pattern = expanded(text);
    const util::Regex whole(pattern); // throws where it is none
    const bool quotes = pattern.find("\\Q") != std::string::npos;
    for (const std::string_view one : quotes ? std::vector<std::string_view>{pattern} : split_alternatives(pattern)) {
        const Letters letters = quotes ? Letters{{}, false} : letters_of(one);
        Alternative alternative{letters.longest, {}, {}, {}};
        if (!letters.all || letters.longest.empty()) {
            alternative.regex.emplace(one);
            alternative.ip = alternative.regex->group("ip");
            alternative.code = alternative.regex->group("code");
        }
        alternatives_.push_back(std::move(alternative));
    }
}

std::optional<Pattern::Match> Pattern::search(std::string_view normalized_text) const {
    for (const Alternative& alternative : alternatives_) {
        if (normalized_text.find(alternative.letters) == std::string_view::npos)
            continue;
        if (!alternative.regex)
            return Match{};
        const auto groups = alternative.regex->search(normalized_text);
        if (!groups)
            continue;
        const auto of = [&](const std::optional<std::size_t>& group) {
            return group ? (*groups)[*group] : std::string_view();
        };
        return Match{of(alternative.ip), of(alternative.code)};
    }
    return std::nullopt;
}

} // namespace jmrp::refusal
