#pragma once
// `jmrp rates --json`; schemas/json/rates.schema.json describes it.
#include "cli/json.hpp"
#include "cli/rating.hpp"

namespace jmrp::cli {

Json rates_json(const RateQuestion& question, const RateAnswer& answer);

} // namespace jmrp::cli
