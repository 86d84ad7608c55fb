#pragma once
// Named places where a developer build dies on demand (SIGKILL), for the crash tests:
//     JMRP_KILL_AT=NAME          at the first passage of the point NAME
//     JMRP_KILL_AT=NAME@NEEDLE   only when the point's context holds NEEDLE
//     JMRP_KILL_ONCE=FILE        only while FILE exists, which is removed before: one death, however many processes pass
// In a build for users the calls compile to nothing.
#include <string_view>

namespace jmrp::util {

#ifdef JMRP_KILL_POINTS
void kill_point(std::string_view name, std::string_view context = {});
#else
inline void kill_point(std::string_view, std::string_view = {}) {}
#endif

} // namespace jmrp::util
