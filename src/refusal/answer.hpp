#pragma once
// What stands in the text of a refusal besides its reason: the enhanced status code, who refused, and when.
#include <optional>
#include <string>
#include <string_view>

#include "domain/rejection.hpp"
#include "util/clock.hpp"

namespace jmrp::refusal {

/// The first enhanced status code (RFC 3463) in it, "5.7.606".
std::optional<std::string> find_status(std::string_view text);

/// The server that gave the answer, by the words in which mail servers report one ("host mx.example.net[192.0.2.1] said:",
/// "... while talking to mx.example.net.:"), lower case. An address in text where no name stands there. Empty: nothing.
std::string find_host(std::string_view text);

/// Microsoft's servers sign an answer: "[HOST 2026-11-12T10:00:00.000Z ID]", until about 2020 "[HOST]". Where an answer
/// passed several, the last one spoke with the sender.
struct Signature {
    std::string host; ///< lower case
    std::optional<util::Seconds> at;
};
std::optional<Signature> find_signature(std::string_view text);

/// Whose server it is. A domain or host of Microsoft's that serves both lists is `microsoft`.
enum class Door { unknown, elsewhere, microsoft, outlook_com, office365 };
/// By host name, or by address in text (Microsoft publishes the networks of its mail servers).
Door door_of_host(std::string_view host);
/// By the recipient's domain: outlook_com for those of consumers, else unknown. Others hide who hosts them.
Door door_of_domain(std::string_view domain);

/// Of servers of Microsoft's, not of its customers.
bool is_microsoft_server(const domain::Ip& ip);

} // namespace jmrp::refusal
