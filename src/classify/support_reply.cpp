// Answers of Microsoft's sender support (blocks.md section 5). Only recognized here, never believed: who may open a
// gate by such a mail is decided where it is used. People quote these mails and bounces return them, so every doubt
// says no.
#include <algorithm>
#include <array>

#include "classify/detectors.hpp"
#include "classify/support_findings.hpp"
#include "classify/text_address.hpp"
#include "domain/redaction.hpp"
#include "mail/words.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::array<std::string_view, 9> forwarded = {
    "fw:", "fwd:", "wg:", "tr:", "rv:", "i:", "vs:", "undeliverable:", "returned mail:"};
constexpr std::array<std::string_view, 4> answers = {"re:", "aw:", "antw:", "sv:"};

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

bool from_support(const mail::Fields& fields, const std::vector<std::string>& senders) {
    const std::string* from = fields.first("From");
    const auto sender = from ? domain::bare_sender(*from) : std::nullopt;
    if (!sender || fields.count("From") != 1)
        return false;
    const std::size_t at = sender->rfind('@');
    if (at == std::string::npos || is_mail_system(sender->substr(0, at)))
        return false;
    const std::string domain = util::lower(sender->substr(at + 1));
    return std::any_of(senders.begin(), senders.end(), [&](const std::string& own) {
        return own.starts_with('.') ? domain.size() > own.size() && domain.ends_with(own) : domain == own;
    });
}

} // namespace

std::optional<Classified> detect_support_reply(const mail::Part& message, const domain::ReadingRules& rules) {
    if (message.type == "multipart/report" || !from_support(message.fields, rules.support_senders))
        return std::nullopt;
    const std::string* subject = message.fields.first("Subject");
    const std::string title = subject ? util::lower(mail::decode_words(*subject)) : std::string();
    if (std::any_of(forwarded.begin(), forwarded.end(), [&](std::string_view mark) { return title.starts_with(mark); }))
        return std::nullopt;
    const bool answer =
        std::any_of(answers.begin(), answers.end(), [&](std::string_view mark) { return title.starts_with(mark); });
    const std::vector<std::string> lines = newest_lines(message);
    auto ticket = find_ticket(title);
    for (const std::string& line : lines)
        if (!ticket && util::starts_with_ignoring_case(line, "Service Request #:"))
            ticket = find_ticket(line);
    const std::size_t spoken = count_sentences(lines);
    // A ticket in an answer, or as they alone write it, says enough: the words may be new ones, or of another language.
    // Otherwise it takes a ticket and one of the sentences, or two of them: one sentence alone anybody may write.
    const bool old_form = title.find("srx" + ticket.value_or("-") + "id") != std::string::npos;
    if (!(ticket && (answer || old_form)) && spoken + (ticket ? 1 : 0) < 2)
        return std::nullopt;
    Classified classified;
    const std::string* date = message.fields.first("Date");
    classified.reading.what =
        domain::SupportReply{ticket, date ? mail::parse_date(*date) : std::nullopt, {}, read_findings(lines)};
    return classified;
}

} // namespace jmrp::classify
