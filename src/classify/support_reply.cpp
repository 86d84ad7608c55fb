// Answers of Microsoft's sender support (blocks.md section 5). Only recognized here, never believed: who may open a
// gate by such a mail is decided where it is used. People quote these mails and bounces return them, so every doubt
// says no.
#include <algorithm>
#include <array>

#include "classify/detectors.hpp"
#include "classify/support_findings.hpp"
#include "domain/redaction.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::array<std::string_view, 4> support_domains = {"microsoft.com", "microsoftsupport.com", "outlook.com",
                                                             "office365.com"};
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
    const bool answer =
        std::any_of(answers.begin(), answers.end(), [&](std::string_view mark) { return title.starts_with(mark); });
    const auto ticket = find_ticket(title);
    const std::vector<std::string> lines = newest_lines(message);
    const std::size_t spoken = count_sentences(lines);
    // A ticket in an answer, or as they alone write it, says enough: the words may be new ones, or of another language.
    // Otherwise it takes a ticket and one of the sentences, or two of them: one sentence alone anybody may write.
    const bool old_form = title.find("srx" + ticket.value_or("-") + "id") != std::string::npos;
    if (!(ticket && (answer || old_form)) && spoken + (ticket ? 1 : 0) < 2)
        return std::nullopt;
    Classified classified;
    classified.reading.what = domain::SupportReply{ticket, read_findings(lines)};
    return classified;
}

} // namespace jmrp::classify
