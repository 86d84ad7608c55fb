#include "cli/commands/commands.hpp"

namespace jmrp::cli {

namespace {

constexpr Option options[] = {
    {"helo", "NAME", "the name that the server says of itself (HELO, EHLO)"},
    {"from", "DOMAIN", "the domain of the From field; several with commas between"},
    {"envelope", "DOMAIN", "the domain of the envelope sender, likewise; else that of --from"},
    {"offline", nullptr, "ask nobody: the answers of before, whatever their age"},
    json_option,
};

} // namespace

const Command dns_command{"dns",
                          "check IP [--helo NAME] [--from DOMAIN] [--envelope DOMAIN]",
                          "what the DNS says of a sender: PTR, SPF, DMARC, and whether Spamhaus lists it",
                          "jmrp dns check 192.0.2.10 --helo mail.example.com --from example.com",
                          options,
                          nullptr, // network/dns.cpp
                          true,
                          Runs::in_jmrp_net};

} // namespace jmrp::cli
