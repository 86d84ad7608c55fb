#include "refusal/normalized.hpp"

#include <array>
#include <utility>

#include "util/text.hpp"

namespace jmrp::refusal {

namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> entities = {{{"&lt;", "<"},
                                                                                     {"&gt;", ">"},
                                                                                     {"&amp;", "&"},
                                                                                     {"&quot;", "\""},
                                                                                     {"&nbsp;", " "},
                                                                                     {"&apos;", "'"},
                                                                                     {"&rsquo;", "'"},
                                                                                     {"&lsquo;", "'"},
                                                                                     {"&commat;", "@"},
                                                                                     {"&period;", "."}}};
// U+2019, U+2018, U+00B4, and windows-1252's; U+00A0 is a blank.
constexpr std::array<std::pair<std::string_view, std::string_view>, 5> letters = {
    {{"\xE2\x80\x99", "'"}, {"\xE2\x80\x98", "'"}, {"\xC2\xB4", "'"}, {"\x92", "'"}, {"\xC2\xA0", " "}}};

/// "&#39;" or "&#x2019;" at the begin: the letter and how long it is written. A length of 0: it is none.
std::pair<std::string_view, std::size_t> numbered_entity(std::string_view text) {
    static constexpr std::string_view ascii =
        " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~";
    const std::size_t end = text.substr(0, 10).find(';');
    if (!text.starts_with("&#") || end == std::string_view::npos || end < 3)
        return {};
    std::uint64_t value = 0;
    const bool hex = text[2] == 'x' || text[2] == 'X';
    for (const char c : text.substr(hex ? 3 : 2, end - (hex ? 3 : 2))) {
        if (!(hex ? util::is_hex(c) : util::is_digit(c)))
            return {};
        const char low = util::lower(c);
        value = value * (hex ? 16 : 10) + static_cast<std::uint64_t>(util::is_digit(c) ? c - '0' : low - 'a' + 10);
    }
    if (value >= 32 && value < 127)
        return {ascii.substr(value - 32, 1), end + 1};
    if (value == 0x2018 || value == 0x2019)
        return {"'", end + 1};
    return {value == 0xA0 || value < 32 ? " " : "?", end + 1};
}

std::string unescaped(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        std::pair<std::string_view, std::size_t> found = numbered_entity(rest);
        const auto take = [&](const auto& table) {
            for (const auto& [written, meant] : table)
                if (found.second == 0 && rest.starts_with(written))
                    found = {meant, written.size()};
        };
        if (rest.front() == '&')
            take(entities);
        else if (static_cast<unsigned char>(rest.front()) >= 0x80)
            take(letters);
        out += found.second == 0 ? rest.substr(0, 1) : found.first;
        i += found.second == 0 ? 1 : found.second;
    }
    return out;
}

bool is_reply_code(std::string_view text) {
    return text.size() == 3 && (text[0] == '4' || text[0] == '5') && util::is_digit(text[1]) && util::is_digit(text[2]);
}

/// Leaves the codes out that a reply of several lines repeats.
class Continuation {
  public:
    /// What is to be kept of the next word.
    std::string_view keep(std::string_view word) {
        const bool after_code = std::exchange(after_code_, false);
        const bool continues = word.size() > 3 && word[3] == '-' && is_reply_code(word.substr(0, 3));
        if (code_.empty()) {
            if (continues) {
                code_ = word.substr(0, 3);
                status_ = word.substr(4);
                after_code_ = status_.empty();
            }
            return word;
        }
        if (after_code && word == status_)
            return {};
        if (word == code_) {
            after_code_ = true;
            return {};
        }
        if (continues && word.substr(0, 3) == code_)
            return word.substr(4) == status_ ? std::string_view() : word.substr(4);
        return word;
    }

  private:
    std::string_view code_;
    std::string_view status_;
    bool after_code_ = false;
};

/// "<user@example.com>:", "https://example.com/x"
bool is_address_or_link(std::string_view word) {
    return word.find('@') != std::string_view::npos || util::contains_ignoring_case(word, "http://") ||
           util::contains_ignoring_case(word, "https://") || util::contains_ignoring_case(word, "www.");
}

std::string joined(std::string_view text, bool words_only) {
    const std::string plain = unescaped(text);
    std::string out;
    Continuation continuation;
    for (std::size_t i = 0; i < plain.size();) {
        if (util::is_space(plain[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < plain.size() && !util::is_space(plain[end]))
            ++end;
        const std::string_view word = std::string_view(plain).substr(i, end - i);
        if (!words_only || !is_address_or_link(word))
            out += util::lower(continuation.keep(word));
        i = end;
    }
    return out;
}

} // namespace

std::string normalized(std::string_view text, std::size_t limit) {
    return joined(text.substr(0, limit), false);
}

std::string normalized_words(std::string_view text, std::size_t limit) {
    return joined(text.substr(0, limit), true);
}

} // namespace jmrp::refusal
