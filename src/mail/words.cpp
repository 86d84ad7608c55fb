#include "mail/words.hpp"

#include <memory>

#include <gmime/gmime.h>

#include "mail/start_gmime.hpp"

namespace jmrp::mail {

std::string decode_words(std::string_view value) {
    if (value.find("=?") == std::string_view::npos)
        return std::string(value);
    start_gmime();
    const std::unique_ptr<char, void (*)(void*)> decoded(
        g_mime_utils_header_decode_text(nullptr, std::string(value).c_str()), g_free);
    return decoded ? std::string(decoded.get()) : std::string(value);
}

} // namespace jmrp::mail
