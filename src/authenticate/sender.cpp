#include "authenticate/sender.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::authenticate {

namespace {

constexpr std::size_t most_bytes = 4096; ///< of one From field; beyond that it is nobody's name
constexpr std::size_t most_claims = 16;
constexpr int most_depth = 16;

bool is_control(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7F;
}

/// The field with quoted strings and comments blanked out; quotes are kept, so that their place is known. Nothing where
/// one of them does not end.
std::optional<std::string> without_texts(std::string_view value) {
    std::string out;
    out.reserve(value.size());
    bool quoted = false;
    int depth = 0;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        if (c == '\\' && (quoted || depth > 0)) {
            if (++i == value.size())
                return std::nullopt;
            out += "  ";
            continue;
        }
        if (depth == 0 && c == '"') {
            quoted = !quoted;
            out += c;
            continue;
        }
        if (!quoted && c == '(' && ++depth > most_depth)
            return std::nullopt;
        const bool text = quoted || depth > 0;
        if (!quoted && c == ')' && --depth < 0)
            return std::nullopt;
        out += text ? ' ' : c;
    }
    if (quoted || depth > 0)
        return std::nullopt;
    return out;
}

void add_claims(std::vector<domain::Address>& claims, std::string_view bare) {
    constexpr std::string_view separators = " \t\r\n<>,;:\"()[]";
    while (!bare.empty() && claims.size() < most_claims) {
        const std::size_t end = std::min(bare.find_first_of(separators), bare.size());
        if (auto address = domain::parse_address(bare.substr(0, end)))
            claims.push_back(std::move(*address));
        bare.remove_prefix(std::min(end + 1, bare.size()));
    }
}

/// The one mailbox of a field: "addr" or "name <addr>", with comments around. `why_not` says what kept it from being one.
std::optional<domain::Address> one_mailbox(std::string_view value, std::string_view bare, std::string& why_not) {
    const std::size_t open = bare.find('<');
    std::string_view phrase = bare.substr(0, open == std::string_view::npos ? 0 : open);
    std::string_view address;
    std::string_view rest;
    if (open == std::string_view::npos) {
        // A quoted local part is legal and nothing a reporter has; blanks inside are what a comment leaves behind.
        address = util::trim(bare);
    } else {
        const std::size_t close = bare.find('>', open);
        if (close == std::string_view::npos) {
            why_not = "its From has no end";
            return std::nullopt;
        }
        address = value.substr(open, close - open + 1);
        rest = bare.substr(close + 1);
    }
    if (bare.find(',') != std::string_view::npos || phrase.find_first_of(":;@") != std::string_view::npos ||
        !util::trim(rest).empty()) {
        why_not = "its From can be read in several ways";
        return std::nullopt;
    }
    auto parsed = domain::parse_address(address);
    if (!parsed)
        why_not = "its From is no address";
    return parsed;
}

} // namespace

Sender read_sender(const mail::Fields& outer) {
    Sender sender;
    const std::vector<std::string_view> fields = outer.all("From");
    if (fields.empty()) {
        sender.why_not = "it has no From";
        return sender;
    }
    sender.kind = Sender::Kind::ambiguous;
    for (const std::string_view value : fields) {
        const auto bare = without_texts(value.substr(0, most_bytes));
        add_claims(sender.claims, bare ? std::string_view(*bare) : value.substr(0, most_bytes));
        if (fields.size() > 1)
            sender.why_not = "it has " + std::to_string(fields.size()) + " From fields";
        else if (!bare || value.size() > most_bytes || std::any_of(value.begin(), value.end(), is_control))
            sender.why_not = "its From is broken";
        else if ((sender.address = one_mailbox(value, *bare, sender.why_not)))
            sender.kind = Sender::Kind::one;
    }
    return sender;
}

bool is_within(std::string_view domain, std::string_view parent) noexcept {
    if (parent.empty() || domain.size() < parent.size())
        return false;
    const std::size_t more = domain.size() - parent.size();
    if (parent.front() == '.')
        return more > 0 && domain.substr(more) == parent;
    return domain.substr(more) == parent && (more == 0 || domain[more - 1] == '.');
}

std::string_view domain_of(std::string_view reporter) noexcept {
    const std::size_t at = reporter.rfind('@');
    return at == std::string_view::npos ? reporter : reporter.substr(at + 1);
}

const std::string* aligned_reporter(const std::vector<std::string>& reporters, const domain::Address& from,
                                    std::string_view domain) {
    const auto hit = std::find_if(reporters.begin(), reporters.end(), [&](const std::string& reporter) {
        const bool is_it = reporter.find('@') == std::string::npos ? is_within(from.domain, reporter)
                                                                   : from.key() == util::lower(reporter);
        return is_it && is_within(domain, domain_of(reporter));
    });
    return hit == reporters.end() ? nullptr : &*hit;
}

bool claims_reporter(const std::vector<std::string>& reporters, const Sender& sender) {
    return std::any_of(sender.claims.begin(), sender.claims.end(), [&](const domain::Address& claim) {
        return std::any_of(reporters.begin(), reporters.end(),
                           [&](const std::string& reporter) { return is_within(claim.domain, domain_of(reporter)); });
    });
}

} // namespace jmrp::authenticate
