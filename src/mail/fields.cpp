#include <algorithm>

#include "mail/header_block.hpp"
#include "util/text.hpp"

namespace jmrp::mail {

namespace {

constexpr std::size_t detail_bytes = 80;

struct Line {
    std::string_view text; ///< without its line end
    std::size_t next = 0;  ///< where the line after it begins
};

Line line_at(std::string_view text, std::size_t at) noexcept {
    const std::size_t end = text.find('\n', at);
    std::string_view line = text.substr(at, end == std::string_view::npos ? end : end - at);
    while (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    return {line, end == std::string_view::npos ? text.size() : end + 1};
}

bool continues(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// The length of the field name the line begins with; 0 where it is no field. Blanks before the colon are the obsolete
/// syntax of RFC 5322 section 4.5 and still written.
std::size_t name_length(std::string_view line) noexcept {
    std::size_t i = 0;
    while (i < line.size() && line[i] > ' ' && line[i] < '\x7F' && line[i] != ':')
        ++i;
    std::size_t colon = i;
    while (colon < line.size() && continues(line[colon]))
        ++colon;
    return colon < line.size() && line[colon] == ':' ? i : 0;
}

/// The end of a header block whose reading was given up: what follows its first blank line.
std::string_view after_blank_line(std::string_view text, std::size_t at) noexcept {
    while (at < text.size()) {
        const Line line = line_at(text, at);
        at = line.next;
        if (line.text.empty())
            break;
    }
    return text.substr(at);
}

} // namespace

void note(std::vector<domain::Defect>& defects, std::string_view code, std::string_view detail) {
    if (std::none_of(defects.begin(), defects.end(), [&](const domain::Defect& defect) { return defect.code == code; }))
        defects.push_back({std::string(code), std::string(detail.substr(0, detail_bytes))});
}

HeaderBlock read_header_block(std::string_view text, HeaderOf kind, const domain::Limits& limits,
                              std::vector<domain::Defect>& defects) {
    HeaderBlock block;
    std::size_t at = 0;
    bool begun = false;
    while (at < text.size()) {
        const Line line = line_at(text, at);
        if (line.text.empty()) {
            at = line.next;
            if (begun || kind == HeaderOf::part)
                break;
            continue;
        }
        const std::size_t name = name_length(line.text);
        if (name == 0) {
            if (kind == HeaderOf::part && !begun) {
                note(defects, "part-without-header", line.text);
                break;
            }
            // A boundary straight after the fields: the writer forgot the blank line.
            if (begun && line.text.starts_with("--")) {
                note(defects, "no-blank-line-after-header", line.text);
                break;
            }
            const bool mbox = line.text.starts_with("From ") || line.text.starts_with(">From ");
            note(defects, mbox ? "mbox-line-in-header" : "line-is-no-field", line.text);
            at = line.next;
            begun = begun || kind == HeaderOf::part || !mbox;
            continue;
        }
        begun = true;
        if (block.fields.size() >= limits.headers || at > limits.header_bytes) {
            note(defects, block.fields.size() >= limits.headers ? "too-many-fields" : "header-too-long");
            block.body = after_blank_line(text, at);
            return block;
        }
        std::string_view first = line.text.substr(line.text.find(':', name) + 1);
        at = line.next;
        std::string value;
        if (at >= text.size() || !continues(text[at])) {
            value = util::trim(first).substr(0, limits.field_bytes);
            if (first.size() > limits.field_bytes)
                note(defects, "field-too-long", line.text.substr(0, name));
        } else {
            value = first;
            while (at < text.size() && continues(text[at])) {
                const Line more = line_at(text, at);
                if (value.size() <= limits.field_bytes)
                    value += more.text;
                at = more.next;
            }
            if (value.size() > limits.field_bytes) {
                note(defects, "field-too-long", line.text.substr(0, name));
                value.resize(limits.field_bytes);
            }
            const std::string_view trimmed = util::trim(value);
            if (trimmed.size() != value.size())
                value = std::string(trimmed);
        }
        block.fields.add(std::string(line.text.substr(0, name)), std::move(value));
    }
    block.body = text.substr(std::min(at, text.size()));
    return block;
}

Fields parse_fields(std::string_view block, const domain::Limits& limits, std::vector<domain::Defect>& defects,
                    std::string_view* rest) {
    HeaderBlock read = read_header_block(block, HeaderOf::message, limits, defects);
    if (rest)
        *rest = read.body;
    return std::move(read.fields);
}

const std::string* Fields::first(std::string_view name) const noexcept {
    const auto hit = std::find_if(fields_.begin(), fields_.end(),
                                  [&](const Field& field) { return util::equal_ignoring_case(field.name, name); });
    return hit == fields_.end() ? nullptr : &hit->value;
}

std::vector<std::string_view> Fields::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const Field& field : fields_)
        if (util::equal_ignoring_case(field.name, name))
            values.emplace_back(field.value);
    return values;
}

std::size_t Fields::count(std::string_view name) const noexcept {
    return static_cast<std::size_t>(std::count_if(fields_.begin(), fields_.end(), [&](const Field& field) {
        return util::equal_ignoring_case(field.name, name);
    }));
}

} // namespace jmrp::mail
