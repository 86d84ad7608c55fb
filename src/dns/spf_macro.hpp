#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "domain/ip.hpp"

namespace jmrp::dns {

/// What the letters of macros stand for (RFC 7208 section 7.2).
struct SpfMacros {
    domain::Ip ip;
    std::string local; ///< of the sender
    std::string sender_domain;
    std::string domain; ///< whose record is read
    std::string helo;
    std::function<std::string()> name_of_ip; ///< "p", asked for when it is needed
};

/// The name that a domain-spec stands for, without a dot at its end; its left labels go until it fits into 253 bytes
/// (section 7.3). Takes one that obeys the grammar.
std::string expand(std::string_view domain_spec, const SpfMacros& macros);

} // namespace jmrp::dns
