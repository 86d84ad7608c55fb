#pragma once
// What a message is to the milter: left alone, or given a token for somebody. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/stamping.hpp"

namespace jmrp::milter {

/// Who hands the mail in.
struct Client {
    std::optional<domain::Ip> ip; ///< nothing: this host, by the sendmail command or a socket
    bool authenticated = false;
};

/// One message, as the mail server tells it.
struct Letter {
    std::string sender;                  ///< as in MAIL FROM, "<>" for none
    std::vector<std::string> recipients; ///< as in RCPT TO; one that was refused is not there
    bool too_many_recipients = false;    ///< more than most_recipients
    std::string from;                    ///< the first From field
    std::string message_id;              ///< the first Message-ID field
    /// The fields of ours that are there already: one entry a rules.headers, each with its values from the top.
    std::vector<std::vector<std::string>> stamps;
};
/// A Postfix takes 1000 by SMTP; the sendmail command takes what fits.
inline constexpr std::size_t most_recipients = 50'000;

struct Plan {
    bool stamp = false;
    std::optional<domain::Address> recipient; ///< to be sealed in the token; nothing: many, or none that fits in
    std::vector<domain::Address> recipients;  ///< every one that is an address, each once; own ones included
};

Plan plan(const Client& client, const Letter& letter, const domain::StampingRules& rules);

} // namespace jmrp::milter
