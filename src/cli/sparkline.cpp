#include "cli/sparkline.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string_view>

#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr const char* blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr const char* letters[] = {"_", ".", "-", "~", "+", "=", "*", "#"};
static_assert(std::size(blocks) == std::size(letters));

std::string_view environment(const char* name) {
    const char* value = std::getenv(name);
    return value ? std::string_view(value) : std::string_view();
}

} // namespace

std::string sparkline(const std::vector<std::optional<double>>& values, bool unicode) {
    double largest = 0;
    for (const auto& value : values)
        largest = std::max(largest, value.value_or(0));
    std::string out;
    for (const auto& value : values) {
        if (!value) {
            out += unicode ? "·" : " ";
            continue;
        }
        // Zero alone is the lowest bar.
        constexpr auto highest = static_cast<double>(std::size(blocks) - 1);
        const double height = largest > 0 ? std::ceil(*value / largest * highest) : 0;
        out += (unicode ? blocks : letters)[static_cast<std::size_t>(std::clamp(height, 0.0, highest))];
    }
    return out;
}

bool shows_unicode() {
    if (environment("TERM") == "dumb")
        return false;
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (const std::string_view locale = environment(name); !locale.empty())
            return util::contains_ignoring_case(locale, "utf-8") || util::contains_ignoring_case(locale, "utf8");
    return false;
}

} // namespace jmrp::cli
