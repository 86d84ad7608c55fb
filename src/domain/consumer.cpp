#include "domain/consumer.hpp"

#include <limits>

#include "util/text.hpp"

namespace jmrp::domain {

std::string Cursor::text() const {
    return std::to_string(seq) + "@" + std::to_string(at);
}

std::optional<Cursor> parse_cursor(std::string_view text) {
    if (text == "0")
        return Cursor{};
    const std::size_t mark = text.find('@');
    if (mark == std::string_view::npos)
        return std::nullopt;
    const auto seq = util::parse_unsigned(text.substr(0, mark));
    const auto at = util::parse_unsigned(text.substr(mark + 1));
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (!seq || !at || *seq > most || *at > most)
        return std::nullopt;
    return Cursor{static_cast<std::int64_t>(*seq), static_cast<util::Seconds>(*at)};
}

std::string Consumer::form() const {
    std::string out =
        format + "\n" + to.string() + server.url + "\n" + list + "\n" + (filter.scope ? filter.scope->text() : "");
    for (const Reason reason : filter.reasons)
        out += "\n" + std::string(to_text(reason));
    for (const std::string& word : command)
        out += "\n " + word;
    return out;
}

} // namespace jmrp::domain
