#include "mail/compose.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

#include "mail/start_gmime.hpp"
#include "util/digest.hpp"
#include "util/text.hpp"

namespace jmrp::mail {

namespace {

template <typename T>
using Owned = std::unique_ptr<T, decltype(&g_object_unref)>;

template <typename T>
Owned<T> owned(T* object) {
    return {object, g_object_unref};
}

constexpr std::size_t longest_line = 998; // RFC 5322 section 2.1.1

/// One line, whatever it was made of.
std::string header_text(std::string_view text) {
    std::string out = util::to_valid_utf8(text);
    std::ranges::replace_if(
        out, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7F'; }, ' ');
    return out;
}

struct Shape {
    bool fits = true; ///< a mail can carry it as it is
    bool ascii = true;
};
Shape shape_of(std::string_view bytes) {
    Shape out;
    std::size_t line = 0;
    for (const char c : bytes) {
        line = c == '\n' ? 0 : line + 1;
        out.fits = out.fits && line <= longest_line && c != '\0' && c != '\r';
        out.ascii = out.ascii && static_cast<unsigned char>(c) < 0x80;
    }
    return out;
}

std::string with_unix_lines(std::string_view bytes) {
    std::string out;
    out.reserve(bytes.size());
    for (std::size_t at = 0; at < bytes.size(); ++at)
        if (bytes[at] != '\r' || at + 1 == bytes.size() || bytes[at + 1] != '\n')
            out += bytes[at];
    return out;
}

Owned<GMimePart> part_of(const char* type, const char* subtype, std::string_view bytes, GMimeContentEncoding as) {
    auto part = owned(g_mime_part_new_with_type(type, subtype));
    const auto stream = owned(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
    // Content that is said to be encoded already is written as it is.
    const bool as_it_is = as == GMIME_CONTENT_ENCODING_7BIT || as == GMIME_CONTENT_ENCODING_8BIT;
    const auto content =
        owned(g_mime_data_wrapper_new_with_stream(stream.get(), as_it_is ? as : GMIME_CONTENT_ENCODING_DEFAULT));
    g_mime_part_set_content(part.get(), content.get());
    g_mime_part_set_content_encoding(part.get(), as);
    return part;
}

Owned<GMimePart> text_part(std::string_view text) {
    const Shape shape = shape_of(text);
    auto part =
        part_of("text", "plain", text,
                shape.fits && shape.ascii ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part.get()), "charset", "utf-8");
    return part;
}

/// An embedded message may not be encoded (RFC 2046 section 5.2.1).
Owned<GMimePart> attached_part(std::string_view bytes) {
    const Shape shape = shape_of(bytes);
    auto part = shape.fits ? part_of("message", "rfc822", bytes,
                                     shape.ascii ? GMIME_CONTENT_ENCODING_7BIT : GMIME_CONTENT_ENCODING_8BIT)
                           : part_of("application", "octet-stream", bytes, GMIME_CONTENT_ENCODING_BASE64);
    g_mime_object_set_disposition(GMIME_OBJECT(part.get()), "attachment");
    g_mime_part_set_filename(part.get(), "returned-mail.eml");
    return part;
}

std::string written(GMimeObject* object) {
    const auto stream = owned(g_mime_stream_mem_new());
    g_mime_object_write_to_stream(object, g_mime_format_options_get_default(), stream.get());
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

} // namespace

std::string compose(const Outgoing& mail) {
    start_gmime();
    const std::string attached = with_unix_lines(mail.attached);
    const auto message = owned(g_mime_message_new(TRUE));
    const std::string name = header_text(mail.from_name);
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, name.empty() ? nullptr : name.c_str(),
                               mail.from.text().c_str());
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, mail.to.text().c_str());
    g_mime_message_set_subject(message.get(), header_text(mail.subject).c_str(), "utf-8");
    const std::unique_ptr<GDateTime, decltype(&g_date_time_unref)> date(g_date_time_new_from_unix_utc(mail.date),
                                                                        g_date_time_unref);
    g_mime_message_set_date(message.get(), date.get());
    // A digest of all that is in it: nobody can have written a mail that holds this boundary.
    const std::string mark = util::hex(
        util::digest("composed mail", std::to_string(mail.date) + mail.to.text() + "\n" + mail.text + "\n" + attached));
    g_mime_message_set_message_id(message.get(), ("jmrp-" + mark + "@" + mail.from.domain).c_str());

    const auto text = text_part(mail.text);
    if (attached.empty()) {
        g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(text.get()));
        return written(GMIME_OBJECT(message.get()));
    }
    const auto all = owned(g_mime_multipart_new_with_subtype("mixed"));
    g_mime_multipart_set_boundary(all.get(), ("=_" + mark).c_str());
    g_mime_multipart_add(all.get(), GMIME_OBJECT(text.get()));
    const auto notice = attached_part(attached);
    g_mime_multipart_add(all.get(), GMIME_OBJECT(notice.get()));
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(all.get()));
    return written(GMIME_OBJECT(message.get()));
}

} // namespace jmrp::mail
