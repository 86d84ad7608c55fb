#include "classify/bounce_phrases.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "classify/text_address.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::array<std::string_view, 11> system_display_names = {
    "mail delivery",        "mailer-daemon",      "mailer daemon", "mail system",
    "mail deliver system",  "delivery subsystem", "postmaster",    "internet mail",
    "system administrator", "mail administrator", "mail server",
};

constexpr std::array<std::string_view, 52> failure_subjects = {
    "undeliver",
    "non-deliver",
    "nondeliver",
    "non deliver",
    "not deliver",
    "failure notice",
    "failure delivery",
    "delivery failure",
    "delivery failed",
    "delivery has failed",
    "delivery status",
    "delivery notification",
    "delivery problem",
    "delivery error",
    "delivery incomplete",
    "delivery delayed",
    "delivery unsuccessful",
    "message delivery has",
    "message delivery failure",
    "mail delivery",
    "mail failure",
    "mail system error",
    "mail error",
    "error mail report",
    "error sending your mail",
    "error notice",
    "returned mail",
    "returned to sender",
    "return to sender",
    "returning message",
    "returned message",
    "could not be delivered",
    "couldn't be delivered",
    "could not send message",
    "cannot send message",
    "cannot be delivered",
    "unable to deliver",
    "failed to deliver",
    "permanent delivery",
    "user unknown",
    "unknown user",
    "mailbox full",
    "delayed mail",
    "delivery report",
    "bounce",
    "rejected mail",
    "unzustellbar",
    "nicht zustellbar",
    "non remis",
    "mancato recapito",
    "no se puede entregar",
    "onbestelbaar",
};

constexpr std::array<std::string_view, 5> answer_subjects = {"re:", "aw:", "sv:", "antw:", "odp:"};

constexpr std::array<std::string_view, 15> automatic_subjects = {
    "auto:",          "auto reply",    "auto-reply",     "autoreply",           "automatic reply",
    "automatische a", "out of office", "out of the off", "away until",          "away from",
    "vacation",       "abwesenheit",   "respuesta auto", "r\xC3\xA9ponse auto", "risposta auto",
};

constexpr std::array<std::string_view, 5> automatic_fields = {
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply-From", "X-Vacation",
};

struct Anchor {
    std::string_view phrase;
    bool failure; ///< says by itself that a mail did not arrive
};

// Longest first where one holds another; "address" and "recipient" also find their plurals.
constexpr std::array anchors = {
    Anchor{"following address(es) failed", true}, // Exim
    Anchor{"following address failed", true},     // Exim, MXLogic, 1&1
    Anchor{"following addresses had", true},      // Sendmail
    Anchor{"following address had", true},
    Anchor{"following addresses failed", true},
    Anchor{"message to the following address", true}, // qmail, Yahoo, Mimecast
    Anchor{"delivery to the following address", true},
    Anchor{"delivered to the following address", true},
    Anchor{"to the following address", false},
    Anchor{"to the following e-mail address", false},
    Anchor{"to the following email address", false},
    Anchor{"delivery to the following recipient", true}, // Gmail, Exchange 2000
    Anchor{"delevery to the following recipient", true}, // as one system spells it
    Anchor{"message to the following recipient", true},  // Courier, Sun Messaging Server
    Anchor{"delivered to the following recipient", true},
    Anchor{"did not reach the following recipient", true}, // Exchange 5.5
    Anchor{"following recipient(s) could not be", true},
    Anchor{"following recipients could not be", true},
    Anchor{"following recipients returned", true},
    Anchor{"following recipients were affected", true}, // MailMarshal
    Anchor{"following recipients was rejected", true},  // ezweb
    Anchor{"following recipients were rejected", true},
    Anchor{"following list of recipients", true}, // OpenSMTPD
    Anchor{"following recipient", false},
    Anchor{"has failed to these recipients", true}, // Exchange 2007 and later
    Anchor{"couldn't be delivered to these recipients", true},
    Anchor{"these recipients or groups", true},
    Anchor{"these recipients or distribution lists", true},
    Anchor{"an email you addressed to email address", false}, // Mimecast
    Anchor{"an error delivering your mail to", true},         // DragonFly
    Anchor{"error occurred while trying to deliver the mail to", true},
    Anchor{"unable to deliver message to", true}, // MailFoundry
    Anchor{"unable to deliver your message to", true},
    Anchor{"unable to deliver mail to", true},
    Anchor{"unable to deliver to", true},
    Anchor{"not able to deliver your message to", true},
    Anchor{"could not deliver your message to", true},
    Anchor{"could not deliver message to", true},
    Anchor{"failed to deliver your message to", true},
    Anchor{"failed to deliver message to", true},
    Anchor{"could not be delivered to", true},
    Anchor{"couldn't be delivered to", true},
    Anchor{"cannot be delivered to", true},
    Anchor{"was not delivered to", true}, // Domino, GroupWise
    Anchor{"wasn't delivered to", true},  // Gmail
    Anchor{"was not relayed to", true},   // amavis
    Anchor{"undeliverable to", true},
    Anchor{"undeliverable address", true},
    Anchor{"delivery failed:", true},
    Anchor{"failed addresses follow", true},
    Anchor{"failed recipient", true},
    Anchor{"failure reasons", true},                   // Notes
    Anchor{"failed to send to identified host", true}, // SurfControl
    Anchor{"addresses in the message could not be", true},
    Anchor{"recipient addresses that were incorrectly constructed", true}, // Exim
    Anchor{"unknown user:", true},                                         // IMail
    Anchor{"user unknown:", true},
    Anchor{"no such user:", true},
    Anchor{"mailbox exceeds allowed size:", true}, // IMail
    Anchor{"mailbox is full:", true},
    Anchor{"mailbox full:", true},
    Anchor{"invalid final delivery userid:", true}, // IMail
    Anchor{"undeliverable mail:", true},
    Anchor{"target mail address:", false},
    Anchor{"recipient address:", false}, // Sun Messaging Server
    Anchor{"recipient:", false},         // ezweb
    Anchor{"recipients:", false},
    Anchor{"addressed to:", false},
    Anchor{"delivery to the following", true},
    Anchor{"folgende adresse", false}, // web.de, GMX, T-Online
    Anchor{"folgenden empf", false},
    Anchor{"folgende empf", false},
    Anchor{"an diese empf", false},
    Anchor{"ces destinataires", false},
    Anchor{"destinataires suivants", false},
    Anchor{"adresse suivante", false},
    Anchor{"siguientes destinatarios", false},
    Anchor{"estos destinatarios", false},
    Anchor{"seguintes destinat", false},
    Anchor{"seguenti destinatari", false},
    Anchor{"volgende ontvangers", false},
    Anchor{"deze ontvangers", false},
};

// Said about undelivered mail only, without naming the address next.
constexpr std::array<std::string_view, 29> failure_phrases = {
    "this is the qmail-send program",
    "this is a permanent error",
    "permanent fatal errors",
    "transient non-fatal errors",
    "transcript of session follows",
    "unsent message follows",
    "created automatically by mail delivery software",
    "delivery has failed",
    "delivery failed",
    "delivery failure",
    "could not be delivered",
    "couldn't be delivered",
    "cannot be delivered",
    "was not delivered",
    "wasn't delivered",
    "unable to deliver",
    "undeliverable",
    "undelivered",
    "this has been a permanent failure",
    "delivery status notification",
    "error message below",
    "remote host said",
    "remote server returned",
    "failed after i sent the message",
    "an email you sent was rejected",
    "trouble delivering your message",
    "nicht zugestellt werden",
    "<<< rcpt to:",
    ">>> rcpt to:",
};

constexpr std::array<std::string_view, 12> delay_phrases = {
    "delayed mail",           "still being retried",       "will be retried",      "will retry until",
    "delivery delayed",       "has been delayed",          "is delayed",           "warning message only",
    "this is a warning only", "you do not need to resend", "will continue trying", "warning: could not send message",
};

struct Introduction {
    std::string_view words;
    bool whole_line; ///< more words make it another sentence ("The original message was received at")
};

constexpr std::array introductions = {
    Introduction{"below this line is a copy", false}, // qmail, Yahoo
    Introduction{"enclosed is a copy of", false},     // IndiMail
    Introduction{"this is a copy of", false},         // Exim
    Introduction{"below is a copy of", false},        // OpenSMTPD
    Introduction{"included is a copy of", false},     // MXLogic
    Introduction{"unsent message follows", false},    // Sendmail 5
    Introduction{"original message follows", false},  // DragonFly, IMail
    Introduction{"message headers follow", false},    // DragonFly
    Introduction{"message header follows", false},
    Introduction{"original message header", false},            // Exchange
    Introduction{"the header of the original message", false}, // 1&1
    Introduction{"original mail info", false},                 // m-FILTER
    Introduction{"original message", true},                    // Gmail
    Introduction{"original mail", true},
    Introduction{"returned message", true}, // Notes
    Introduction{"returned mail", true},
    Introduction{"returned mail follows", false},
    Introduction{"start of original message", false},
    Introduction{"undelivered message follows", false},
    Introduction{"bounced e-mail", true},
    Introduction{"bounced message", true},
};

bool any_in(std::string_view text, std::span<const std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool begins_with_any(std::string_view text, std::span<const std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return text.starts_with(word); });
}

std::string lower_subject(const mail::Fields& header) {
    const std::string* subject = header.first("Subject");
    return subject ? util::lower(*subject) : std::string();
}

bool names_mail_system(std::string_view sender) {
    const std::string lowered = util::lower(util::trim(sender));
    if (lowered.empty() || lowered == "<>" || is_mail_system(lowered) || any_in(lowered, system_display_names))
        return true;
    const auto address = find_address(lowered);
    return address && is_mail_system(address->address.local);
}

} // namespace

bool from_mail_system(const mail::Fields& header) {
    for (const std::string_view name : {"From", "Sender"})
        if (const std::string* sender = header.first(name); sender && names_mail_system(*sender))
            return true;
    const std::string* path = header.first("Return-Path");
    return path && is_mail_system(util::trim(std::string_view(*path).substr(path->starts_with('<') ? 1 : 0)));
}

bool from_null_sender(const mail::Fields& header) {
    const std::string* path = header.first("Return-Path");
    return path && util::trim(*path) == "<>";
}

bool failure_subject(const mail::Fields& header) {
    const std::string subject = lower_subject(header);
    return !begins_with_any(subject, answer_subjects) && any_in(subject, failure_subjects);
}

bool automatic_answer(const mail::Fields& header) {
    if (begins_with_any(lower_subject(header), automatic_subjects))
        return true;
    if (const std::string* precedence = header.first("Precedence");
        precedence && util::starts_with_ignoring_case(*precedence, "auto_reply"))
        return true;
    if (const std::string* action = header.first("X-Apple-Action");
        action && util::contains_ignoring_case(*action, "vacation"))
        return true;
    return std::any_of(automatic_fields.begin(), automatic_fields.end(),
                       [&](std::string_view name) { return header.has(name); });
}

Flattened flatten(std::string_view text) {
    Flattened flat;
    flat.text.reserve(text.size());
    flat.origin.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool blank = util::is_space(text[i]);
        if (blank && !flat.text.empty() && flat.text.back() == ' ')
            continue;
        // Typographic apostrophe, in UTF-8 and in windows-1252.
        if (text.substr(i).starts_with("\xE2\x80\x99")) {
            flat.text += '\'';
            flat.origin.push_back(i);
            i += 2;
            continue;
        }
        flat.text += blank ? ' ' : text[i] == '\x92' ? '\'' : util::lower(text[i]);
        flat.origin.push_back(i);
    }
    return flat;
}

std::vector<std::size_t> find_recipient_anchors(const Flattened& flat) {
    std::vector<std::size_t> ends;
    for (const Anchor& anchor : anchors)
        for (std::size_t at = flat.text.find(anchor.phrase); at != std::string::npos;
             at = flat.text.find(anchor.phrase, at + 1))
            ends.push_back(flat.origin[at + anchor.phrase.size() - 1] + 1);
    std::sort(ends.begin(), ends.end());
    return ends;
}

bool has_failure_phrase(const Flattened& flat) {
    return any_in(flat.text, failure_phrases) || std::any_of(anchors.begin(), anchors.end(), [&](const Anchor& anchor) {
               return anchor.failure && flat.text.find(anchor.phrase) != std::string::npos;
           });
}

bool has_delay_phrase(const Flattened& flat) {
    constexpr std::array<std::string_view, 4> final_phrases = {"permanent", "giving up", "given up",
                                                               "no further delivery attempts"};
    return any_in(flat.text, delay_phrases) && !any_in(flat.text, final_phrases);
}

bool introduces_original(std::string_view line) {
    constexpr std::string_view decoration = "-=*#_<>[]():. \t\r";
    const std::size_t begin = line.find_first_not_of(decoration);
    if (begin == std::string_view::npos || line.size() > 200)
        return false;
    const std::string words = util::lower(line.substr(begin, line.find_last_not_of(decoration) + 1 - begin));
    return std::any_of(introductions.begin(), introductions.end(), [&](const Introduction& introduction) {
        return introduction.whole_line ? words == introduction.words : words.starts_with(introduction.words);
    });
}

} // namespace jmrp::classify
