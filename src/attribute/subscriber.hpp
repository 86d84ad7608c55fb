#pragma once
// What list software writes into a mail to know its recipient again: a number in its database, seldom the address itself. None
// of it is sealed: whoever has seen one such mail can write another number.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/address.hpp"
#include "domain/subscriber.hpp"
#include "mail/message.hpp"

namespace jmrp::attribute {

struct SubscriberReading {
    std::vector<domain::Subscriber> subscribers; ///< each once, at most `most_subscribers`
    std::optional<domain::Address> address;      ///< where the software writes the address in clear
    bool conflict = false;                       ///< two places name two addresses
    std::string field;                           ///< where the first of them was found
    std::string why;                             ///< one sentence
};
inline constexpr std::size_t most_subscribers = 8;

/// Reads the header of the reported mail. `original_mail_from` is what the report says of the return path, or "". `patterns`
/// come from the configuration and are tried before the built-in ones.
SubscriberReading read_subscribers(const mail::Fields& original, std::string_view original_mail_from,
                                   const std::vector<std::string>& patterns);

/// A pattern is a regular expression with the named group `id` or `address`, and `system` where it tells that too:
///     X-My-Subscriber: ^(?<id>[0-9]+)$      looks into that field
///     /leave/(?<id>[0-9a-f]+)               looks into the URIs of List-Unsubscribe, into Message-ID, Feedback-ID and
///                                           CFBL-Feedback-ID, and into the return path
/// Throws Fault(configuration) where it is none.
void check_subscriber_pattern(std::string_view pattern);

} // namespace jmrp::attribute
