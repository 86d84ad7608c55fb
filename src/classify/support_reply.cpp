// Answers of Microsoft's sender support (blocks.md section 5). Only recognized here, never believed: who may open a
// gate by such a mail is decided where it is used. People quote these mails and bounces return them, so every doubt
// says no.
#include <algorithm>
#include <array>

#include "classify/detectors.hpp"
#include "domain/redaction.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

/// Lower case, blanks made one. Each is found in one kind of answer only.
constexpr std::array<std::string_view, 21> phrases = {
    "not qualified for mitigation",
    "do not qualify for mitigation",
    "not eligible for mitigation",
    "not eligible for unblocking",
    "pattern of irregular mail traffic",
    "conditionally mitigated",
    "qualify for conditional mitigation",
    "bedingte entblockung",
    "have implemented mitigation",
    "has been reviewed and removed from our block lists",
    "unable to identify anything on our side",
    "do not see anything offhand",
    "nothing was detected",
    "more information needed",
    "along with the escalations team",
    "we will be looking into this issue",
    "this ticket is being tracked",
    "your ticket number is in the subject line",
    "thank you for your delisting request",
    "thank you for contacting the outlook.com deliverability support",
    "service request #:",
};
constexpr std::array<std::string_view, 4> support_domains = {"microsoft.com", "microsoftsupport.com", "outlook.com",
                                                             "office365.com"};
constexpr std::array<std::string_view, 9> forwarded = {
    "fw:", "fwd:", "wg:", "tr:", "rv:", "i:", "vs:", "undeliverable:", "returned mail:"};
constexpr std::array<std::string_view, 7> quote_marks = {">",
                                                         "-----original message",
                                                         "----- original message",
                                                         "---------- forwarded",
                                                         "________________________________",
                                                         "from:",
                                                         "von:"};
constexpr std::size_t read_bytes = 64 << 10;

/// Ten digits, in old subjects between "SRX" and "ID".
std::optional<std::string> find_ticket(std::string_view subject) {
    for (std::size_t i = 0; i < subject.size();) {
        if (!util::is_digit(subject[i])) {
            ++i;
            continue;
        }
        std::size_t end = i;
        while (end < subject.size() && util::is_digit(subject[end]))
            ++end;
        const std::string_view digits = subject.substr(i, end - i);
        const std::string_view before = subject.substr(0, i);
        const bool word = before.empty() || !util::is_alnum(before.back()) ||
                          (before.size() >= 3 && util::equal_ignoring_case(before.substr(before.size() - 3), "SRX"));
        if (digits.size() == 10 && word)
            return std::string(digits);
        i = end;
    }
    return std::nullopt;
}

const mail::Part* first_text(const mail::Part& part) {
    if (part.is_embedded_message())
        return nullptr;
    if (!part.is_multipart())
        return part.type.starts_with("text/") && part.disposition != "attachment" && !part.body.empty() ? &part
                                                                                                        : nullptr;
    for (const mail::Part& child : part.parts)
        if (const mail::Part* text = first_text(child))
            return text;
    return nullptr;
}

std::string without_tags(std::string_view html) {
    std::string out;
    bool tag = false;
    for (const char c : html) {
        if (c == '<')
            tag = true;
        else if (c == '>' && tag) {
            tag = false;
            out += ' ';
        } else if (!tag)
            out += c;
    }
    return out;
}

/// What the sender wrote himself: up to the first mark of a quotation, lower case, blanks made one.
std::string newest_text(const mail::Part& part) {
    std::string text = util::lower(std::string_view(part.body).substr(0, read_bytes));
    if (part.type == "text/html")
        text = without_tags(text);
    std::string out;
    for (std::string_view line : util::split(text, '\n')) {
        line = util::trim(line);
        const bool wrote = line.ends_with("wrote:") || line.ends_with("schrieb:");
        if (wrote || std::any_of(quote_marks.begin(), quote_marks.end(),
                                 [&](std::string_view mark) { return line.starts_with(mark); }))
            break;
        for (const char c : line)
            if (!util::is_space(c) || (!out.empty() && out.back() != ' '))
                out += util::is_space(c) ? ' ' : c;
        if (!out.empty() && out.back() != ' ')
            out += ' ';
    }
    return out;
}

bool from_support(const mail::Fields& fields) {
    const std::string* from = fields.first("From");
    const auto sender = from ? domain::bare_sender(*from) : std::nullopt;
    if (!sender || fields.count("From") != 1)
        return false;
    const std::string_view text = *sender;
    const std::size_t at = text.rfind('@');
    if (at == std::string_view::npos)
        return false;
    const std::string local = util::lower(text.substr(0, at));
    const std::string_view domain = text.substr(at + 1);
    if (local == "postmaster" || local == "mailer-daemon" || local.starts_with("microsoftexchange"))
        return false;
    return std::any_of(support_domains.begin(), support_domains.end(), [&](std::string_view own) {
        // Anybody can have a mailbox at outlook.com itself: there only the hosts below it are Microsoft's.
        if (domain == own)
            return own == "microsoft.com" || own == "microsoftsupport.com";
        return domain.size() > own.size() && domain.ends_with(own) && domain[domain.size() - own.size() - 1] == '.';
    });
}

} // namespace

std::optional<Classified> detect_support_reply(const mail::Part& message, const domain::ReadingRules&) {
    if (message.type == "multipart/report" || !from_support(message.fields))
        return std::nullopt;
    const std::string* subject = message.fields.first("Subject");
    const std::string title = subject ? util::lower(*subject) : std::string();
    if (std::any_of(forwarded.begin(), forwarded.end(), [&](std::string_view mark) { return title.starts_with(mark); }))
        return std::nullopt;
    const auto ticket = find_ticket(title);
    const mail::Part* part = first_text(message);
    const std::string text = part ? newest_text(*part) : std::string();
    const auto spoken = std::count_if(phrases.begin(), phrases.end(),
                                      [&](std::string_view phrase) { return text.find(phrase) != std::string::npos; });
    // A ticket and one of the sentences, or two of them: one sentence alone anybody may write.
    if (spoken + (ticket ? 1 : 0) < 2)
        return std::nullopt;
    Classified classified;
    classified.reading.what = domain::SupportReply{ticket};
    return classified;
}

} // namespace jmrp::classify
