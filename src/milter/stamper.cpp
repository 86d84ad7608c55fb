#include "milter/stamper.hpp"

#include <algorithm>

#include "attribute/token.hpp"
#include "domain/message_id.hpp"
#include "util/clock.hpp"
#include "util/fault.hpp"

namespace jmrp::milter {

namespace {

constexpr const char* about_keys = "mail goes without a token, keys";
constexpr const char* about_old_keys = "changed keys are not in use";
constexpr const char* about_database = "mail to many goes without a token, database";
constexpr const char* about_recipients = "mail to many goes without a token, recipients";
constexpr const char* about_queue_ids = "mail to many goes without a token, queue ids";

bool holds(const std::string& field, const std::string& token) {
    const auto found = attribute::find_tokens(field);
    return std::find(found.begin(), found.end(), token) != found.end();
}

} // namespace

/// An application that seals by itself says more than we can (its list, its campaign), so its token stays, but only the very
/// recipient's: any other could have been copied from a mail to somebody else.
std::string Stamper::token_that_is_there(const Plan& plan, const Letter& letter, const KeyWatch::Keys& keys) const {
    if (!plan.recipient || letter.stamps.empty() || letter.stamps.front().size() != 1)
        return {};
    domain::TokenRules rules = tokens_;
    rules.keys = keys.ring;
    for (std::string& text : attribute::find_tokens(letter.stamps.front().front())) {
        const attribute::OpenedToken opened = attribute::open_token(text, rules, util::now());
        if (opened.status == domain::TokenStatus::opened && opened.claims.recipient &&
            opened.claims.recipient->key() == plan.recipient->key())
            return std::move(text);
    }
    return {};
}

std::string Stamper::token_with_id(const Plan& plan, const Letter& letter, const std::string& queue_id,
                                   const util::Key& key) {
    if (letter.too_many_recipients) {
        troubles_.bad(about_recipients, "a message has more than " + std::to_string(most_recipients));
        return {};
    }
    if (queue_id.empty()) {
        troubles_.bad(about_queue_ids, "the mail server does not tell the macro i at the end of the message");
        return {};
    }
    const util::Seconds now = util::now();
    std::string trouble =
        recipients_.keep({queue_id, domain::bare_message_id(letter.message_id).value_or(""), plan.recipients, now});
    if (!trouble.empty()) {
        troubles_.bad(about_database, trouble);
        return {};
    }
    troubles_.good(about_database);
    domain::TokenClaims claims;
    claims.id = queue_id;
    claims.sealed_at = now / 60 * 60;
    return attribute::seal_token(key, claims);
}

/// Empty where there is none; why was told.
std::string Stamper::token_for(const Plan& plan, const Letter& letter, const std::string& queue_id) {
    const KeyWatch::Keys keys = keys_.keys();
    if (!keys.ring) {
        troubles_.bad(about_keys, keys.trouble);
        return {};
    }
    troubles_.good(about_keys);
    if (keys.trouble.empty())
        troubles_.good(about_old_keys);
    else
        troubles_.bad(about_old_keys, keys.trouble);
    const util::Key& key = *keys.ring->keys().current();
    if (!plan.recipient)
        return token_with_id(plan, letter, queue_id, key);
    if (std::string token = token_that_is_there(plan, letter, keys); !token.empty())
        return token;
    domain::TokenClaims claims;
    claims.recipient = plan.recipient;
    claims.sealed_at = util::now() / 60 * 60;
    return attribute::seal_token(key, claims);
}

Outcome Stamper::stamp(const Client& client, const Letter& letter, const std::string& queue_id) {
    Outcome outcome;
    const Plan wanted = plan(client, letter, rules_);
    if (!wanted.stamp) {
        ++counts_.left_alone;
        return outcome;
    }
    std::string token;
    try {
        token = token_for(wanted, letter, queue_id);
    } catch (const util::Fault& fault) {
        troubles_.bad("mail goes without a token", fault.what());
    }
    outcome.kind = token.empty() ? Outcome::Kind::unstamped : Outcome::Kind::stamped;
    ++(token.empty() ? counts_.unstamped : counts_.stamped);
    for (std::size_t i = 0; i < rules_.headers.size(); ++i) {
        static const std::vector<std::string> none;
        const std::vector<std::string>& there = i < letter.stamps.size() ? letter.stamps[i] : none;
        if (there.size() == 1 && !token.empty() && holds(there.front(), token))
            continue;
        if (!there.empty() || !token.empty())
            outcome.changes.push_back({rules_.headers[i], there.size(), token});
    }
    return outcome;
}

} // namespace jmrp::milter
