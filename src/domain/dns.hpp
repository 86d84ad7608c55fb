#pragma once
// A question to the DNS and what came of it.
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ip.hpp"
#include "domain/names.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

enum class RecordType { a, aaaa, mx, ptr, txt };
template <>
struct Names<RecordType> {
    static constexpr std::pair<RecordType, std::string_view> table[] = {{RecordType::a, "A"},
                                                                        {RecordType::aaaa, "AAAA"},
                                                                        {RecordType::mx, "MX"},
                                                                        {RecordType::ptr, "PTR"},
                                                                        {RecordType::txt, "TXT"}};
};

struct DnsQuestion {
    std::string name; ///< without a dot at its end; may hold any byte
    RecordType type = RecordType::a;
    std::string shown; ///< the name for people and for the cache, where a part of it is secret; else empty

    /// "mail.example.com A", never with a secret: lower case, printable ASCII.
    std::string text() const;
};

enum class DnsOutcome {
    answer,
    no_such_name, ///< NXDOMAIN
    no_data,      ///< the name is there, such a record is not
    failure,      ///< nobody knows: no answer in time, an error of the server, an answer that cannot be read
};
template <>
struct Names<DnsOutcome> {
    static constexpr std::pair<DnsOutcome, std::string_view> table[] = {{DnsOutcome::answer, "answer"},
                                                                        {DnsOutcome::no_such_name, "no-such-name"},
                                                                        {DnsOutcome::no_data, "no-data"},
                                                                        {DnsOutcome::failure, "failure"}};
};

struct DnsAnswer {
    DnsOutcome outcome = DnsOutcome::failure;
    /// An address, a host name (MX, PTR: lower case, no dot at its end; the null MX is ""), or the strings of a TXT record, joined.
    /// For MX in the order of preference. Names and texts are what strangers wrote: any byte.
    std::vector<std::string> values;
    std::string why; ///< of a failure, in our words
    util::Seconds asked_at = 0;

    bool is_void() const { return outcome == DnsOutcome::no_such_name || outcome == DnsOutcome::no_data; }
    friend bool operator==(const DnsAnswer&, const DnsAnswer&) = default;
};

/// The values, one a line, with "\DDD" for what is no printable ASCII (as in RFC 1035 section 5.1), or the reason of a failure.
std::string content_of(const DnsAnswer& answer);
/// The reverse. Nothing where `content` was not written by content_of.
std::optional<DnsAnswer> dns_answer_of(DnsOutcome outcome, std::string_view content, util::Seconds asked_at);

/// In network order; IPv4 in the first four.
std::array<unsigned char, 16> bytes_of(const Ip& ip);

/// The name under which the DNS knows an address: "1.2.0.192" or 32 nibbles (RFC 3596 section 2.5), without the zone.
std::string reversed(const Ip& ip);

} // namespace jmrp::domain
