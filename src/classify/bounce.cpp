// Is this mail a bounce, and whom is it about? A delivery-status part says so by itself. Without one it takes a sender
// that is a mail system and the words of one: people quote bounces, and vacation notes come from the null sender too.
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "classify/bounce_notice.hpp"
#include "classify/bounce_phrases.hpp"
#include "classify/bounce_refusal.hpp"
#include "classify/bounce_status.hpp"
#include "classify/bounce_text.hpp"
#include "classify/detectors.hpp"
#include "classify/text_address.hpp"
#include "domain/message_id.hpp"
#include "mail/received.hpp"
#include "refusal/answer.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

using Recipients = std::vector<domain::BouncedRecipient>;

// Exim; IndiMail and others derived from qmail.
constexpr std::array<std::string_view, 2> header_fields_of_failed = {"X-Failed-Recipients", "X-Bounced-Address"};

std::vector<domain::Address> addresses_in(std::string_view value, std::size_t most) {
    std::vector<domain::Address> addresses;
    for (auto found = find_address(value); found && addresses.size() < most; found = find_address(value, found->end))
        addresses.push_back(std::move(found->address));
    return addresses;
}

std::vector<std::string> own_keys(const mail::Fields& header, const mail::Fields& original) {
    constexpr std::size_t most = 10;
    std::vector<std::string> keys;
    const auto add = [&](const mail::Fields& fields, std::string_view name) {
        if (const std::string* value = fields.first(name))
            for (const domain::Address& address : addresses_in(*value, most))
                keys.push_back(address.key());
    };
    add(header, "To");
    add(header, "Delivered-To");
    add(header, "X-Original-To");
    add(original, "From");
    add(original, "Return-Path");
    return keys;
}

bool is_report(const mail::Part& message) {
    if (message.type != "multipart/report")
        return false;
    const std::string_view type = message.parameter("report-type");
    return type.empty() || util::equal_ignoring_case(type, "delivery-status") ||
           util::equal_ignoring_case(type, "global-delivery-status");
}

/// Without a delivery-status part.
bool reads_like_bounce(const mail::Part& message, const Notice& notice, const NoticeText& text) {
    const mail::Fields& header = message.fields;
    if (!notice.forwarded.empty())
        return from_mail_system(notice.forwarded);
    if (notice.disposition || automatic_answer(header))
        return false;
    const bool subject = failure_subject(header);
    const bool words = text.speaks_of_failure() || !notice.status_text.empty();
    if (from_mail_system(header) && (words || (subject && (!text.recipients().empty() || !notice.original.empty()))))
        return true;
    if (header.has(header_fields_of_failed.front()) || is_report(message))
        return subject || words;
    return from_null_sender(header) && subject && words && (!text.recipients().empty() || !notice.status_text.empty());
}

domain::BouncedRecipient named(std::optional<std::string> address, std::string action) {
    domain::BouncedRecipient recipient;
    recipient.address = std::move(address);
    recipient.action = std::move(action);
    return recipient;
}

Recipients in_header(const mail::Fields& header, std::size_t most) {
    Recipients recipients;
    for (const std::string_view name : header_fields_of_failed)
        for (const std::string_view value : header.all(name))
            for (const domain::Address& address : addresses_in(value, most))
                recipients.push_back(named(address.text(), "failed"));
    return recipients;
}

/// The last resort, when the bounce names nobody: the one address the returned mail was written to.
std::optional<std::string> only_addressee(const mail::Fields& original, const std::vector<std::string>& own) {
    std::vector<domain::Address> addresses;
    for (const std::string_view name : {"To", "Cc", "Bcc"})
        for (const std::string_view value : original.all(name))
            for (domain::Address& address : addresses_in(value, 2))
                addresses.push_back(std::move(address));
    if (addresses.size() != 1 || is_mail_system(addresses.front().local) ||
        std::find(own.begin(), own.end(), addresses.front().key()) != own.end())
        return std::nullopt;
    return addresses.front().text();
}

/// What the text knows about an address that was named elsewhere.
void complete(domain::BouncedRecipient& recipient, const NoticeText& text, bool alone) {
    if (recipient.reply) {
        if (auto whole = text.whole_reply(*recipient.reply))
            recipient.reply = std::move(whole);
        return;
    }
    const std::string address = recipient.address.value_or("");
    const auto same = std::find_if(text.recipients().begin(), text.recipients().end(),
                                   [&](const domain::BouncedRecipient& candidate) {
                                       return util::equal_ignoring_case(*candidate.address, address);
                                   });
    recipient.reply = same != text.recipients().end()
                          ? same->reply
                          : text.answer_about(address, alone && text.recipients().size() <= 1);
    if (!recipient.status && recipient.reply)
        recipient.status = refusal::find_status(*recipient.reply);
}

/// Each address once, nobody beyond the limit.
Recipients distinct(Recipients all, std::size_t most, std::vector<domain::Defect>& defects) {
    Recipients kept;
    std::set<std::string> seen;
    for (domain::BouncedRecipient& recipient : all) {
        if (recipient.address && !seen.insert(util::lower(*recipient.address)).second)
            continue;
        if (kept.size() >= most) {
            defects.push_back({"too-many-recipients", {}});
            break;
        }
        kept.push_back(std::move(recipient));
    }
    return kept;
}

Recipients in_status(const Notice& notice, const domain::Limits& limits, std::vector<domain::Defect>& defects) {
    Recipients recipients;
    for (const std::string_view body : notice.status_parts)
        for (domain::BouncedRecipient& recipient : read_delivery_status(body, limits, defects))
            recipients.push_back(std::move(recipient));
    if (recipients.empty())
        recipients = read_delivery_status(notice.status_text, limits, defects);
    return recipients;
}

void add_once(std::vector<std::string>& texts, std::string text) {
    constexpr std::size_t most = 10;
    if (!text.empty() && texts.size() < most && std::find(texts.begin(), texts.end(), text) == texts.end())
        texts.push_back(std::move(text));
}

/// A bounce goes to the envelope sender of what it returns (RFC 5321 section 4.5.5), which some servers also name in words
/// of their own.
domain::ReturnedMail returned_mail(const mail::Fields& header, const mail::Fields& status,
                                   const mail::Fields& original) {
    domain::ReturnedMail out;
    if (const std::string* id = original.first("Message-ID"))
        out.message_id = domain::bare_message_id(*id);
    if (const std::string* id = status.first("Original-Envelope-Id"))
        out.envelope_id = *id;
    if (const std::string* date = status.first("Arrival-Date"))
        out.arrival_date = mail::parse_date(*date);
    const auto add_sender = [&](const mail::Fields& fields, std::string_view name) {
        for (const std::string_view value : fields.all(name))
            if (const auto found = find_address(value))
                add_once(out.mail_from, found->address.text());
    };
    add_sender(status, "X-Postfix-Sender");
    add_sender(original, "Return-Path");
    add_sender(header, "X-Original-To");
    add_sender(header, "Delivered-To");
    add_sender(header, "To");
    if (const std::string* id = status.first("X-Postfix-Queue-ID"))
        add_once(out.queue_ids, *id);
    for (const std::string_view received : original.all("Received")) {
        const std::string_view id = mail::read_received(received).id;
        if (id.find_first_not_of("0123456789.") != std::string_view::npos || id.find('.') == std::string_view::npos)
            add_once(out.queue_ids, std::string(id)); // Exchange writes its version there
    }
    return out;
}

} // namespace

std::optional<Classified> detect_bounce(const mail::Part& message, const domain::ReadingRules& rules) {
    const domain::Limits& limits = rules.limits;
    Notice notice = read_notice(message, limits);
    if (notice.feedback_report)
        return std::nullopt;
    const std::vector<std::string> own = own_keys(message.fields, notice.original);
    const NoticeText text(notice.text, own, limits);
    if (notice.status_parts.empty() && !reads_like_bounce(message, notice, text))
        return std::nullopt;

    Classified classified;
    std::vector<domain::Defect>& defects = classified.reading.defects;
    Recipients recipients = in_status(notice, limits, defects);
    // Where the blocks name a program or nobody, the header or the text may name the mailbox behind it.
    const Recipients elsewhere =
        message.fields.has(header_fields_of_failed[0]) || message.fields.has(header_fields_of_failed[1])
            ? in_header(message.fields, limits.recipients)
            : text.recipients();
    if (recipients.empty())
        recipients = elsewhere;
    if (text.too_many())
        defects.push_back({"too-many-recipients", {}});
    if (recipients.empty())
        recipients.push_back(named({}, text.speaks_of_delay() ? "delayed" : "failed"));
    if (recipients.size() == 1 && !recipients.front().address) {
        if (elsewhere.size() == 1)
            recipients.front().address = elsewhere.front().address;
        else if (elsewhere.empty())
            recipients.front().address = only_addressee(notice.original, own);
    }
    for (domain::BouncedRecipient& recipient : recipients)
        complete(recipient, text, recipients.size() == 1);
    recipients = distinct(std::move(recipients), limits.recipients, defects);
    const std::string* date = message.fields.first("Date");
    read_refusals(recipients, notice, text, date ? mail::parse_date(*date) : std::nullopt, rules);
    const mail::Fields status = read_message_fields(
        notice.status_parts.empty() ? std::string_view(notice.status_text) : notice.status_parts.front(), limits);
    const std::string* reporting = status.first("Reporting-MTA");
    classified.reading.what = domain::Bounce{std::move(recipients), reporting ? host_in(*reporting) : std::string(),
                                             returned_mail(message.fields, status, notice.original)};
    classified.original = std::move(notice.original);
    return classified;
}

} // namespace jmrp::classify
