#define PCRE2_CODE_UNIT_WIDTH 8
#include "util/regex.hpp"

#include <pcre2.h>

#include "util/fault.hpp"

namespace jmrp::util {

struct Regex::Code {
    pcre2_code* code = nullptr;
    pcre2_match_context* bounds = nullptr;

    Code() = default;
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;
    ~Code() {
        pcre2_match_context_free(bounds);
        pcre2_code_free(code);
    }
};

Regex::Regex(std::string_view pattern) : code_(std::make_unique<Code>()) {
    int error = 0;
    PCRE2_SIZE where = 0;
    code_->code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                PCRE2_CASELESS | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C, &error, &where, nullptr);
    if (!code_->code) {
        PCRE2_UCHAR text[160] = {};
        pcre2_get_error_message(error, text, sizeof text);
        throw Fault(FaultKind::configuration, "read the pattern '" + std::string(pattern) + "'",
                    std::string(reinterpret_cast<const char*>(text)) + " at character " + std::to_string(where + 1));
    }
    code_->bounds = pcre2_match_context_create(nullptr);
    if (!code_->bounds)
        throw std::bad_alloc();
    pcre2_set_match_limit(code_->bounds, 100'000);
    pcre2_set_depth_limit(code_->bounds, 10'000);
    pcre2_set_heap_limit(code_->bounds, 4096); // KiB
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::optional<std::vector<std::string_view>> Regex::search(std::string_view text) const {
    const std::unique_ptr<pcre2_match_data, void (*)(pcre2_match_data*)> match(
        pcre2_match_data_create_from_pattern(code_->code, nullptr), pcre2_match_data_free);
    if (!match)
        throw std::bad_alloc();
    const int count = pcre2_match(code_->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0,
                                  match.get(), code_->bounds);
    if (count < 0)
        return std::nullopt;
    const PCRE2_SIZE* bounds = pcre2_get_ovector_pointer(match.get());
    std::vector<std::string_view> groups(pcre2_get_ovector_count(match.get()));
    for (std::size_t i = 0; i < groups.size(); ++i)
        if (bounds[2 * i] != PCRE2_UNSET && bounds[2 * i + 1] >= bounds[2 * i])
            groups[i] = text.substr(bounds[2 * i], bounds[2 * i + 1] - bounds[2 * i]);
    return groups;
}

std::optional<std::size_t> Regex::group(std::string_view name) const {
    const std::string text(name);
    const int number = pcre2_substring_number_from_name(code_->code, reinterpret_cast<PCRE2_SPTR>(text.c_str()));
    return number > 0 ? std::optional(static_cast<std::size_t>(number)) : std::nullopt;
}

} // namespace jmrp::util
