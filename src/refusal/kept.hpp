#pragma once
// What is kept of a refusal, and whose it is. Pure.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/refused.hpp"

namespace jmrp::refusal {

/// How the mail got to the server that refused it.
struct Way {
    std::string_view provider; ///< of the server it was handed to (traffic::provider_of); empty: not known
    std::string_view host;     ///< that server; empty: not known
    std::string_view recipient_domain;
    std::optional<domain::Ip> source_ip; ///< it left from
};

/// A server's word counts as Microsoft's where the server is Microsoft's, or in an own domain and hands on what it heard. Where nothing
/// tells the server, wordings that are Microsoft's alone decide. What others say they heard is hearsay: a forwarder that is
/// blocked itself says so in the same words.
domain::Refused kept(const domain::Rejection& rejection, const Way& way, const std::vector<std::string>& own_domains);

/// In one of the own domains.
bool is_own_host(std::string_view host, const std::vector<std::string>& own_domains);

/// At most `most_text` bytes of it, without the names of people (domain::without_people).
std::string kept_text(std::string_view text);
inline constexpr std::size_t most_text = 500;

/// It says that this mailbox does not exist; a full one or one that takes mail from members alone does.
bool says_no_mailbox(const domain::Rejection& rejection) noexcept;

} // namespace jmrp::refusal
