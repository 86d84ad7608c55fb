#include "cli/detect/own_setup.hpp"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

#include <memory>

#include "util/seal.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

/// The public addresses of this machine's interfaces.
std::vector<domain::Network> own_networks() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0)
        return {};
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
    std::vector<domain::Network> out;
    for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
        if (!entry->ifa_addr)
            continue;
        char text[INET6_ADDRSTRLEN] = {};
        const void* bytes = nullptr;
        if (entry->ifa_addr->sa_family == AF_INET)
            bytes = &reinterpret_cast<const sockaddr_in*>(entry->ifa_addr)->sin_addr;
        else if (entry->ifa_addr->sa_family == AF_INET6)
            bytes = &reinterpret_cast<const sockaddr_in6*>(entry->ifa_addr)->sin6_addr;
        if (!bytes || !::inet_ntop(entry->ifa_addr->sa_family, bytes, text, sizeof text))
            continue;
        if (const auto network = domain::parse_network(text); network && network->base.is_public())
            out.push_back(*network);
    }
    return out;
}

} // namespace

OwnSetup detect_own_setup(const Machine& machine) {
    OwnSetup out;
    out.server = detect_mail_server(machine);
    out.border = detect_border(machine, out.server);
    out.networks = own_networks();
    return out;
}

domain::Address new_feedback_address(const std::string& domain) {
    constexpr char digits[] = "0123456789abcdef";
    domain::Address out{"fbl-", domain};
    do {
        out.local.resize(4);
        const util::SealNonce random = util::random_nonce();
        for (std::size_t i = 0; i < 6; ++i) {
            out.local += digits[random[i] >> 4U];
            out.local += digits[random[i] & 0xFU];
        }
    } while (!looks_unguessable(out.local)); // few digits by chance
    return out;
}

bool looks_unguessable(std::string_view local_part) noexcept {
    constexpr int least_length = 10;
    constexpr int least_turns = 3;
    int length = 0;
    int turns = 0;
    char before = 0;
    for (const char c : local_part) {
        if (!util::is_alnum(c)) {
            length = turns = 0;
            continue;
        }
        turns += length > 0 && util::is_digit(c) != util::is_digit(before) ? 1 : 0;
        ++length;
        before = c;
        if (length >= least_length && turns >= least_turns)
            return true;
    }
    return false;
}

} // namespace jmrp::cli
