#include "classify/bounce_status.hpp"

#include <algorithm>
#include <array>

#include "classify/text_address.hpp"
#include "mail/message.hpp"
#include "refusal/answer.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::size_t reply_bytes = 4096;
constexpr std::size_t longest_host = 255;

// Final first: what the mail was sent to may be an alias. X-Actual-Recipient is Sendmail's expansion, often a program.
constexpr std::array<std::string_view, 3> recipient_fields = {"Final-Recipient", "Original-Recipient",
                                                              "X-Actual-Recipient"};

/// "rfc822; user@example.com" without its type.
std::string_view without_type(std::string_view value) noexcept {
    const std::size_t semicolon = value.find(';');
    if (semicolon != std::string_view::npos &&
        value.substr(0, semicolon).find_first_of("@\"<") == std::string_view::npos)
        value.remove_prefix(semicolon + 1);
    return util::trim(value);
}

std::optional<domain::Address> address_in(std::string_view value) {
    value = without_type(value);
    // Sendmail and Exim name the program or file behind an alias.
    if (value.empty() || value.front() == '|' || value.front() == '/' || value.starts_with("\"|") ||
        value.starts_with("\"/"))
        return std::nullopt;
    if (value.front() == '<' && value.find('>') != std::string_view::npos)
        value = util::trim(value.substr(1, value.find('>') - 1));
    // A source route (RFC 5321 appendix F.2).
    if (value.front() == '@' && value.find(':') != std::string_view::npos)
        value = util::trim(value.substr(value.find(':') + 1));
    if (auto address = domain::parse_address(value))
        return address;
    if (value.size() > 2 && value.front() == '"' && value.back() == '"')
        if (auto address = domain::parse_address(value.substr(1, value.size() - 2)))
            return address;
    if (auto found = find_address(value))
        return std::move(found->address);
    return std::nullopt;
}

std::optional<domain::Address> address_of(const mail::Fields& block) {
    std::optional<domain::Address> unqualified;
    for (const std::string_view name : recipient_fields)
        for (const std::string_view value : block.all(name))
            if (auto address = address_in(value); address && !is_mail_system(address->local)) {
                if (address->domain.find('.') != std::string::npos)
                    return address;
                if (!unqualified)
                    unqualified = std::move(address);
            }
    return unqualified;
}

bool names_recipient(const mail::Fields& block) noexcept {
    return std::any_of(recipient_fields.begin(), recipient_fields.end(),
                       [&](std::string_view name) { return block.has(name); });
}

bool is_type(std::string_view text) noexcept {
    text = util::trim(text);
    return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
        return util::is_alnum(c) || c == '-' || c == '/' || c == '_';
    });
}

std::string diagnostic_text(std::string_view value) {
    const std::size_t semicolon = value.find(';');
    if (semicolon != std::string_view::npos && is_type(value.substr(0, semicolon)))
        value.remove_prefix(semicolon + 1);
    return tidy_reply(value);
}

/// Fills what the entry does not know yet: some systems break a recipient's block with a blank line.
void fill(domain::BouncedRecipient& entry, const mail::Fields& block) {
    if (const std::string* action = block.first("Action"); action && !entry.action) {
        const std::string_view word = util::trim(*action);
        const std::string lowered = util::lower(word.substr(0, word.find_first_of(" \t(;")));
        if (!lowered.empty())
            entry.action = lowered;
    }
    if (const std::string* status = block.first("Status"); status && !entry.status)
        entry.status = refusal::find_status(*status);
    if (const std::string* diagnostic = block.first("Diagnostic-Code"); diagnostic && !entry.reply) {
        std::string text = diagnostic_text(*diagnostic);
        if (!text.empty())
            entry.reply = std::move(text);
    }
    if (const std::string* host = block.first("Remote-MTA"); host && !entry.remote_mta) {
        std::string name = host_in(*host);
        if (!name.empty())
            entry.remote_mta = std::move(name);
    }
    if (const std::string* date = block.first("Last-Attempt-Date"); date && !entry.last_attempt_date)
        entry.last_attempt_date = mail::parse_date(*date);
}

/// The address before an alias or a list was expanded (RFC 3461 section 4.2).
std::optional<std::string> original_recipient(const mail::Fields& block, const domain::Address& final_recipient) {
    const std::string* value = block.first("Original-Recipient");
    const auto address = value ? address_in(*value) : std::nullopt;
    return address && address->key() != final_recipient.key() ? std::optional(address->text()) : std::nullopt;
}

bool speaks_of_delivery(const mail::Fields& block) noexcept {
    return block.has("Action") || block.has("Status") || block.has("Diagnostic-Code");
}

} // namespace

std::vector<domain::BouncedRecipient> read_delivery_status(std::string_view body, const domain::Limits& limits,
                                                           std::vector<domain::Defect>& defects) {
    std::vector<domain::BouncedRecipient> entries;
    while (!util::trim(body).empty()) {
        std::string_view rest;
        const mail::Fields block = mail::parse_fields(body, limits, defects, &rest);
        if (names_recipient(block)) {
            if (entries.size() >= limits.recipients) {
                defects.push_back({"too-many-recipients", {}});
                break;
            }
            domain::BouncedRecipient entry;
            if (const auto address = address_of(block)) {
                entry.address = address->text();
                entry.original_recipient = original_recipient(block, *address);
            }
            fill(entry, block);
            entries.push_back(std::move(entry));
        } else if (!entries.empty()) {
            // What follows without a word about the delivery is the returned mail.
            if (!speaks_of_delivery(block))
                break;
            fill(entries.back(), block);
        }
        if (rest.size() >= body.size())
            break;
        body = rest;
    }
    for (domain::BouncedRecipient& entry : entries) {
        if (!entry.status && entry.reply)
            entry.status = refusal::find_status(*entry.reply);
        if (!entry.action && entry.status && entry.status->starts_with('5'))
            entry.action = "failed";
    }
    return entries;
}

mail::Fields read_message_fields(std::string_view body, const domain::Limits& limits) {
    std::vector<domain::Defect> told_elsewhere;
    mail::Fields block = mail::parse_fields(body, limits, told_elsewhere);
    return names_recipient(block) && !block.has("Reporting-MTA") ? mail::Fields() : block;
}

std::size_t find_delivery_status(std::string_view text) noexcept {
    constexpr std::array<std::string_view, 3> first_fields = {
        "Reporting-MTA:", "Final-Recipient:", "Original-Recipient:"};
    bool recipient = false;
    std::size_t begin = std::string_view::npos;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view line = text.substr(at);
        for (const std::string_view field : first_fields)
            if (util::starts_with_ignoring_case(line, field)) {
                begin = std::min(begin, at);
                recipient = recipient || field != first_fields.front();
            }
        const std::size_t newline = text.find('\n', at);
        if (recipient || newline == std::string_view::npos)
            break;
        at = newline + 1;
    }
    return recipient ? begin : std::string_view::npos;
}

std::string host_in(std::string_view value) {
    value = without_type(value);
    value = value.substr(0, value.find_first_of(" \t(;,"));
    if (value.starts_with('[') && value.ends_with(']')) // an address literal
        value = value.substr(1, value.size() - 2);
    else if (const std::size_t colon = value.find(':'); colon == value.rfind(':'))
        value = value.substr(0, colon); // a port
    if (value.ends_with('.'))
        value.remove_suffix(1);
    return util::lower(value.substr(0, longest_host));
}

std::string tidy_reply(std::string_view text) {
    std::string tidy;
    for (const char c : util::trim(text)) {
        if (tidy.size() >= reply_bytes)
            break;
        if (!util::is_space(c))
            tidy += c;
        else if (tidy.back() != ' ')
            tidy += ' ';
    }
    return tidy;
}

} // namespace jmrp::classify
