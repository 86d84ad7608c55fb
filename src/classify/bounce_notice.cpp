#include "classify/bounce_notice.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "classify/bounce_phrases.hpp"
#include "classify/bounce_status.hpp"
#include "classify/html_text.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::size_t text_bytes = 256 << 10;

// In the first column of a notice these begin the returned mail, whether or not anything introduces it.
constexpr std::array<std::string_view, 5> first_fields_of_mail = {
    "Received:", "Return-Path:", "X-Originating-IP:", "X-Envelope-From:", "Message-ID:"};

/// Cuts the next line off `rest`, without its line end.
std::string_view take_line(std::string_view& rest) noexcept {
    const std::size_t newline = rest.find('\n');
    std::string_view line = rest.substr(0, newline);
    rest.remove_prefix(newline == std::string_view::npos ? rest.size() : newline + 1);
    if (line.ends_with('\r'))
        line.remove_suffix(1);
    return line;
}

/// Double-byte runs of ISO-2022 (RFC 1468) are made of ASCII letters, "@" among them: one "?" stands in for each.
std::string without_double_bytes(std::string_view text) {
    std::string plain;
    while (!text.empty()) {
        const std::size_t begin = text.find("\x1B$");
        plain += text.substr(0, begin);
        if (begin == std::string_view::npos)
            break;
        const std::size_t end = text.find("\x1B(", begin);
        // Every line ends in single-byte letters.
        const std::size_t newline = text.find('\n', begin);
        plain += '?';
        text.remove_prefix(std::min({end == std::string_view::npos ? text.size() : end + 3, newline, text.size()}));
    }
    return plain;
}

class Reader {
  public:
    Reader(Notice& notice, const domain::Limits& limits) : notice_(notice), limits_(limits) {}

    void read(const mail::Part& message) {
        std::vector<const mail::Part*> waiting = {&message};
        while (!waiting.empty()) {
            const mail::Part& part = *waiting.back();
            waiting.pop_back();
            if (part.is_multipart())
                for (auto child = part.parts.rbegin(); child != part.parts.rend(); ++child)
                    waiting.push_back(&*child);
            else
                leaf(part);
        }
        if (util::trim(notice_.text).empty() && !html_.empty())
            add_text(text_of_html(html_));
    }

  private:
    void leaf(const mail::Part& part) {
        if (part.is_embedded_message())
            returned(part.parts.front().fields);
        else if (part.type == "message/delivery-status" || part.type == "message/global-delivery-status")
            notice_.status_parts.emplace_back(part.body);
        else if (part.type == "message/feedback-report")
            notice_.feedback_report = true;
        else if (part.type == "message/disposition-notification" ||
                 part.type == "message/global-disposition-notification")
            notice_.disposition = true;
        else if (part.type == "text/rfc822-headers" || part.type == "message/global-headers" ||
                 part.type == "message/rfc822" || part.type == "message/global")
            returned(parse(part.body));
        else if (part.type == "text/html")
            html_ += std::string_view(part.body).substr(0, text_bytes - std::min(text_bytes, html_.size()));
        else if (part.type.starts_with("text/"))
            add_text(without_double_bytes(std::string_view(part.body).substr(0, text_bytes)));
    }

    void add_text(std::string_view body) {
        const std::size_t status = find_delivery_status(body);
        if (status != std::string_view::npos && notice_.status_text.empty())
            notice_.status_text = body.substr(status);
        const char* const machine_readable = status == std::string_view::npos ? nullptr : body.data() + status;
        std::string quoted;
        bool for_machines = false;
        while (!body.empty()) {
            for_machines = for_machines || body.data() == machine_readable;
            const std::string_view line = take_line(body);
            if (line.starts_with('>') && !line.starts_with(">>> ")) {
                quoted += line.substr(line.starts_with("> ") ? 2 : 1);
                quoted += '\n';
                continue;
            }
            const bool field =
                std::any_of(first_fields_of_mail.begin(), first_fields_of_mail.end(),
                            [&](std::string_view name) { return util::starts_with_ignoring_case(line, name); });
            if (field || introduces_original(line)) {
                returned(parse(field ? std::string_view(line.data(), static_cast<std::size_t>(
                                                                         body.data() + body.size() - line.data()))
                                     : body));
                break;
            }
            if (for_machines)
                continue;
            if (notice_.text.size() + line.size() >= text_bytes)
                break;
            notice_.text += line;
            notice_.text += '\n';
        }
        notice_.text += '\n';
        if (!quoted.empty() && notice_.text.find("orwarded message") != std::string::npos)
            forwarded(quoted);
    }

    void forwarded(std::string_view quoted) {
        const std::size_t status = find_delivery_status(quoted);
        if (status == std::string_view::npos)
            return;
        notice_.forwarded = parse(quoted);
        notice_.status_text = quoted.substr(status);
    }

    void returned(const mail::Fields& fields) {
        if (notice_.original.empty())
            notice_.original = fields;
    }

    mail::Fields parse(std::string_view block) const {
        std::vector<domain::Defect> of_returned_mail; // nobody's business here
        return mail::parse_fields(block.substr(0, text_bytes), limits_, of_returned_mail);
    }

    Notice& notice_;
    const domain::Limits& limits_;
    std::string html_;
};

} // namespace

Notice read_notice(const mail::Part& message, const domain::Limits& limits) {
    Notice notice;
    Reader(notice, limits).read(message);
    return notice;
}

} // namespace jmrp::classify
