// The mbox reader: whatever the bytes, and wherever its blocks end, it yields the same messages, and no byte twice.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "source/kinds.hpp"
#include "util/fd.hpp"
#include "util/log.hpp"

namespace {

constexpr std::size_t limit = 4096;

void require(bool condition) {
    if (!condition)
        std::abort();
}

std::vector<jmrp::domain::RawMessage> split(const std::string& path, std::size_t size, std::size_t block) {
    const auto source = jmrp::source::open_mbox(path, limit, block);
    std::vector<jmrp::domain::RawMessage> messages;
    std::size_t taken = 0;
    while (auto message = source->next()) {
        require(!message->bytes.empty() && message->bytes.size() <= limit);
        require(!message->truncated || message->bytes.size() == limit);
        taken += message->bytes.size() + message->envelope.size();
        messages.push_back(std::move(*message));
    }
    require(taken <= size);
    require(source->position().done == size && source->position().total == size);
    return messages;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    jmrp::util::set_log_level(jmrp::util::LogLevel::error);
    const jmrp::util::Fd file(::memfd_create("mbox", MFD_CLOEXEC));
    if (!file)
        return 0;
    jmrp::util::write_all(file.get(), {reinterpret_cast<const char*>(bytes), size}, "memory");
    const std::string path = "/proc/self/fd/" + std::to_string(file.get()); // opened anew each time, at offset 0
    const auto large = split(path, size, std::size_t{1} << 20U);
    const auto small = split(path, size, 1 + size % 7);
    require(large.size() == small.size());
    for (std::size_t i = 0; i < large.size(); ++i) {
        require(large[i].bytes == small[i].bytes && large[i].envelope == small[i].envelope);
        require(large[i].truncated == small[i].truncated);
    }
    return 0;
}
