#pragma once
// CSV without a header, CSV with one, or JSON -> texts by name. Private to the parsers of this folder.
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "snds/parse.hpp"

namespace jmrp::snds {

struct Field {
    std::string_view name;                   ///< as a header or JSON may call it, lower case, letters and digits only
    std::vector<std::string_view> also = {}; ///< other names for it
};

struct TextRow {
    std::size_t line = 0;
    std::string raw;
    std::vector<std::string> texts; ///< one a field, trimmed, empty where it is missing
};

struct TextTable {
    Shape shape = Shape::empty;
    std::vector<TextRow> rows;
    std::vector<Refused> refused;
    bool drifted = false;
};

/// Without a header the columns are the fields in order; where there are more or fewer, only the first `sure` of them are read, and
/// a row with less than these is refused.
TextTable read_table(std::string_view text, std::span<const Field> fields, std::size_t sure);

} // namespace jmrp::snds
