#include "domain/message_id.hpp"

#include "util/text.hpp"

namespace jmrp::domain {

std::optional<std::string> bare_message_id(std::string_view text) {
    const std::size_t open = text.find('<');
    if (open != std::string_view::npos)
        text = text.substr(open + 1, text.find('>', open) - open - 1);
    std::string id(text);
    std::erase_if(id, util::is_space);
    return id.empty() ? std::nullopt : std::optional(std::move(id));
}

} // namespace jmrp::domain
