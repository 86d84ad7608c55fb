#include <algorithm>
#include <array>

#include "authenticate/rules.hpp"
#include "mail/received.hpp"
#include "util/text.hpp"

namespace jmrp::authenticate {

namespace {

using domain::Says;

constexpr std::array<std::string_view, 6> recipient_fields = {
    "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc"};
constexpr std::size_t most_bytes = 64 << 10; ///< of one field: a secret address is not one of hundreds

/// Whether one of the words of the text is one of the addresses. Words, so that nothing depends on how a list of mailboxes is
/// read: who knows the address may write it as he likes.
bool names_one_of(std::string_view text, const std::vector<std::string>& keys) {
    constexpr std::string_view separators = " \t\r\n<>,;:()\"";
    text = text.substr(0, most_bytes);
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(separators), text.size());
        const std::string_view word = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (word.find('@') == std::string_view::npos)
            continue;
        if (const auto address = domain::parse_address(word))
            if (std::find(keys.begin(), keys.end(), address->key()) != keys.end())
                return true;
    }
    return false;
}

} // namespace

Spoken read_secret_address(const Evidence& evidence) {
    if (evidence.rules.secret_addresses.empty())
        return {Says::nothing, "no secret address is configured"};
    std::vector<std::string> keys;
    for (const domain::Address& address : evidence.rules.secret_addresses)
        keys.push_back(address.key());
    for (const std::string_view name : recipient_fields)
        for (const std::string_view value : evidence.outer.all(name))
            if (names_one_of(value, keys))
                return {Says::in_favor, "its " + std::string(name) + " is a secret address"};
    if (const std::string* received = evidence.outer.first("Received"))
        if (names_one_of(mail::read_received(*received).for_mailbox, keys))
            return {Says::in_favor, "it was received for a secret address"};
    return {Says::nothing, "it was not sent to a secret address"};
}

} // namespace jmrp::authenticate
