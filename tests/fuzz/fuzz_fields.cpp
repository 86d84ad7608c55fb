// Any bytes as a header block, and every value in it as a date, an address, a mailbox, a sender and an IP.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "classify/derive.hpp"
#include "classify/received.hpp"
#include "domain/ip.hpp"
#include "domain/redaction.hpp"
#include "mail/message.hpp"
#include "mail/received.hpp"

using namespace jmrp;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    std::vector<domain::Defect> defects;
    std::string_view rest;
    domain::Limits limits;
    limits.field_bytes = 1000;
    for (const mail::Field& field : mail::parse_fields(text, limits, defects, &rest)) {
        if (field.name.empty() || field.value.size() > limits.field_bytes ||
            field.value.find('\n') != std::string::npos)
            std::abort();
        const std::string_view value = field.value;
        if (const auto date = mail::parse_date(value); date && mail::parse_date(util::iso8601(*date)) != date)
            std::abort();
        if (const auto ip = domain::parse_ip(value); ip && domain::parse_ip(ip->text()) != ip)
            std::abort();
        if (const auto address = domain::parse_address(value);
            address && domain::parse_address(address->text()) != address)
            std::abort();
        if (domain::read_mailbox(value).address.has_value() !=
            (domain::read_mailbox(value).status == domain::RecipientStatus::known))
            std::abort();
        if (const auto sender = domain::bare_sender(value);
            sender && !sender->empty() && domain::bare_sender(*sender) != sender)
            std::abort();
        mail::read_received(value);
        classify::sender_ip_is(value);
        classify::tagged(value, "client-ip");
        classify::bare_message_id(value);
        classify::without_comments(value);
    }
    if (rest.size() > size)
        std::abort();
    return 0;
}
