#include "util/kill_point.hpp"

#ifdef JMRP_KILL_POINTS
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

namespace jmrp::util {

void kill_point(std::string_view name, std::string_view context) {
    const char* wanted = std::getenv("JMRP_KILL_AT");
    if (!wanted)
        return;
    const std::string_view text(wanted);
    const auto at = text.find('@');
    if (text.substr(0, at) != name)
        return;
    if (at != std::string_view::npos && context.find(text.substr(at + 1)) == std::string_view::npos)
        return;
    if (const char* once = std::getenv("JMRP_KILL_ONCE"); once && ::unlink(once) != 0)
        return;
    ::raise(SIGKILL);
}

} // namespace jmrp::util
#endif
