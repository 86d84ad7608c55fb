#pragma once
// What a received message turned out to be: plain values, each derived one with the place it was read from.
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/address.hpp"
#include "domain/authenticity.hpp"
#include "domain/ip.hpp"
#include "domain/mitigation.hpp"
#include "domain/names.hpp"
#include "domain/refused.hpp"
#include "domain/rejection.hpp"
#include "domain/sent.hpp"
#include "domain/subscriber.hpp"
#include "domain/token.hpp"
#include "util/clock.hpp"

namespace jmrp::domain {

/// A value and the text that says where it was read: "report: Source-IP", "original: Received-SPF client-ip",
/// "outer: Subject". `from` is empty exactly where there is no value.
template <typename T>
struct Derived {
    std::optional<T> value;
    std::string from;
};

/// Something wrong with a mail that did not keep it from being read. `code` is a fixed word ("no-closing-boundary");
/// `detail` may hold text of the mail.
struct Defect {
    std::string code;
    std::string detail;
};

/// Shapes of feedback reports, see jmrp.md section 2 (D1/D3, D2, D6, everything else in RFC 5965 form).
enum class Dialect { jmrp_attachment, jmrp_original, jmrp_sparse, arf };
template <>
struct Names<Dialect> {
    static constexpr std::pair<Dialect, std::string_view> table[] = {{Dialect::jmrp_attachment, "jmrp-attachment"},
                                                                     {Dialect::jmrp_original, "jmrp-original"},
                                                                     {Dialect::jmrp_sparse, "jmrp-sparse"},
                                                                     {Dialect::arf, "arf"}};
};

/// RFC 6590: a report may name its recipient, hide it behind a placeholder, replace it by a hash, or say nothing. Ambiguous:
/// the reported mail went to several people and nothing tells which of them complained.
enum class RecipientStatus { known, ambiguous, masked, hashed, absent };
template <>
struct Names<RecipientStatus> {
    static constexpr std::pair<RecipientStatus, std::string_view> table[] = {{RecipientStatus::known, "known"},
                                                                             {RecipientStatus::ambiguous, "ambiguous"},
                                                                             {RecipientStatus::masked, "masked"},
                                                                             {RecipientStatus::hashed, "hashed"},
                                                                             {RecipientStatus::absent, "absent"}};
};

/// What an attribution rests on, weakest first. Claimed: the report's word alone. Own key: something that we wrote into the
/// mail or into our logs. Token: the same, and nobody else can have made it.
enum class Basis { nothing, claimed, own_key, token };
template <>
struct Names<Basis> {
    static constexpr std::pair<Basis, std::string_view> table[] = {
        {Basis::nothing, "nothing"}, {Basis::claimed, "claimed"}, {Basis::own_key, "own-key"}, {Basis::token, "token"}};
};

/// One rung of the attribution ladder and why it did or did not hold.
struct RungOutcome {
    std::string rung; ///< "token", "send-log", "verp", "list-software", "report-field", "vendor-header", "envelope-to"
    bool held = false;
    std::string why; ///< one sentence for a person; may hold text of the mail
};

struct Recipient {
    RecipientStatus status = RecipientStatus::absent;
    std::vector<Address> addresses;  ///< not empty exactly when known
    std::string from;                ///< the rung and field that decided, "report-field: Original-Rcpt-To"
    std::vector<RungOutcome> ladder; ///< every rung, in order
    Basis basis = Basis::nothing;    ///< of the addresses, or of the subscribers where there are none
    std::vector<Address> candidates; ///< whom an ambiguous mail went to
    /// Who it is in the words of a list program, which may be all that is known.
    std::vector<Subscriber> subscribers;
    std::optional<std::string> conflict; ///< two trusted rungs name different people: one sentence
    /// A token of ours that opened: the same one in another report is the same complaint.
    struct OwnToken {
        std::string text;
        util::Seconds sealed_at = 0;
        std::string list; ///< this and the next: may be empty
        std::string campaign;
    };
    std::optional<OwnToken> token;
    std::size_t tokens_refused = 0; ///< what looks like a token and did not open
};

/// The complained-of message, as far as the report returns it.
struct ReportedMessage {
    std::optional<std::string> message_id; ///< without angle brackets
    std::optional<std::string> from;       ///< header From, as it came (unfolded)
    std::optional<std::string> subject;    ///< as it came (unfolded, not decoded)
    std::optional<util::Seconds> date;
    std::optional<std::string> list_id;
    std::optional<std::string> campaign; ///< as the program that sent it calls it
    /// d= of the DKIM signatures that the provider found right; nothing: it does not say.
    std::optional<std::vector<std::string>> dkim_passed;
};

struct FeedbackReport {
    Dialect dialect = Dialect::arf;
    std::string feedback_type;               ///< lower case; the legacy forms of Microsoft: "abuse"
    bool complaint = false;                  ///< abuse, fraud and the legacy forms
    bool unsubscribe = false;                ///< opt-out
    Derived<Ip> source_ip;                   ///< of our mail, never the complaining person's
    Derived<std::string> original_mail_from; ///< bare address or domain; "" for the null sender <>
    Recipient recipient;
    ReportedMessage reported;
    Derived<util::Seconds> arrival_date; ///< when the provider received the reported message
    std::uint32_t incidents = 1;
    std::optional<util::Seconds> report_date; ///< the report's own Date
    Authenticity authenticity;
    /// What stays the same when this very report reaches us by another route (other trace headers, other line ends).
    std::string identity;
};

/// One recipient of a delivery status notification (RFC 3464), or what the text of an older bounce says.
struct BouncedRecipient {
    std::optional<std::string> address;
    std::optional<std::string> action;             ///< lower case
    std::optional<std::string> status;             ///< "5.7.1"
    std::optional<std::string> reply;              ///< diagnostic text
    std::optional<std::string> original_recipient; ///< Original-Recipient, where it is another address
    std::optional<std::string> remote_mta;         ///< the server that answered, lower case
    std::optional<util::Seconds> last_attempt_date;
    std::optional<Rejection> rejection; ///< nothing where the action says that the mail was handed on
    BounceProof proof = BounceProof::none;
    std::optional<Address> written_to; ///< whom we wrote to, where something proves it; a forwarder names another
    std::optional<SentMatch> sent;     ///< what the send log has of it
};

/// What a bounce tells of the mail that came back: by this it is proved to have been ours.
struct ReturnedMail {
    std::optional<std::string> message_id;  ///< without angle brackets
    std::optional<std::string> envelope_id; ///< Original-Envelope-Id (RFC 3461)
    std::vector<std::string> mail_from; ///< what may be its envelope sender, VERP and all: where the bounce was sent to
    std::vector<std::string> queue_ids; ///< of the servers that it names
    std::optional<util::Seconds> arrival_date; ///< when the reporting server took it in
};

struct Bounce {
    std::vector<BouncedRecipient> recipients;
    std::string reporting_mta; ///< lower case; empty where it does not say
    ReturnedMail returned;
};

/// An answer of Microsoft's sender support. Anybody can write one: what may follow is decided by who uses it.
struct SupportReply {
    std::optional<std::string> ticket; ///< ten digits
    std::optional<util::Seconds> date; ///< its own Date
    Authenticity authenticity;
    std::vector<MitigationFinding> findings; ///< not empty
};

struct Unrecognized {
    std::string reason; ///< one sentence for a person
};

struct Reading {
    std::variant<Unrecognized, FeedbackReport, Bounce, SupportReply> what;
    std::vector<Defect> defects;
};

/// "feedback-report", "bounce", "support-reply", "unrecognized".
std::string_view kind_text(const Reading& reading);

} // namespace jmrp::domain
