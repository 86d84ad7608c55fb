// The readers of logs: whatever the lines, each format's reader answers, and tells only deliveries that the store can keep.
#include <cstdint>
#include <cstdlib>

#include "traffic/reader.hpp"

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
