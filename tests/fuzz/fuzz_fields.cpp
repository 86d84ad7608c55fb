// Blocks of header-like fields, dates and addresses: the small parsers that every report goes through.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "domain/address.hpp"
#include "mail/message.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const jmrp::domain::Limits limits;
    std::vector<jmrp::domain::Defect> defects;
    std::string_view rest;
    const jmrp::mail::Fields fields = jmrp::mail::parse_fields(text, limits, defects, &rest);
    if (fields.size() > limits.headers || rest.size() > text.size())
        std::abort();
    for (const jmrp::mail::Field& field : fields) {
        if (field.value.size() > limits.field_bytes)
            std::abort();
        static_cast<void>(jmrp::mail::parse_date(field.value));
        const auto address = jmrp::domain::parse_address(field.value);
        // What was read as an address is read again as the same one.
        if (address && jmrp::domain::parse_address(address->text()) != address)
            std::abort();
    }
    return 0;
}
