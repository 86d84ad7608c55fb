#include "traffic/columns.hpp"

#include <algorithm>

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

std::optional<std::vector<std::string>> csv_fields(std::string_view record) {
    std::vector<std::string> out(1);
    bool quoted = false;
    for (std::size_t i = 0; i < record.size(); ++i) {
        const char c = record[i];
        if (quoted && c == '"' && i + 1 < record.size() && record[i + 1] == '"')
            out.back() += record[++i];
        else if (c == '"' && (quoted || out.back().empty()))
            quoted = !quoted;
        else if (c == ',' && !quoted)
            out.emplace_back();
        else
            out.back() += c;
    }
    return quoted ? std::nullopt : std::optional(std::move(out));
}

Columns::Columns(std::string_view header_line) {
    if (const auto fields = csv_fields(without_mark(header_line)))
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
