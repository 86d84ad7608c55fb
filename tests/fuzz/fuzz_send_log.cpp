// The readers of logs and counts: whatever the lines, each answers, and tells only what the store can keep.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "traffic/counts.hpp"
#include "traffic/reader.hpp"
#include "util/fault.hpp"

namespace {

void require(bool condition) {
    if (!condition)
        std::abort();
}

void check(const jmrp::domain::SentRecord& record) {
    require(!record.queue_id.empty());
    require(!record.recipient.local.empty() && !record.recipient.domain.empty());
    require(jmrp::domain::parse_address(record.recipient.text()).has_value());
    require(!record.provider.empty());
    require(!record.message_id || !record.message_id->empty());
}
void check(const jmrp::domain::SentName& name) {
    require(!name.queue_id.empty());
}
void check(const jmrp::domain::SentEnd& end) {
    require(!end.queue_id.empty());
}

void check(const jmrp::domain::TrafficCount& count) {
    require(!count.provider.empty());
    require(!count.source_ip.empty() || !count.domain.empty() || !count.list.empty() || !count.campaign.empty());
    require(count.accepted >= 0 && count.deferred >= 0 && count.rejected >= 0);
    require(count.attempted >= count.accepted + count.deferred + count.rejected);
}

/// The first line is the header.
void read_counts(std::string_view text, const jmrp::traffic::Context& context) {
    try {
        const std::size_t header = std::min(text.find('\n'), text.size());
        const jmrp::traffic::CountRows rows(text.substr(0, header), context);
        for (text.remove_prefix(header); !text.empty();) {
            text.remove_prefix(1);
            const std::size_t end = std::min(text.find('\n'), text.size());
            const auto said = rows.read(text.substr(0, end));
            if (const auto* count = std::get_if<jmrp::domain::TrafficCount>(&said))
                check(*count);
            text.remove_prefix(end);
        }
    } catch (const jmrp::util::Fault&) {
        return; // a header line of something else
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    if (size == 0)
        return 0;
    const auto formats = jmrp::traffic::formats();
    const auto& format = formats[bytes[0] % formats.size()];
    std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
    jmrp::traffic::Context context;
    context.zone = {false, 0};
    context.latest = 1795305600;
    if (bytes[0] & 0x80U)
        context.year = 2024;
    read_counts(text, context);
    const auto reader = format.make(context);
    reader->begin(text.substr(0, text.find('\n')));
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        for (const auto& event : reader->read(text.substr(0, end)).events)
            std::visit([](const auto& one) { check(one); }, event);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return 0;
}
