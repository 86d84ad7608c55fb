#pragma once
// The overview as metrics: https://prometheus.io/docs/instrumenting/exposition_formats/ (text format 0.0.4), with names by
// https://prometheus.io/docs/practices/naming/. What is not known has no sample, rather than a zero.
#include <string>
#include <string_view>

#include "publish/overview.hpp"

namespace jmrp::publish {

std::string prometheus_text(const Overview& overview);

/// What stands between the quotes of a label: valid UTF-8 in which nothing ends the label or the line.
std::string prometheus_label(std::string_view value);

} // namespace jmrp::publish
