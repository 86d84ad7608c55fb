#include "util/fault.hpp"

#include <cerrno>
#include <system_error>
#include <utility>

namespace jmrp::util {

namespace {

FaultKind kind_of(int error_number) {
    switch (error_number) {
    case ENOENT:
    case ENOTDIR:
        return FaultKind::not_found;
    case EACCES:
    case EPERM:
    case EROFS:
        return FaultKind::permission;
    case EAGAIN:
    case EBUSY:
        return FaultKind::busy;
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
        return FaultKind::full;
    default:
        return FaultKind::system;
    }
}

} // namespace

Fault::Fault(FaultKind kind, std::string attempted, std::string why, std::string hint)
    : kind_(kind), text_("cannot " + std::move(attempted) + ": " + std::move(why)) {
    if (!hint.empty())
        text_ += " (" + std::move(hint) + ")";
    for (char& c : text_)
        if (c == '\n' || c == '\r')
            c = ' ';
}

Fault Fault::retold(FaultKind kind, std::string text) {
    return Fault(kind, std::move(text));
}

Fault system_fault(std::string attempted, int error_number, std::string hint) {
    return Fault(kind_of(error_number), std::move(attempted), std::generic_category().message(error_number),
                 std::move(hint));
}

} // namespace jmrp::util
