#pragma once
// What a command ends with. The numbers are those of sysexits.h, as mail servers and cron know them; `check` ends as monitoring
// plugins do, 0 to 3, whatever happens.
#include "util/fault.hpp"

namespace jmrp::cli {

enum class ExitStatus : int {
    ok = 0,
    warning = 1, ///< check; doctor: something is to be done
    critical = 2,
    unknown = 3,
    usage = 64,
    bad_input = 65,
    no_input = 66,
    system = 71,
    io = 74,
    try_again = 75,
    no_permission = 77,
    configuration = 78,
};

inline ExitStatus status_for(util::FaultKind kind) {
    switch (kind) {
    case util::FaultKind::usage:
        return ExitStatus::usage;
    case util::FaultKind::configuration:
        return ExitStatus::configuration;
    case util::FaultKind::not_found:
        return ExitStatus::no_input;
    case util::FaultKind::permission:
        return ExitStatus::no_permission;
    case util::FaultKind::busy:
    case util::FaultKind::full:
    case util::FaultKind::network:
        return ExitStatus::try_again;
    case util::FaultKind::newer:
    case util::FaultKind::damaged:
        return ExitStatus::bad_input;
    case util::FaultKind::system:
        return ExitStatus::system;
    }
    return ExitStatus::system;
}

} // namespace jmrp::cli
