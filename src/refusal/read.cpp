#include "refusal/read.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "refusal/answer.hpp"
#include "refusal/normalized.hpp"
#include "refusal/pattern.hpp"
#include "refusal/rules.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::refusal {

namespace {

using domain::BlockList;
using domain::Rejection;
using domain::RejectionCategory;

constexpr std::size_t answer_bytes = 4096;
constexpr std::size_t notice_bytes = 64 << 10;
constexpr std::size_t kept_bytes = 2048;
constexpr std::string_view unclassified = "unclassified";
constexpr std::string_view by_status = "status-"; ///< so begin the ids of rows that ask nothing but the code

struct Rule {
    std::string id;
    RejectionCategory category;
    Listed list;
    Where where;
    std::optional<Pattern> pattern;
    std::optional<util::Regex> status;
};

Rule made_of(const Row& row) {
    Rule rule{std::string(row.id), row.category, row.list, row.where, {}, {}};
    if (!row.pattern.empty())
        rule.pattern.emplace(row.pattern);
    if (!row.status.empty())
        rule.status.emplace("^(?:" + std::string(row.status) + ")$");
    return rule;
}

Listed listed(std::optional<BlockList> list) {
    if (!list)
        return Listed::nowhere;
    return *list == BlockList::outlook_com ? Listed::outlook_com
           : *list == BlockList::office365 ? Listed::office365
                                           : Listed::spamhaus;
}

using Rules = std::vector<Rule>;

/// The administrator's rules, then the built-in ones that they do not replace. Compiled once for each configuration.
std::shared_ptr<const Rules> all_rules(const std::vector<domain::RefusalRule>& configured) {
    static std::mutex mutex;
    static std::map<std::vector<domain::RefusalRule>, std::shared_ptr<const Rules>> known;
    const std::lock_guard lock(mutex);
    auto& rules = known[configured];
    if (!rules) {
        Rules fresh;
        for (const domain::RefusalRule& rule : configured)
            fresh.push_back(
                {rule.id, rule.category, listed(rule.list), Where::anywhere, Pattern(rule.pattern), std::nullopt});
        for (const Row& row : table())
            if (std::ranges::find(configured, row.id, &domain::RefusalRule::id) == configured.end())
                fresh.push_back(made_of(row));
        rules = std::make_shared<const Rules>(std::move(fresh));
    }
    return rules;
}

/// An answer, looked at from all sides that rules ask about.
struct Look {
    std::string text;
    std::string words;
    std::string status; ///< empty where there is none
    Door door = Door::unknown;
};

/// The code's digits in text without white space, where a fold went through it: behind the reply code, whole.
std::string status_in(std::string_view normalized_text) {
    static const util::Regex code(R"(^[^0-9]{0,40}(?:[45]\d\d[\-\x20]?|#)([45]\.\d{1,3}\.\d{1,3})(?!\.?\d))");
    const auto match = code.search(normalized_text);
    return match ? std::string((*match)[1]) : std::string();
}

Door door_of(std::string_view host, bool signed_by_microsoft, std::string_view recipient_domain) {
    const Door by_host = door_of_host(host);
    if (by_host == Door::outlook_com || by_host == Door::office365)
        return by_host;
    const Door by_domain = door_of_domain(recipient_domain);
    if (by_host == Door::microsoft || signed_by_microsoft)
        return by_domain == Door::unknown ? Door::microsoft : by_domain;
    return by_host == Door::unknown ? by_domain : by_host;
}

bool applies(Where where, Door door) {
    const bool elsewhere = door == Door::elsewhere;
    switch (where) {
    case Where::microsoft:
        return !elsewhere && door != Door::unknown;
    case Where::not_elsewhere:
        return !elsewhere;
    default:
        return true;
    }
}

std::optional<BlockList> list_of(Listed list, Door door) {
    switch (list) {
    case Listed::outlook_com:
        return BlockList::outlook_com;
    case Listed::office365:
        return BlockList::office365;
    case Listed::spamhaus:
        return BlockList::spamhaus;
    case Listed::by_door:
        if (door == Door::outlook_com)
            return BlockList::outlook_com;
        return door == Door::office365 ? std::optional(BlockList::office365) : std::nullopt;
    default:
        return std::nullopt;
    }
}

/// An address that can be ours. The other ones in such texts are Microsoft's own, or of a network nobody sees.
std::optional<domain::Ip> own_ip(std::string_view text, const std::vector<domain::Network>& own) {
    if (text.ends_with('.') || (text.ends_with(':') && !text.ends_with("::")))
        text.remove_suffix(1);
    const auto ip = domain::parse_ip(text);
    if (!ip)
        return std::nullopt;
    const bool possible = own.empty() ? ip->is_public() && !is_microsoft_server(*ip) : domain::any_contains(own, *ip);
    return possible ? ip : std::nullopt;
}

std::string upper(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
    return out;
}

std::string one_line(std::string_view text) {
    std::string out;
    for (const char c : util::trim(text)) {
        if (out.size() >= kept_bytes)
            break;
        if (!util::is_space(c))
            out += c;
        else if (out.back() != ' ')
            out += ' ';
    }
    return out;
}

/// "5.0.0" and the like say nothing.
bool says_something(std::string_view status) {
    return !status.empty() && !status.ends_with(".0.0");
}

/// What stands beside the reason.
Rejection begun(const Answer& answer) {
    Rejection out;
    out.text = one_line(answer.text);
    out.at = answer.at;
    out.host = util::lower(answer.host.substr(0, answer.host.find(':')));
    if (out.host.empty())
        out.host = find_host(out.text);
    return out;
}

Look look_at(const Answer& answer, Rejection& begun, std::size_t limit) {
    const auto signature = find_signature(begun.text);
    Look look{normalized(answer.text, limit), normalized_words(answer.text, limit), {}, Door::unknown};
    look.door = door_of(begun.host, signature.has_value(), answer.recipient_domain);
    look.status = find_status(begun.text).value_or("");
    if (look.status.empty())
        look.status = status_in(look.text);
    if (look.status.empty() || (!says_something(look.status) && says_something(answer.status)))
        look.status = answer.status;
    if (!look.status.empty())
        begun.status = look.status;
    if (signature && signature->at)
        begun.at = signature->at;
    if (signature && begun.host.empty())
        begun.host = signature->host;
    return look;
}

/// True where the rule says what the answer means, which then stands in `out`.
bool settle(const Rule& rule, const Look& look, const std::vector<domain::Network>& own, Rejection& out) {
    if (!applies(rule.where, look.door) || (rule.status && !rule.status->search(look.status)))
        return false;
    std::optional<Pattern::Match> match = Pattern::Match{};
    if (rule.pattern)
        match = rule.pattern->search(rule.where == Where::words ? look.words : look.text);
    if (!match)
        return false;
    out.rule = rule.id;
    out.category = rule.category;
    out.list = list_of(rule.list, look.door);
    if (!match->code.empty())
        out.code = upper(match->code);
    else if (says_something(look.status))
        out.code = look.status;
    if (out.category == RejectionCategory::ip_block && match->ip.empty()) {
        static const Pattern anchor(shared_anchor);
        match = anchor.search(look.text);
    }
    if (match && (out.category == RejectionCategory::ip_block || out.category == RejectionCategory::rate_limit))
        out.ip = own_ip(match->ip, own);
    return true;
}

} // namespace

domain::Rejection read(const Answer& answer, const domain::ReadingRules& rules) {
    Rejection out = begun(answer);
    const Look look = look_at(answer, out, answer_bytes);
    const auto all = all_rules(rules.refusal_rules);
    if (std::ranges::any_of(*all, [&](const Rule& rule) { return settle(rule, look, rules.own_networks, out); }))
        return out;
    out.rule = unclassified;
    if (says_something(look.status))
        out.code = look.status;
    return out;
}

std::optional<domain::Rejection> find_listing(const Answer& answer, const domain::ReadingRules& rules) {
    Rejection out = begun(answer);
    const Look look = look_at(answer, out, notice_bytes);
    const auto all = all_rules(rules.refusal_rules);
    const bool found = std::ranges::any_of(*all, [&](const Rule& rule) {
        return rule.category == RejectionCategory::ip_block && settle(rule, look, rules.own_networks, out);
    });
    return found ? std::optional(std::move(out)) : std::nullopt;
}

bool rests_on_words(const domain::Rejection& rejection) noexcept {
    return rejection.rule != unclassified && !rejection.rule.starts_with(by_status);
}

std::optional<domain::Rejection> read_record(const domain::SentRecord& record, const domain::ReadingRules& rules) {
    if (record.status == domain::SentStatus::accepted)
        return std::nullopt;
    return read(Answer{record.reply, {}, record.relay, record.recipient.domain, record.at}, rules);
}

} // namespace jmrp::refusal
