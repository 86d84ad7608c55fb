#pragma once
#include "domain/reading.hpp"
namespace jmrp::cli { inline std::string inspect_json(const domain::Reading&, std::string_view, std::size_t){return "{}";} inline std::string inspect_text(const domain::Reading&, std::string_view, std::size_t){return "-";} }
