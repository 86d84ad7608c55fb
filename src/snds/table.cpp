#include "snds/table.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "domain/ip.hpp"
#include "util/csv.hpp"
#include "util/text.hpp"

namespace jmrp::snds {

namespace {

using Json = nlohmann::json;

std::string plain(std::string_view name) {
    std::string out = util::lower(name);
    std::erase_if(out, [](char c) { return !util::is_alnum(c); });
    return out;
}

std::optional<std::size_t> field_called(std::string_view name, std::span<const Field> fields) {
    const std::string wanted = plain(name);
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (fields[i].name == wanted ||
            std::find(fields[i].also.begin(), fields[i].also.end(), wanted) != fields[i].also.end())
            return i;
    return std::nullopt;
}

/// For each column the field it holds. Empty: the record is no header.
std::vector<std::optional<std::size_t>> header_of(const std::vector<std::string>& record,
                                                  std::span<const Field> fields) {
    std::vector<std::optional<std::size_t>> columns;
    std::size_t known = 0;
    for (const std::string& name : record) {
        columns.push_back(field_called(name, fields));
        known += columns.back() ? 1U : 0U;
    }
    if (known < 3)
        columns.clear();
    return columns;
}

std::string trimmed(std::string_view text) {
    return std::string(util::trim(text));
}

TextTable from_csv(std::string_view text, std::span<const Field> fields, std::size_t sure) {
    TextTable out;
    util::CsvRecords records(text);
    std::vector<std::optional<std::size_t>> columns; // of a header
    bool first = true;
    while (auto record = records.next()) {
        const bool may_be_header = first && !domain::parse_ip(record->fields.front());
        first = false;
        if (may_be_header) {
            columns = header_of(record->fields, fields);
            if (!columns.empty())
                continue;
        }
        TextRow row{record->line, std::string(record->raw), std::vector<std::string>(fields.size())};
        const std::size_t count = record->fields.size();
        if (!record->closed) {
            out.refused.push_back({row.line, "a quote is not closed", row.raw});
            continue;
        }
        if (!columns.empty()) {
            for (std::size_t i = 0; i < std::min(count, columns.size()); ++i)
                if (columns[i])
                    row.texts[*columns[i]] = trimmed(record->fields[i]);
        } else {
            out.drifted = out.drifted || count != fields.size();
            if (count < sure) {
                out.refused.push_back({row.line, std::to_string(count) + " columns", row.raw});
                continue;
            }
            for (std::size_t i = 0; i < (count == fields.size() ? count : sure); ++i)
                row.texts[i] = trimmed(record->fields[i]);
        }
        if (out.rows.size() == most_rows) {
            out.refused.push_back({row.line, "more than " + std::to_string(most_rows) + " rows", {}});
            break;
        }
        out.rows.push_back(std::move(row));
    }
    out.shape = !out.rows.empty() || !out.refused.empty() ? Shape::rows : Shape::empty;
    return out;
}

/// The list of rows: the text itself, or the first list within an object.
const Json* rows_of(const Json& document) {
    if (document.is_array())
        return &document;
    if (document.is_object())
        for (const auto& [name, value] : document.items())
            if (value.is_array())
                return &value;
    return nullptr;
}

TextTable from_json(std::string_view text, std::span<const Field> fields) {
    TextTable out;
    // Two levels of nesting are what there can be; a hostile text may not cost a deep stack.
    const auto shallow = [](int depth, Json::parse_event_t, Json&) { return depth <= 4; };
    const Json document = Json::parse(text, shallow, false);
    const Json* rows = document.is_discarded() ? nullptr : rows_of(document);
    if (!rows) {
        out.shape = Shape::unknown;
        return out;
    }
    std::size_t number = 0;
    for (const Json& one : *rows) {
        TextRow row{++number, one.dump(-1, ' ', false, Json::error_handler_t::replace),
                    std::vector<std::string>(fields.size())};
        if (!one.is_object()) {
            out.refused.push_back({number, "no object", row.raw});
            continue;
        }
        if (out.rows.size() == most_rows) {
            out.refused.push_back({number, "more than " + std::to_string(most_rows) + " rows", {}});
            break;
        }
        for (const auto& [name, value] : one.items())
            if (const auto field = field_called(name, fields); field && !value.is_null())
                row.texts[*field] = trimmed(value.is_string() ? value.get<std::string>() : value.dump());
        out.rows.push_back(std::move(row));
    }
    out.shape = !out.rows.empty() || !out.refused.empty() ? Shape::rows : Shape::empty;
    return out;
}

} // namespace

TextTable read_table(std::string_view text, std::span<const Field> fields, std::size_t sure) {
    TextTable out;
    if (text.size() > most_bytes) {
        out.shape = Shape::unknown;
        return out;
    }
    const std::string_view bare = util::trim(text.starts_with("\xEF\xBB\xBF") ? text.substr(3) : text);
    if (bare.starts_with('<')) {
        out.shape = Shape::web_page;
        return out;
    }
    return bare.starts_with('[') || bare.starts_with('{') ? from_json(bare, fields) : from_csv(text, fields, sure);
}

} // namespace jmrp::snds
