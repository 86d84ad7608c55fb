#include "classify/derive.hpp"

#include <algorithm>

#include "classify/dkim_said.hpp"
#include "classify/identity.hpp"
#include "classify/received.hpp"
#include "domain/message_id.hpp"
#include "domain/redaction.hpp"
#include "mail/received.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

using Ips = std::vector<domain::Ip>;

void add(Ips& ips, const std::optional<domain::Ip>& ip) {
    if (ip)
        ips.push_back(*ip);
}

void from_subject(const Evidence& evidence, Ips& ips) {
    const std::string* subject = evidence.outer.first("Subject");
    if (!evidence.subject_names_ip || !subject)
        return;
    const std::string_view text = util::trim(*subject);
    const std::size_t blank = text.find_last_of(" \t");
    if (blank != std::string_view::npos)
        add(ips, domain::parse_ip(text.substr(blank + 1)));
}

void from_x_sender_ip(const Evidence& evidence, Ips& ips) {
    if (const std::string* value = evidence.original.first("X-Sender-IP"))
        add(ips, domain::parse_ip(*value));
}

void from_received_spf(const Evidence& evidence, Ips& ips) {
    for (const std::string_view value : evidence.original.all("Received-SPF"))
        if (const auto ip = tagged(value, "client-ip"))
            add(ips, domain::parse_ip(*ip));
}

void from_authentication_results(const Evidence& evidence, Ips& ips) {
    for (const std::string_view value : evidence.original.all("Authentication-Results")) {
        add(ips, sender_ip_is(value));
        for (const std::string_view name : {"client-ip", "smtp.remote-ip"})
            if (const auto ip = tagged(value, name))
                add(ips, domain::parse_ip(*ip));
    }
}

/// The hop at which the mail entered the provider. Microsoft's own hops hand it on among public IPv6 addresses, so of
/// a mail that Microsoft stamped only the stamp on a foreign client counts.
void from_received(const Evidence& evidence, Ips& ips) {
    std::optional<domain::Ip> first;
    bool stamped = false;
    for (const std::string_view value : evidence.original.all("Received")) {
        const mail::Hop hop = mail::read_received(value);
        const auto ip = std::find_if(hop.from_ips.begin(), hop.from_ips.end(),
                                     [](const domain::Ip& one) { return one.is_public(); });
        const bool by_microsoft = is_microsoft_host(hop.by_host);
        stamped = stamped || by_microsoft;
        if (ip == hop.from_ips.end())
            continue;
        if (by_microsoft && !is_microsoft_host(hop.from_host)) {
            ips.push_back(*ip);
            return;
        }
        if (!first)
            first = *ip;
    }
    if (!stamped)
        add(ips, first);
}

void from_any_hop(const Evidence& evidence, Ips& ips) {
    for (const std::string_view value : evidence.original.all("Received"))
        for (const domain::Ip& ip : mail::read_received(value).from_ips)
            ips.push_back(ip);
}

/// Webmail and submitting clients set it too.
void from_x_originating_ip(const Evidence& evidence, Ips& ips) {
    if (const std::string* value = evidence.original.first("X-Originating-IP"))
        add(ips, domain::parse_ip(*value));
}

struct IpSource {
    std::string_view from;
    void (*find)(const Evidence&, Ips&);
    bool only_own; ///< believed only for an address of the configured networks
};

// jmrp.md section 4. X-Reporter-IP is the complaining person's and never read.
constexpr IpSource ip_sources[] = {
    {"outer: Subject", from_subject, false},
    {"original: X-Sender-IP", from_x_sender_ip, false},
    {"original: Received-SPF client-ip", from_received_spf, false},
    {"original: Authentication-Results", from_authentication_results, false},
    {"original: Received", from_received, false},
    {"original: Received, another hop", from_any_hop, true},
    {"original: X-Originating-IP", from_x_originating_ip, true},
};

using Date = std::optional<util::Seconds>;

Date date_in(const mail::Fields& fields, std::string_view name) {
    const std::string* value = fields.first(name);
    return value ? mail::parse_date(*value) : std::nullopt;
}

Date original_arrival_time(const Evidence& evidence) {
    return date_in(evidence.original, "X-MS-Exchange-CrossTenant-OriginalArrivalTime");
}

Date topmost_received(const Evidence& evidence) {
    const std::string* value = evidence.original.first("Received");
    return value ? mail::parse_date(mail::read_received(*value).date) : std::nullopt;
}

Date original_date(const Evidence& evidence) {
    return date_in(evidence.original, "Date");
}
Date report_date(const Evidence& evidence) {
    return date_in(evidence.outer, "Date");
}

struct DateSource {
    std::string_view from;
    Date (*find)(const Evidence&);
};

constexpr DateSource date_sources[] = {
    {"original: X-MS-Exchange-CrossTenant-OriginalArrivalTime", original_arrival_time},
    {"original: Received", topmost_received},
    {"original: Date", original_date},
    {"outer: Date (upper bound)", report_date},
};

using Sender = std::optional<std::string>;

/// A mail that was forwarded as it was has the forwarder's Return-Path besides ours.
Sender from_return_path(const Evidence& evidence) {
    for (const std::string_view value : evidence.original.all("Return-Path"))
        if (auto sender = domain::bare_sender(value);
            sender && !util::equal_ignoring_case(*sender, "staff@hotmail.com"))
            return sender;
    return std::nullopt;
}

/// The purported responsible address; Exchange Online writes it in upper case.
Sender from_x_sid_pra(const Evidence& evidence) {
    const std::string* value = evidence.original.first("X-SID-PRA");
    auto sender = value ? domain::bare_sender(*value) : std::nullopt;
    if (!sender || sender->empty())
        return std::nullopt;
    const std::string_view local = std::string_view(*sender).substr(0, sender->find('@'));
    const bool shouted = std::none_of(local.begin(), local.end(), [](char c) { return c >= 'a' && c <= 'z'; });
    return shouted ? util::lower(*sender) : *sender;
}

/// Exchange Online gives the domain alone.
Sender from_smtp_mailfrom(const Evidence& evidence) {
    for (const std::string_view value : evidence.original.all("Authentication-Results"))
        if (const auto sender = tagged(value, "smtp.mailfrom"))
            if (auto bare = domain::bare_sender(*sender))
                return bare;
    return std::nullopt;
}

struct SenderSource {
    std::string_view from;
    Sender (*find)(const Evidence&);
};

constexpr SenderSource sender_sources[] = {
    {"original: Return-Path", from_return_path},
    {"original: X-SID-PRA", from_x_sid_pra},
    {"original: Authentication-Results smtp.mailfrom", from_smtp_mailfrom},
};

std::optional<std::string> text_of(const mail::Fields& fields, std::string_view name) {
    const std::string* value = fields.first(name);
    return value ? std::optional(*value) : std::nullopt;
}

} // namespace

std::string without_comments(std::string_view text) {
    std::string out;
    int depth = 0;
    for (const char c : text) {
        if (c == '(')
            ++depth;
        else if (c == ')' && depth > 0)
            --depth;
        else if (depth == 0)
            out += c;
    }
    return std::string(util::trim(out));
}

std::optional<std::string> bare_message_id(std::string_view text) {
    return domain::bare_message_id(text);
}

domain::Derived<domain::Ip> derive_source_ip(const Evidence& evidence, std::vector<domain::Defect>& defects) {
    if (const std::string* said = evidence.report.first("Source-IP"); said && !said->empty()) {
        if (const auto ip = domain::parse_ip(without_comments(*said)))
            return {ip, "report: Source-IP"};
        defects.push_back({"source-ip-unreadable", *said});
    }
    domain::Derived<domain::Ip> foreign;
    const std::vector<domain::Network>& own = evidence.rules.own_networks;
    Ips ips;
    for (const IpSource& source : ip_sources) {
        ips.clear();
        source.find(evidence, ips);
        for (const domain::Ip& ip : ips) {
            if (domain::any_contains(own, ip))
                return {ip, std::string(source.from)};
            if (!foreign.value && !source.only_own && ip.is_public())
                foreign = {ip, std::string(source.from)};
        }
        if (foreign.value && own.empty())
            break;
    }
    return foreign;
}

domain::Derived<util::Seconds> derive_arrival_date(const Evidence& evidence, std::vector<domain::Defect>& defects) {
    const std::string* arrival = evidence.report.first("Arrival-Date");
    const std::string* received = evidence.report.first("Received-Date");
    const Date arrived = arrival ? mail::parse_date(*arrival) : std::nullopt;
    const Date obsolete = received ? mail::parse_date(*received) : std::nullopt;
    if ((arrival && !arrival->empty() && !arrived) || (received && !received->empty() && !obsolete))
        defects.push_back({"arrival-date-unreadable", arrival && !arrived ? *arrival : *received});
    // RFC 5965 section 3.2: the two names mean the same, a report has one of them.
    const bool contradictory = arrived && obsolete && *arrived != *obsolete;
    if (arrival && received)
        defects.push_back({"arrival-date-twice", *received});
    if (arrived && !contradictory)
        return {arrived, "report: Arrival-Date"};
    if (obsolete && !contradictory)
        return {obsolete, "report: Received-Date"};
    for (const DateSource& source : date_sources)
        if (const Date date = source.find(evidence))
            return {date, std::string(source.from)};
    return {};
}

domain::Derived<std::string> derive_original_mail_from(const Evidence& evidence, std::vector<domain::Defect>& defects) {
    if (const std::string* said = evidence.report.first("Original-Mail-From"); said && !said->empty()) {
        if (auto sender = domain::bare_sender(*said))
            return {std::move(sender), "report: Original-Mail-From"};
        defects.push_back({"original-mail-from-unreadable", *said});
    }
    for (const SenderSource& source : sender_sources)
        if (auto sender = source.find(evidence))
            return {std::move(sender), std::string(source.from)};
    return {};
}

namespace {

/// Fields that hold nothing but the name of a campaign: listmonk, Mailchimp, Brevo, Acoustic and others.
constexpr const char* campaign_fields[] = {"X-Campaign", "X-Campaign-ID", "X-CampaignID", "X-Mailer-Campaign"};

/// "CAMPAIGN:CUSTOMER:TYPE:SENDER" (https://support.google.com/mail/answer/6254652); with fewer parts it is something else, as
/// that of Amazon SES.
std::optional<std::string> campaign_of_feedback_id(std::string_view value) {
    constexpr std::size_t parts_of_google = 4;
    const auto parts = util::split(value, ':');
    const std::string_view campaign = util::trim(parts.front());
    return parts.size() == parts_of_google && !campaign.empty() ? std::optional<std::string>(campaign) : std::nullopt;
}

std::optional<std::string> campaign_in(const mail::Fields& original) {
    for (const char* field : campaign_fields)
        if (const auto value = text_of(original, field); value && !util::trim(*value).empty())
            return std::string(util::trim(*value));
    const auto feedback_id = text_of(original, "Feedback-ID");
    return feedback_id ? campaign_of_feedback_id(*feedback_id) : std::nullopt;
}

} // namespace

domain::ReportedMessage read_reported(const mail::Fields& original) {
    domain::ReportedMessage reported;
    if (const std::string* id = original.first("Message-ID"))
        reported.message_id = bare_message_id(*id);
    reported.from = text_of(original, "From");
    reported.subject = text_of(original, "Subject");
    reported.date = date_in(original, "Date");
    if (const std::string* list = original.first("List-ID"); list && !list->empty()) {
        const std::size_t open = list->rfind('<');
        reported.list_id = open == std::string::npos ? *list : list->substr(open + 1, list->find('>', open) - open - 1);
    }
    reported.campaign = campaign_in(original);
    return reported;
}

void complete(domain::FeedbackReport& report, const Evidence& evidence, std::string_view original_text,
              std::vector<domain::Defect>& defects) {
    report.source_ip = derive_source_ip(evidence, defects);
    report.arrival_date = derive_arrival_date(evidence, defects);
    report.original_mail_from = derive_original_mail_from(evidence, defects);
    report.reported = read_reported(evidence.original);
    report.reported.dkim_passed = read_dkim_said(evidence.original, report.source_ip.value);
    report.report_date = date_in(evidence.outer, "Date");
    report.identity = identity_of(report, evidence, original_text);
}

} // namespace jmrp::classify
