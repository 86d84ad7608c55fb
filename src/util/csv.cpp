#include "util/csv.hpp"

#include <algorithm>

namespace jmrp::util {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// Takes one record's fields from the begin of `text`. Returns its length without the line feed.
std::size_t read_record(std::string_view text, std::vector<std::string>& fields, bool& closed) {
    fields.assign(1, {});
    bool quoted = false;
    closed = true;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        const char c = text[i];
        const char after = i + 1 < text.size() ? text[i + 1] : '\n';
        if (quoted && c == '"' && after == '"') {
            fields.back() += text[++i];
        } else if (quoted && c == '"') {
            quoted = false;
            closed = closed && (after == ',' || after == '\r' || after == '\n');
        } else if (c == '"' && fields.back().empty()) {
            quoted = true;
        } else if (c == ',' && !quoted) {
            fields.emplace_back();
        } else if (c == '\n' && !quoted) {
            break;
        } else {
            fields.back() += c;
        }
    }
    closed = closed && !quoted;
    return i;
}

} // namespace

CsvRecords::CsvRecords(std::string_view text)
    : rest_(text.starts_with(byte_order_mark) ? text.substr(byte_order_mark.size()) : text) {}

std::optional<CsvRecord> CsvRecords::next() {
    while (!rest_.empty()) {
        CsvRecord record;
        record.line = line_;
        const std::string_view first_line = rest_.substr(0, rest_.find('\n'));
        std::size_t length = read_record(lines_only_ ? first_line : rest_, record.fields, record.closed);
        if (!record.closed && !lines_only_) {
            lines_only_ = true;
            length = read_record(first_line, record.fields, record.closed);
        }
        record.raw = rest_.substr(0, length);
        line_ += static_cast<std::size_t>(std::count(record.raw.begin(), record.raw.end(), '\n')) + 1;
        rest_.remove_prefix(std::min(rest_.size(), length + 1));
        if (record.raw.ends_with('\r')) {
            record.raw.remove_suffix(1);
            if (record.fields.back().ends_with('\r'))
                record.fields.back().pop_back();
        }
        if (!record.raw.empty())
            return record;
    }
    return std::nullopt;
}

std::optional<std::vector<std::string>> csv_fields(std::string_view record) {
    std::vector<std::string> fields;
    bool closed = true;
    const std::size_t length = read_record(record, fields, closed);
    return closed && length == record.size() ? std::optional(std::move(fields)) : std::nullopt;
}

} // namespace jmrp::util
