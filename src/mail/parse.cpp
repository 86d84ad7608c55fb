// The walk over the parts is ours, so that every limit holds before memory is spent and only what is asked for is read;
// GMime reads the MIME fields and undoes the transfer encodings. tests/unit/mail/against_gmime.cpp holds the walk
// against GMime's own parser.
#include <gmime/gmime.h>

#include <algorithm>
#include <array>
#include <memory>

#include "mail/header_block.hpp"
#include "mail/start_gmime.hpp"
#include "util/text.hpp"

namespace jmrp::mail {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool is_embedded_type(std::string_view type) noexcept {
    return type == "message/rfc822" || type == "message/global";
}

void read_content_type(const std::string& value, Part& part, std::vector<domain::Defect>& defects) {
    if (value.find_first_of(";(") == std::string::npos) {
        if (value.find('/') != std::string::npos)
            part.type = util::lower(value);
        else
            note(defects, "content-type-unreadable", value);
        return;
    }
    start_gmime();
    const std::unique_ptr<GMimeContentType, decltype(&g_object_unref)> type(
        g_mime_content_type_parse(nullptr, value.c_str()), g_object_unref);
    const char* main = g_mime_content_type_get_media_type(type.get());
    const char* sub = g_mime_content_type_get_media_subtype(type.get());
    if (main && sub)
        part.type = util::lower(std::string(main) + "/" + sub);
    GMimeParamList* parameters = g_mime_content_type_get_parameters(type.get());
    for (int i = 0, count = g_mime_param_list_length(parameters); i < count; ++i) {
        GMimeParam* parameter = g_mime_param_list_get_parameter_at(parameters, i);
        const char* text = g_mime_param_get_value(parameter);
        part.parameters.emplace_back(util::lower(g_mime_param_get_name(parameter)), text ? text : "");
    }
}

enum class Encoding { none, base64, quoted_printable };

Encoding encoding_of(const Fields& fields) noexcept {
    const std::string* value = fields.first("Content-Transfer-Encoding");
    if (!value)
        return Encoding::none;
    const std::string_view word = util::trim(std::string_view(*value).substr(0, value->find(';')));
    if (util::equal_ignoring_case(word, "base64"))
        return Encoding::base64;
    return util::equal_ignoring_case(word, "quoted-printable") ? Encoding::quoted_printable : Encoding::none;
}

std::string decode(std::string_view encoded, Encoding encoding) {
    if (encoding == Encoding::none)
        return std::string(encoded);
    start_gmime();
    GMimeEncoding state;
    g_mime_encoding_init_decode(&state, encoding == Encoding::base64 ? GMIME_CONTENT_ENCODING_BASE64
                                                                     : GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
    std::string plain(g_mime_encoding_outlen(&state, encoded.size()), '\0');
    plain.resize(g_mime_encoding_flush(&state, encoded.data(), encoded.size(), plain.data()));
    return plain;
}

struct Slices {
    std::vector<std::string_view> parts;
    bool closed = false;
};

/// What stands between the delimiter lines of RFC 2046 section 5.1.1. The line end before a delimiter belongs to it.
Slices slice(std::string_view body, std::string_view boundary, std::size_t most) {
    Slices slices;
    std::size_t begin = std::string_view::npos;
    for (std::size_t at = 0; at < body.size() && slices.parts.size() <= most;) {
        const std::size_t newline = std::min(body.find('\n', at), body.size());
        const std::string_view line = body.substr(at, newline - at);
        const std::size_t next = std::min(newline + 1, body.size());
        if (line.starts_with("--") && line.substr(2).starts_with(boundary)) {
            const std::string_view tail = util::trim(line.substr(2 + boundary.size()));
            if (tail.empty() || tail == "--") {
                if (begin != std::string_view::npos) {
                    std::size_t end = at;
                    if (end > begin && body[end - 1] == '\n')
                        --end;
                    if (end > begin && body[end - 1] == '\r')
                        --end;
                    slices.parts.push_back(body.substr(begin, end - begin));
                }
                begin = next;
                if (!tail.empty()) {
                    slices.closed = true;
                    return slices;
                }
            }
        }
        at = next;
    }
    // An opening delimiter at the very end opens nothing.
    if (begin != std::string_view::npos && !util::trim(body.substr(begin)).empty())
        slices.parts.push_back(body.substr(begin));
    return slices;
}

class Walk {
  public:
    Walk(const domain::Limits& limits, std::vector<domain::Defect>& defects) : limits_(limits), defects_(defects) {}

    Part entity(std::string_view bytes, HeaderOf kind, std::string_view type_if_unsaid, std::size_t depth) {
        ++parts_;
        HeaderBlock block = read_header_block(bytes, kind, limits_, defects_);
        Part part;
        part.type = type_if_unsaid;
        part.fields = std::move(block.fields);
        if (const std::string* type = part.fields.first("Content-Type"); type && !type->empty())
            read_content_type(*type, part, defects_);
        if (const std::string* disposition = part.fields.first("Content-Disposition"))
            part.disposition =
                util::lower(util::trim(std::string_view(*disposition).substr(0, disposition->find(';'))));
        const bool has_parts = part.is_multipart() || is_embedded_type(part.type);
        if (has_parts && (depth >= limits_.depth || parts_ >= limits_.parts)) {
            note(defects_, depth >= limits_.depth ? "too-deep" : "too-many-parts");
            if (part.is_multipart())
                return part;
        } else if (part.is_multipart()) {
            multipart(block.body, part, depth);
            return part;
        } else if (has_parts) {
            embedded(block.body, part, depth);
            return part;
        }
        part.body = decode(block.body, encoding_of(part.fields));
        return part;
    }

  private:
    void multipart(std::string_view body, Part& part, std::size_t depth) {
        const std::string_view boundary = part.parameter("boundary");
        Slices slices;
        if (boundary.empty())
            note(defects_, "no-boundary");
        else
            slices = slice(body, boundary, limits_.parts);
        if (slices.parts.empty()) {
            if (!boundary.empty())
                note(defects_, "boundary-never-comes", boundary);
            // The text is still worth reading.
            if (!util::trim(body).empty()) {
                ++parts_;
                part.parts.emplace_back();
                part.parts.back().type = "text/plain";
                part.parts.back().body = body;
            }
            return;
        }
        if (!slices.closed)
            note(defects_, "no-closing-boundary", boundary);
        const std::string_view type = part.type == "multipart/digest" ? "message/rfc822" : "text/plain";
        part.parts.reserve(std::min(slices.parts.size(), limits_.parts - parts_));
        for (const std::string_view bytes : slices.parts) {
            if (parts_ >= limits_.parts) {
                note(defects_, "too-many-parts");
                return;
            }
            part.parts.push_back(entity(bytes, HeaderOf::part, type, depth + 1));
        }
    }

    void embedded(std::string_view body, Part& part, std::size_t depth) {
        const Encoding encoding = encoding_of(part.fields);
        if (encoding == Encoding::none) {
            part.parts.push_back(entity(body, HeaderOf::message, "text/plain", depth + 1));
            return;
        }
        note(defects_, "encoded-embedded-message"); // RFC 2046 section 5.2.1 allows 7bit, 8bit and binary only
        part.parts.push_back(entity(decode(body, encoding), HeaderOf::message, "text/plain", depth + 1));
    }

    const domain::Limits& limits_;
    std::vector<domain::Defect>& defects_;
    std::size_t parts_ = 0;
};

} // namespace

std::string_view Part::parameter(std::string_view name) const noexcept {
    for (const auto& [key, value] : parameters)
        if (key == name)
            return value;
    return {};
}

Part parse(std::string_view bytes, const domain::Limits& limits, std::vector<domain::Defect>& defects) {
    if (bytes.starts_with(byte_order_mark)) {
        note(defects, "byte-order-mark");
        bytes.remove_prefix(byte_order_mark.size());
    }
    std::string converted;
    if (bytes.find('\n') == std::string_view::npos && bytes.find('\r') != std::string_view::npos) {
        note(defects, "bare-cr");
        converted = bytes;
        std::replace(converted.begin(), converted.end(), '\r', '\n');
        bytes = converted;
    }
    return Walk(limits, defects).entity(bytes, HeaderOf::message, "text/plain", 0);
}

} // namespace jmrp::mail
