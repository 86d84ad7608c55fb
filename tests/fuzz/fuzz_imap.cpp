// What an IMAP server says: whatever the bytes and wherever they are cut, the responses are the same, bounded, and taken apart
// without harm; and a name of a folder that is well formed comes back the same.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "imap/folder_name.hpp"
#include "imap/response.hpp"
#include "util/text.hpp"

namespace {

using namespace jmrp::imap;

constexpr std::size_t literal_limit = 100;

void require(bool condition) {
    if (!condition)
        std::abort();
}

std::vector<Response> read(std::string_view bytes, std::size_t block) {
    ResponseReader reader(literal_limit);
    std::vector<Response> out;
    while (!bytes.empty() && !reader.broken()) {
        std::string_view part = bytes.substr(0, block);
        bytes.remove_prefix(part.size());
        while (auto response = reader.read(part))
            out.push_back(std::move(*response));
        require(part.empty() || reader.broken());
    }
    return out;
}

bool same(const Response& a, const Response& b) {
    return a.kind == b.kind && a.tag == b.tag && a.number == b.number && a.name == b.name && a.code == b.code &&
           a.text == b.text && a.literals == b.literals;
}

std::size_t size_of(const std::vector<Item>& items) {
    std::size_t size = 0;
    for (const Item& item : items)
        size += item.text.size() + size_of(item.items);
    return size;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    auto large = read(bytes, size + 1);
    const auto small = read(bytes, 1 + size % 5);
    require(large.size() == small.size());
    for (std::size_t i = 0; i < large.size(); ++i) {
        require(same(large[i], small[i]));
        std::size_t room = large[i].text.size();
        for (const std::string& literal : large[i].literals)
            room += literal.size();
        require(room <= large[i].text.size() + literal_limit);
        Response copy = large[i];
        if (const auto items = parse_items(copy))
            require(size_of(*items) <= room);
        static_cast<void>(numbers_of(large[i].text));
        if (const auto fetched = fetched_of(large[i]); fetched && fetched->body)
            require(fetched->body->size() <= room);
    }
    if (const auto wire = to_modified_utf7(bytes)) {
        for (const char c : *wire)
            require(c >= 0x20 && c <= 0x7E);
        require(from_modified_utf7(*wire) == bytes);
    } else {
        require(jmrp::util::to_valid_utf8(bytes) != bytes);
    }
    static_cast<void>(from_modified_utf7(bytes));
    return 0;
}
