#include "imap/command.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "util/text.hpp"

namespace jmrp::imap {

std::string quoted_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        assert(c >= 0x20 && c <= 0x7E);
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

std::string sequence_set(std::span<const std::uint32_t> numbers) {
    std::string out;
    for (std::size_t first = 0; first < numbers.size();) {
        std::size_t last = first;
        while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1)
            ++last;
        out += (out.empty() ? "" : ",") + std::to_string(numbers[first]);
        if (last > first)
            out += ":" + std::to_string(numbers[last]);
        first = last + 1;
    }
    return out;
}

namespace {

constexpr std::pair<std::string_view, std::string_view> system_flags[] = {{"\\Seen", "UNSEEN"},
                                                                          {"\\Flagged", "UNFLAGGED"},
                                                                          {"\\Answered", "UNANSWERED"},
                                                                          {"\\Deleted", "UNDELETED"},
                                                                          {"\\Draft", "UNDRAFT"}};

std::string_view key_without(std::string_view system_flag) {
    for (const auto& [flag, key] : system_flags)
        if (util::equal_ignoring_case(flag, system_flag))
            return key;
    return {};
}

} // namespace

bool is_flag(std::string_view text) {
    constexpr std::string_view specials = "(){%*\"\\]";
    return !key_without(text).empty() || (!text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return c > 0x20 && c < 0x7F && specials.find(c) == std::string_view::npos;
    }));
}

std::string without_flag(std::string_view flag) {
    const std::string_view key = key_without(flag);
    return key.empty() ? "UNKEYWORD " + std::string(flag) : std::string(key);
}

} // namespace jmrp::imap
