#pragma once
#include <nlohmann/json.hpp>

#include "domain/suppression.hpp"

namespace jmrp::exports {

/// "address", and for those whose address is not known "system" and "identifier".
nlohmann::ordered_json person_json(const std::string& text);
nlohmann::ordered_json suppression_json(const domain::Suppression& suppression);

} // namespace jmrp::exports
