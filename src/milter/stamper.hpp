#pragma once
// From a message to what is to be done with its header; all that needs the keys, the database and the clock.
#include <atomic>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "domain/token.hpp"
#include "milter/key_watch.hpp"
#include "milter/plan.hpp"
#include "milter/recipient_log.hpp"
#include "milter/trouble_log.hpp"

namespace jmrp::milter {

struct Change {
    std::string header;
    std::size_t remove = 0; ///< so many fields of that name go, all there are
    std::string add;        ///< value of the new field; empty: none
};

struct Outcome {
    enum class Kind { left_alone, stamped, unstamped } kind = Kind::left_alone;
    std::vector<Change> changes; ///< also where it goes unstamped: a token that came with it must not be believed
};

struct Counts {
    std::atomic<std::uint64_t> stamped = 0;
    std::atomic<std::uint64_t> unstamped = 0;
    std::atomic<std::uint64_t> left_alone = 0;
};

/// Safe to call from many threads.
class Stamper {
  public:
    Stamper(domain::StampingRules rules, domain::TokenRules tokens, KeyWatch& keys, RecipientLog& recipients,
            TroubleLog& troubles)
        : rules_(std::move(rules)), tokens_(std::move(tokens)), keys_(keys), recipients_(recipients),
          troubles_(troubles) {}

    const domain::StampingRules& rules() const noexcept { return rules_; }
    /// `queue_id` may be empty where the mail server does not tell it. Throws nothing but std::bad_alloc.
    Outcome stamp(const Client& client, const Letter& letter, const std::string& queue_id);
    const Counts& counts() const noexcept { return counts_; }

  private:
    std::string token_for(const Plan& plan, const Letter& letter, const std::string& queue_id);
    std::string token_that_is_there(const Plan& plan, const Letter& letter, const KeyWatch::Keys& keys) const;
    std::string token_with_id(const Plan& plan, const Letter& letter, const std::string& queue_id,
                              const util::Key& key);

    domain::StampingRules rules_;
    domain::TokenRules tokens_;
    KeyWatch& keys_;
    RecipientLog& recipients_;
    TroubleLog& troubles_;
    Counts counts_;
};

} // namespace jmrp::milter
