#include "traffic/columns.hpp"

#include <algorithm>

#include "util/csv.hpp"
#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

std::string plain(std::string_view name) {
    std::string out = util::lower(util::trim(name));
    std::erase_if(out, [](char c) { return c == '_' || c == '-' || c == ' '; });
    return out;
}

std::string_view without_mark(std::string_view text) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    return text.starts_with(mark) ? text.substr(mark.size()) : text;
}

} // namespace

Columns::Columns(std::string_view header_line) {
    if (const auto fields = util::csv_fields(without_mark(header_line)))
        for (const std::string& field : *fields)
            names_.push_back(plain(field));
}

std::optional<std::size_t> Columns::place(std::string_view name) const {
    const auto found = std::find(names_.begin(), names_.end(), plain(name));
    return found == names_.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - names_.begin()));
}

std::string_view Columns::first(const std::vector<std::string>& fields,
                                std::initializer_list<std::string_view> names) const {
    for (const std::string_view name : names) {
        const auto at = place(name);
        if (at && *at < fields.size() && !util::trim(fields[*at]).empty())
            return util::trim(fields[*at]);
    }
    return {};
}

} // namespace jmrp::traffic
