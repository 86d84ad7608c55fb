#include "dkim/check.hpp"

#include <opendkim/dkim.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "util/fault.hpp"
#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::dkim {

namespace {

using domain::DkimFinding;

constexpr std::size_t most_signatures = 16;
constexpr std::size_t most_header_bytes = std::size_t{512} << 10;
constexpr std::size_t most_fields = 2000;
constexpr std::size_t most_signature_bytes = std::size_t{16} << 10;
constexpr std::size_t most_body_piece = std::size_t{1} << 20;
constexpr util::Seconds clock_drift = 300; ///< between a signer's clock and ours
constexpr unsigned least_rsa_bits = 1024;

struct Split {
    std::vector<std::string> fields; ///< CRLF inside, none at the end
    std::string_view body;
    std::size_t signatures = 0;
    bool too_much = false;
};

/// "From " of an mbox and other lines that are no field are left out: no signature can cover them.
Split split(std::string_view message) {
    Split out;
    std::size_t at = 0;
    bool in_field = false;
    while (at < message.size()) {
        const std::size_t end = std::min(message.find('\n', at), message.size());
        std::string_view line = message.substr(at, end - at);
        at = std::min(end + 1, message.size());
        if (!line.empty() && line.back() == '\r')
            line.remove_suffix(1);
        if (line.empty())
            break;
        if (at > most_header_bytes || out.fields.size() > most_fields) {
            out.too_much = true;
            return out;
        }
        if (line.front() == ' ' || line.front() == '\t') {
            if (in_field)
                out.fields.back().append("\r\n").append(line);
            continue;
        }
        const std::size_t colon = line.find(':');
        in_field = colon != std::string_view::npos && colon > 0 && line.find('\0') == std::string_view::npos &&
                   !line.starts_with("From ");
        if (!in_field)
            continue;
        out.signatures += util::equal_ignoring_case(util::trim(line.substr(0, colon)), DKIM_SIGNHEADER) ? 1U : 0U;
        out.fields.emplace_back(line);
    }
    out.body = message.substr(at);
    out.too_much =
        out.signatures > most_signatures ||
        std::any_of(out.fields.begin(), out.fields.end(), [](const std::string& field) {
            return field.size() > most_signature_bytes && util::starts_with_ignoring_case(field, DKIM_SIGNHEADER);
        });
    return out;
}

/// Every line end as CRLF; `last` is the byte before this piece.
std::string with_crlf(std::string_view piece, char last) {
    std::string out;
    out.reserve(piece.size() + piece.size() / 32);
    for (const char c : piece) {
        if (c == '\n' && last != '\r')
            out += '\r';
        out += c;
        last = c;
    }
    return out;
}

/// What the library's callback needs and learns.
struct Asked {
    const FindKey& find_key;
    bool unanswered = false;
};

DKIM_CBSTAT look_up(DKIM* dkim, DKIM_SIGINFO* signature, u_char* buffer, std::size_t size) {
    auto& asked = *static_cast<Asked*>(::dkim_get_user_context(dkim));
    const auto text = [](const unsigned char* c) { return std::string(c ? reinterpret_cast<const char*>(c) : ""); };
    const std::string selector = text(::dkim_sig_getselector(signature));
    const std::string domain = text(::dkim_sig_getdomain(signature));
    if (selector.empty() || domain.empty())
        return DKIM_CBSTAT_NOTFOUND;
    try {
        const KeyAnswer answer = asked.find_key(selector + "._domainkey." + domain);
        if (answer.status == KeyAnswer::Status::later) {
            asked.unanswered = true;
            return DKIM_CBSTAT_TRYAGAIN;
        }
        if (answer.status == KeyAnswer::Status::absent || answer.record.size() >= size)
            return DKIM_CBSTAT_NOTFOUND;
        std::memcpy(buffer, answer.record.c_str(), answer.record.size() + 1);
        return DKIM_CBSTAT_CONTINUE;
    } catch (...) { // no exception of ours may cross the C library
        asked.unanswered = true;
        return DKIM_CBSTAT_TRYAGAIN;
    }
}

std::optional<std::uint64_t> tag_number(DKIM_SIGINFO* signature, const char* tag) {
    std::string name(tag);
    const auto* value = ::dkim_sig_gettagvalue(signature, false, reinterpret_cast<u_char*>(name.data()));
    if (!value)
        return std::nullopt;
    const std::string_view text = util::trim(reinterpret_cast<const char*>(value));
    return text.empty() ? std::nullopt : util::parse_unsigned(text);
}

bool has_tag(DKIM_SIGINFO* signature, const char* tag) {
    std::string name(tag);
    return ::dkim_sig_gettagvalue(signature, false, reinterpret_cast<u_char*>(name.data())) != nullptr;
}

/// Why a signature that verified does not count all the same; empty where it does.
std::string_view objection(DKIM* dkim, DKIM_SIGINFO* signature, util::Seconds received_at) {
    dkim_alg_t algorithm = DKIM_SIGN_UNKNOWN;
    unsigned bits = 0;
    ssize_t message_length = 0;
    ssize_t canonical_length = 0;
    ssize_t signed_length = -1;
    if (::dkim_sig_getsignalg(signature, &algorithm) != DKIM_STAT_OK ||
        ::dkim_sig_getkeysize(signature, &bits) != DKIM_STAT_OK ||
        ::dkim_sig_getcanonlen(dkim, signature, &message_length, &canonical_length, &signed_length) != DKIM_STAT_OK)
        return "the library cannot tell what was signed";
    if (algorithm == DKIM_SIGN_RSASHA1)
        return "SHA-1 proves nothing any more";
    if (algorithm == DKIM_SIGN_RSASHA256 && bits < least_rsa_bits)
        return "the key is too short";
    if (has_tag(signature, "l") && (signed_length < 0 || message_length > signed_length))
        return "it leaves out a part of the body";
    if ((::dkim_sig_getflags(signature) & DKIM_SIGFLAG_TESTKEY) != 0)
        return "its domain is testing";
    if (has_tag(signature, "x")) {
        const auto expires = tag_number(signature, "x");
        if (!expires || *expires < static_cast<std::uint64_t>(std::max<util::Seconds>(received_at, 0)))
            return "it had expired";
    }
    if (const auto made = tag_number(signature, "t");
        made && *made > static_cast<std::uint64_t>(std::max<util::Seconds>(received_at, 0) + clock_drift))
        return "it is from the future";
    return {};
}

std::string lower_domain(DKIM_SIGINFO* signature) {
    const unsigned char* domain = ::dkim_sig_getdomain(signature);
    if (!domain)
        return {};
    return util::domain_to_ascii(reinterpret_cast<const char*>(domain)).value_or(std::string());
}

using Library = std::unique_ptr<DKIM_LIB, void (*)(DKIM_LIB*)>;
using Handle = std::unique_ptr<DKIM, void (*)(DKIM*)>;

Library start_library() {
    Library library(::dkim_init(nullptr, nullptr), [](DKIM_LIB* one) { ::dkim_close(one); });
    if (!library)
        throw util::Fault(util::FaultKind::system, "start libopendkim", "it gives no reason");
    // Broken signatures keep their handles, to be told of; nothing is processed before the whole message was seen.
    unsigned flags = DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC;
    unsigned least_bits = 0; // below, where the algorithm is known
    // The library goes by the clock of the wall, which is wrong for a mail that waited; objection() goes by its receipt.
    std::uint64_t drift = std::uint64_t{20} * 365 * 86'400; // less than t=, from which it is subtracted
    static_cast<void>(::dkim_options(library.get(), DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof flags));
    static_cast<void>(
        ::dkim_options(library.get(), DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &least_bits, sizeof least_bits));
    static_cast<void>(::dkim_options(library.get(), DKIM_OP_SETOPT, DKIM_OPTS_CLOCKDRIFT, &drift, sizeof drift));
    static_cast<void>(::dkim_set_key_lookup(library.get(), look_up));
    return library;
}

/// False where the library gave the message up; its signatures then have not passed.
bool feed(DKIM* dkim, const Split& message) {
    for (const std::string& field : message.fields) {
        std::string copy = field;
        const DKIM_STAT status = ::dkim_header(dkim, reinterpret_cast<u_char*>(copy.data()), copy.size());
        if (status != DKIM_STAT_OK && status != DKIM_STAT_SYNTAX) // one broken field is nobody's signature
            return false;
    }
    const DKIM_STAT header_end = ::dkim_eoh(dkim);
    if (header_end == DKIM_STAT_SYNTAX || header_end == DKIM_STAT_INTERNAL || header_end == DKIM_STAT_NORESOURCE)
        return false;
    char last = '\0';
    for (std::string_view rest = message.body; !rest.empty();) {
        const std::string_view piece = rest.substr(0, most_body_piece);
        std::string canonical = with_crlf(piece, last);
        if (::dkim_body(dkim, reinterpret_cast<u_char*>(canonical.data()), canonical.size()) != DKIM_STAT_OK)
            return false;
        last = piece.back();
        rest.remove_prefix(piece.size());
    }
    return true;
}

void add(std::string& detail, std::string_view domain, std::string_view why) {
    if (detail.size() > 500)
        return;
    detail +=
        (detail.empty() ? "" : "; ") + std::string(domain.empty() ? "a signature" : domain) + ": " + std::string(why);
}

} // namespace

Check check_dkim(std::string_view message, const FindKey& find_key, util::Seconds received_at) {
    Check out;
    const Split parts = split(message);
    if (parts.too_much) {
        out.finding = {DkimFinding::Result::fail, {}, "there are too many signatures or fields to look at"};
        return out;
    }
    if (parts.signatures == 0)
        return out;
    Asked asked{find_key};
    const Library library = start_library();
    DKIM_STAT status = DKIM_STAT_OK;
    const Handle dkim(::dkim_verify(library.get(), reinterpret_cast<const unsigned char*>("jmrp"), nullptr, &status),
                      [](DKIM* one) { ::dkim_free(one); });
    if (!dkim)
        throw util::Fault(util::FaultKind::system, "start libopendkim", ::dkim_getresultstr(status));
    static_cast<void>(::dkim_set_user_context(dkim.get(), &asked));
    out.finding.result = DkimFinding::Result::fail;
    DKIM_SIGINFO** signatures = nullptr;
    int count = 0;
    bool testing = false;
    if (!feed(dkim.get(), parts) || ::dkim_eom(dkim.get(), &testing) == DKIM_STAT_INTERNAL ||
        ::dkim_getsiglist(dkim.get(), &signatures, &count) != DKIM_STAT_OK) {
        out.finding.detail = "the library cannot read it";
        out.complete = !asked.unanswered;
        return out;
    }
    for (int i = 0; i < count; ++i) {
        DKIM_SIGINFO* signature = signatures[i];
        const std::string domain = lower_domain(signature);
        const bool unanswered_before = std::exchange(asked.unanswered, false);
        const unsigned done = DKIM_SIGFLAG_PROCESSED | DKIM_SIGFLAG_IGNORE;
        if ((::dkim_sig_getflags(signature) & done) == 0 && ::dkim_sig_geterror(signature) <= DKIM_SIGERROR_OK)
            static_cast<void>(::dkim_sig_process(dkim.get(), signature));
        const bool unanswered = asked.unanswered;
        asked.unanswered = unanswered || unanswered_before;
        if (!DKIM_SIG_CHECK(signature)) {
            const char* why = ::dkim_sig_geterrorstr(::dkim_sig_geterror(signature));
            const bool altered = ::dkim_sig_getbh(signature) == DKIM_SIGBH_MISMATCH;
            add(out.finding.detail, domain,
                unanswered ? "the DNS did not answer"
                : altered  ? "the body was altered"
                : why      ? why
                           : "it is wrong");
        } else if (const std::string_view why = objection(dkim.get(), signature, received_at); !why.empty()) {
            add(out.finding.detail, domain, why);
        } else if (!domain.empty()) {
            out.finding.result = DkimFinding::Result::pass;
            out.finding.passed_domains.push_back(domain);
        }
    }
    out.complete = !asked.unanswered;
    if (!out.complete && out.finding.result != DkimFinding::Result::pass)
        out.finding.result = DkimFinding::Result::unknown;
    return out;
}

} // namespace jmrp::dkim
