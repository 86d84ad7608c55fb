#pragma once
#include <nlohmann/json.hpp>

#include "cli/output.hpp"

namespace jmrp::cli {

using Json = nlohmann::ordered_json;

inline constexpr int format_version = 1;

/// Bytes that are no UTF-8 come out as U+FFFD.
inline std::string one_line(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// One line on standard output.
inline void print_json(const Json& json) {
    print_line(one_line(json));
}

inline Json time_or_null(const std::optional<util::Seconds>& at) {
    return at ? Json(util::iso8601(*at)) : Json(nullptr);
}

} // namespace jmrp::cli
