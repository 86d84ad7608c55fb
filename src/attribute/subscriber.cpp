#include "attribute/subscriber.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

#include "domain/redaction.hpp"
#include "util/base_codes.hpp"
#include "util/fault.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::attribute {

namespace {

constexpr std::size_t most_values = 8;   ///< of one field that are looked into
constexpr std::size_t most_chars = 4096; ///< of one value
constexpr std::size_t longest_id = 200;

constexpr std::string_view uri_field = "List-Unsubscribe";
constexpr std::string_view return_path = "Return-Path";

struct BuiltIn {
    std::string_view system;
    std::string_view field;
    std::string_view expression;
};

/// What each program writes, and where in its source that is to be seen. A pattern of a URI holds enough of its path that it
/// does not speak for another program. GNU Mailman 2 and 3 write the recipient into the return path alone (see verp.cpp);
/// their List-Unsubscribe is that of the list (Mailman 3, src/mailman/handlers/rfc_2369.py).
constexpr BuiltIn built_ins[] = {
    // listmonk: models/models.go (EmailHeaderSubscriberUUID), internal/manager (unsubURL of campaign, subscriber)
    {"listmonk", "X-Listmonk-Subscriber", R"(^(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$)"},
    {"listmonk", uri_field,
     R"(/subscription/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/(?<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[/?#]|$))"},
    // MailWizz: CampaignSenderBehavior.php (X-Mw-*, lists/LIST/unsubscribe/SUBSCRIBER/CAMPAIGN)
    {"mailwizz", "X-Mw-Subscriber-Uid", R"(^(?<id>[0-9a-z]{8,20})$)"},
    {"mailwizz", uri_field, R"(/lists/[0-9a-z]{8,20}/unsubscribe/(?<id>[0-9a-z]{8,20})(?:[/?#]|$))"},
    // Mautic: app/bundles/EmailBundle/Config/config.php (email/unsubscribe/idHash/urlEmail/secretHash); the hash is of one
    // mail to one contact. X-EMAIL-ID is the mailing's.
    {"mautic", uri_field,
     R"(/email/(?:unsubscribe|dnc)/(?<id>[0-9a-z]{8,64})(?:/(?<address>[^/?#]+@[^/?#]+|[^/?#]+%40[^/?#]+))?(?:[/?#]|$))"},
    // phpList: public_html/lists/admin/class.phplistmailer.php, sendemaillib.php (X-ListMember, ?p=unsubscribe&uid=)
    {"phplist", "X-ListMember", R"(^(?<address>\S+@\S+)$)"},
    {"phplist", uri_field, R"([?&]p=unsubscribe(?:&[^#]*)?&uid=(?<id>[0-9a-f]{32})(?:[&#]|$))"},
    // Sendy: includes/create/send-now.php, scheduled.php (unsubscribe/ADDRESS/LIST/CAMPAIGN, each encrypted by short())
    {"sendy", uri_field, R"(^https?://[^?#]*/unsubscribe/(?<id>[0-9a-z]{10,})/[0-9a-z]{10,}/[0-9a-z]{10,}(?:/a)?$)"},
    // CiviCRM: CRM/Mailing/BAO/Mailing.php (LETTER.JOB.QUEUE.HASH@, mailing/unsubscribe?reset=1&jid=&qid=&h=); the job is
    // missing in the Message-ID of later versions. The queue's number stands for one mail to one contact.
    {"civicrm", uri_field, R"(/mailing/(?:unsubscribe|optout)\b[^#]*[?&]qid=(?<id>[0-9]+)&h=[0-9a-f]{16}(?:[&#]|$))"},
    {"civicrm", uri_field, R"(^mailto:[^@]*\b[uo]\.[0-9]+\.(?<id>[0-9]+)\.[0-9a-f]{16}@)"},
    {"civicrm", "Message-ID", R"(^<[^@]*\bm\.(?:[0-9]*\.)?(?<id>[0-9]+)\.[0-9a-f]{16}@)"},
    {"civicrm", return_path, R"(^<?[^@]*\bb\.[0-9]+\.(?<id>[0-9]+)\.[0-9a-f]{16}@)"},
    // Sympa: manual, "Adding unsubscription links" (auto_signoff/LIST?email=ADDRESS, before 6.2.16 auto_signoff/LIST/ADDRESS)
    {"sympa", uri_field, R"(/auto_signoff/[^/?#]+(?:\?(?:[^#]*&)?email=|/)(?<address>[^&/?#]+))"},
    // Acelle: app/Model/Campaign.php (X-Acelle-*)
    {"acelle", "X-Acelle-Subscriber-Id", R"(^(?<id>[0-9a-z]{8,40})$)"},
};

class Pattern {
  public:
    Pattern(std::string_view system, std::string_view field, std::string_view expression)
        : system_(system), field_(field), regex_(expression), id_(regex_.group("id")),
          address_(regex_.group("address")), named_system_(regex_.group("system")) {}

    /// As the configuration writes it.
    static Pattern from_text(std::string_view text) {
        const std::size_t colon = text.find(": ");
        const std::string_view name = text.substr(0, colon);
        const bool has_field =
            colon != std::string_view::npos && colon > 0 &&
            std::all_of(name.begin(), name.end(), [](char c) { return util::is_alnum(c) || c == '-'; });
        Pattern pattern("own", has_field ? name : std::string_view(),
                        has_field ? util::trim(text.substr(colon + 2)) : text);
        if (!pattern.id_ && !pattern.address_)
            throw util::Fault(util::FaultKind::configuration, "use the subscriber pattern '" + std::string(text) + "'",
                              "it has neither the group 'id' nor the group 'address'",
                              "write for instance X-My-Subscriber: ^(?<id>[0-9]+)$");
        return pattern;
    }

    /// Empty: everywhere.
    const std::string& field() const noexcept { return field_; }

    struct Match {
        domain::Subscriber subscriber; ///< without an id where the pattern finds none
        std::string address;
    };
    std::optional<Match> apply(std::string_view value) const {
        const auto groups = regex_.search(value);
        if (!groups)
            return std::nullopt;
        const auto text = [&](const std::optional<std::size_t>& group) {
            return group ? std::string((*groups)[*group]) : std::string();
        };
        Match match{{system_, text(id_)}, text(address_)};
        if (named_system_ && !(*groups)[*named_system_].empty())
            match.subscriber.system = text(named_system_);
        return match;
    }

  private:
    std::string system_, field_;
    util::Regex regex_;
    std::optional<std::size_t> id_, address_, named_system_;
};

const std::vector<Pattern>& built_in() {
    static const std::vector<Pattern> patterns = [] {
        std::vector<Pattern> out;
        for (const BuiltIn& row : built_ins)
            out.emplace_back(row.system, row.field, row.expression);
        return out;
    }();
    return patterns;
}

/// Compiled once for every list of patterns that is ever used: a process has one, tests have a few.
std::shared_ptr<const std::vector<Pattern>> compiled(const std::vector<std::string>& texts) {
    static std::mutex mutex;
    static std::map<std::vector<std::string>, std::shared_ptr<const std::vector<Pattern>>> known;
    const std::lock_guard lock(mutex);
    auto& patterns = known[texts];
    if (!patterns) {
        std::vector<Pattern> fresh;
        for (const std::string& text : texts)
            fresh.push_back(Pattern::from_text(text));
        patterns = std::make_shared<const std::vector<Pattern>>(std::move(fresh));
    }
    return patterns;
}

/// "%40" is "@"; what is no escape stays.
std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && util::is_hex(text[i + 1]) && util::is_hex(text[i + 2])) {
            out += static_cast<char>(util::hex_value(text[i + 1]) * 16 + util::hex_value(text[i + 2]));
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// The URIs of a List-Unsubscribe field (RFC 2369), without the blanks of a fold.
std::vector<std::string> uris(std::string_view value) {
    std::string text(value.substr(0, most_chars));
    std::erase_if(text, util::is_space);
    for (std::size_t at = text.find("&amp;"); at != std::string::npos; at = text.find("&amp;", at + 1))
        text.erase(at + 1, 4);
    std::vector<std::string> out;
    std::string_view rest = text;
    while (out.size() < most_values) {
        const std::size_t open = rest.find('<');
        const std::size_t close = open == std::string_view::npos ? open : rest.find('>', open);
        if (close == std::string_view::npos)
            break;
        out.emplace_back(rest.substr(open + 1, close - open - 1));
        rest.remove_prefix(close + 1);
    }
    if (out.empty() && !text.empty())
        out.push_back(std::move(text));
    return out;
}

struct Place {
    std::string field;
    std::string text;
    bool is_uri = false;
};

class Header {
  public:
    Header(const mail::Fields& fields, std::string_view mail_from) : fields_(fields), mail_from_(mail_from) {}

    std::vector<Place> places(std::string_view field) const {
        std::vector<Place> out;
        const bool holds_uris = util::equal_ignoring_case(field, uri_field);
        for (const std::string_view value : fields_.all(field)) {
            if (out.size() >= most_values)
                break;
            if (!holds_uris)
                out.push_back({std::string(field), std::string(util::trim(value.substr(0, most_chars)))});
            else
                for (std::string& uri : uris(value))
                    out.push_back({std::string(field), std::move(uri), true});
        }
        if (util::equal_ignoring_case(field, return_path) && !mail_from_.empty())
            out.push_back({"Original-Mail-From", std::string(mail_from_.substr(0, most_chars))});
        return out;
    }

    std::vector<Place> places() const {
        std::vector<Place> out;
        for (const std::string_view field : {uri_field, std::string_view("Message-ID"), std::string_view("Feedback-ID"),
                                             std::string_view("CFBL-Feedback-ID"), return_path})
            for (Place& place : places(field))
                out.push_back(std::move(place));
        return out;
    }

  private:
    const mail::Fields& fields_;
    std::string_view mail_from_;
};

class Collector {
  public:
    void add(const Place& place, Pattern::Match match) {
        if (place.is_uri) {
            match.subscriber.id = percent_decoded(match.subscriber.id);
            match.address = percent_decoded(match.address);
        }
        const bool named = add_address(match.address);
        const bool known = add_subscriber(std::move(match.subscriber));
        if ((!named && !known) || !reading_.field.empty())
            return;
        reading_.field = place.field;
        reading_.why = place.field + " names " +
                       (named ? reading_.address->text()
                              : reading_.subscribers.front().system + " subscriber " + reading_.subscribers.front().id);
    }

    SubscriberReading take() {
        if (reading_.field.empty())
            reading_.why = "no list software left a mark that is known";
        return std::move(reading_);
    }

  private:
    bool add_address(std::string_view text) {
        const domain::ReportedAddress mailbox = domain::read_mailbox(text);
        if (!mailbox.address)
            return false;
        if (!reading_.address)
            reading_.address = mailbox.address;
        else
            reading_.conflict = reading_.conflict || reading_.address->key() != mailbox.address->key();
        return true;
    }

    bool add_subscriber(domain::Subscriber subscriber) {
        const auto printable = [](char c) { return c > ' ' && c < '\x7F'; };
        const auto& id = subscriber.id;
        if (id.empty() || id.size() > longest_id || !std::all_of(id.begin(), id.end(), printable) ||
            id.find_first_not_of("0-") == std::string::npos || // listmonk's subscriber of nobody
            subscriber.system.size() > longest_id ||
            !std::all_of(subscriber.system.begin(), subscriber.system.end(), printable))
            return false;
        auto& all = reading_.subscribers;
        if (all.size() < most_subscribers && std::find(all.begin(), all.end(), subscriber) == all.end())
            all.push_back(std::move(subscriber));
        return true;
    }

    SubscriberReading reading_;
};

/// KumoMTA writes the envelope recipient, in JSON, in base64, under a name of the administrator's choice (X-KumoRef where he
/// chose none), marked by a key of its own: crates/kumo-log-types/src/rfc5965.rs, docs trace_headers.
void read_kumo_reference(const mail::Fields& fields, Collector& collector) {
    static const util::Regex marker(R"re("_@_"\s*:\s*"\\\\_/")re");
    static const util::Regex recipient(R"re("recipient"\s*:\s*(?:"([^"\\]+)"|\[\s*"([^"\\]+)"\s*\]))re");
    std::size_t looked = 0;
    for (const mail::Field& field : fields) {
        if (!util::starts_with_ignoring_case(field.name, "X-") || !field.value.starts_with("eyJ") ||
            field.value.size() > most_chars)
            continue;
        if (++looked > most_values)
            return;
        const auto json = util::from_base64(field.value);
        if (!json || !marker.search(*json))
            continue;
        if (const auto groups = recipient.search(*json))
            collector.add({field.name, {}}, {{}, std::string((*groups)[1].empty() ? (*groups)[2] : (*groups)[1])});
    }
}

void apply(const std::vector<Pattern>& patterns, const Header& header, Collector& collector) {
    for (const Pattern& pattern : patterns)
        for (const Place& place : pattern.field().empty() ? header.places() : header.places(pattern.field()))
            if (auto match = pattern.apply(place.text))
                collector.add(place, std::move(*match));
}

} // namespace

SubscriberReading read_subscribers(const mail::Fields& original, std::string_view original_mail_from,
                                   const std::vector<std::string>& patterns) {
    Collector collector;
    const Header header(original, original_mail_from);
    if (!patterns.empty())
        apply(*compiled(patterns), header, collector);
    apply(built_in(), header, collector);
    read_kumo_reference(original, collector);
    return collector.take();
}

void check_subscriber_pattern(std::string_view pattern) {
    static_cast<void>(Pattern::from_text(pattern));
}

} // namespace jmrp::attribute
