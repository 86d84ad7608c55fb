#include "dns/public_suffix.hpp"

#include <libpsl.h>

#include <memory>

namespace jmrp::dns {

std::string organizational_domain(std::string_view domain) {
    static const std::unique_ptr<psl_ctx_t, void (*)(psl_ctx_t*)> list(::psl_latest(nullptr), ::psl_free);
    const std::string name(domain);
    const char* registered = list ? ::psl_registrable_domain(list.get(), name.c_str()) : nullptr;
    return registered ? registered : name;
}

} // namespace jmrp::dns
