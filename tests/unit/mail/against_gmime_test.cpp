// The walk of mail::parse() over the parts against GMime's own parser.
#include <gmime/gmime.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include <catch2/catch.hpp>

#include "mail/message.hpp"
#include "util/text.hpp"

using namespace jmrp;
namespace fs = std::filesystem;

namespace {

/// Types and decoded lengths of all parts, in order; a message in a part counts as its child.
void outline(const mail::Part& part, int depth, std::string& out) {
    out += std::string(static_cast<std::size_t>(depth), ' ') + part.type;
    if (part.parts.empty() && !part.is_multipart())
        out += " " + std::to_string(util::trim(part.body).size());
    out += "\n";
    for (const mail::Part& child : part.parts)
        outline(child, depth + 1, out);
}

void outline(GMimeObject* object, int depth, std::string& out) {
    GMimeContentType* type = g_mime_object_get_content_type(object);
    out += std::string(static_cast<std::size_t>(depth), ' ') +
           util::lower(std::string(g_mime_content_type_get_media_type(type)) + "/" +
                       g_mime_content_type_get_media_subtype(type));
    if (GMIME_IS_MULTIPART(object)) {
        out += "\n";
        auto* multipart = reinterpret_cast<GMimeMultipart*>(object);
        for (int i = 0; i < g_mime_multipart_get_count(multipart); ++i)
            outline(g_mime_multipart_get_part(multipart, i), depth + 1, out);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        out += "\n";
        GMimeMessage* message = g_mime_message_part_get_message(reinterpret_cast<GMimeMessagePart*>(object));
        outline(g_mime_message_get_mime_part(message), depth + 1, out);
    } else {
        GMimeStream* memory = g_mime_stream_mem_new();
        g_mime_data_wrapper_write_to_stream(g_mime_part_get_content(reinterpret_cast<GMimePart*>(object)), memory);
        const GByteArray* bytes = g_mime_stream_mem_get_byte_array(reinterpret_cast<GMimeStreamMem*>(memory));
        out += " " + std::to_string(util::trim({reinterpret_cast<const char*>(bytes->data), bytes->len}).size()) + "\n";
        g_object_unref(memory);
    }
}

std::string outline_of_gmime(const std::string& text) {
    g_mime_init();
    GMimeStream* stream = g_mime_stream_mem_new_with_buffer(text.data(), text.size());
    GMimeParser* parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage* message = g_mime_parser_construct_message(parser, nullptr);
    std::string out;
    outline(g_mime_message_get_mime_part(message), 0, out);
    g_object_unref(message);
    g_object_unref(parser);
    g_object_unref(stream);
    return out;
}

} // namespace

TEST_CASE("mail: the parts of a mail without defects are those GMime finds") {
    std::size_t compared = 0;
    for (const auto& entry : fs::directory_iterator(fs::path(JMRP_TESTS_DIR) / "corpus")) {
        if (entry.path().extension() != ".eml")
            continue;
        INFO(entry.path().filename().string());
        std::ifstream in(entry.path(), std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(in), {}};
        std::vector<domain::Defect> defects;
        const mail::Part part = mail::parse(text, {}, defects);
        if (!defects.empty())
            continue;
        std::string ours;
        outline(part, 0, ours);
        CHECK(ours == outline_of_gmime(text));
        ++compared;
    }
    CHECK(compared >= 30);
}
