#pragma once
// Which addresses of ours are refused by which list, as logs and bounces tell, and where each stands. Nothing of it is stored but
// the refusals themselves.
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "domain/evidence.hpp"
#include "domain/refused.hpp"
#include "reputation/block_state.hpp"
#include "reputation/gate.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// An address and the list it stands on, or stood. A listing of Spamhaus's stands by itself, whichever of Microsoft's servers
/// refused for it: neither of them can lift it.
struct Place {
    domain::Ip ip;
    domain::BlockList list = domain::BlockList::outlook_com;

    auto operator<=>(const Place&) const = default; // NOLINT(modernize-use-nullptr)
};

/// What people and sender support did about blocks: requests, answers.
using RequestEvents = std::map<Place, std::vector<reputation::BlockEvent>>;

/// Refusals that differ in nothing but time, with what the newest said.
struct RefusalKind {
    domain::RefusedHour refusals; ///< of the log, and of proven bounces about what the log does not know
    std::int64_t by_bounces = 0;  ///< of them
};

struct Block {
    Place place;
    reputation::BlockStanding standing;
    std::vector<RefusalKind> kinds; ///< the newest first
    std::optional<util::Seconds> last_accepted;

    std::int64_t refusals() const;
    std::int64_t by_bounces() const;
    /// The newest that is a reason for the standing, a block before a rate limit; null where there is none.
    const RefusalKind* reason() const;
};

struct Blocks {
    std::vector<Block> blocks;          ///< whoever was refused in that time: the blocked first, then by newest refusal
    std::vector<RefusalKind> of_nobody; ///< refusals of which nothing tells the address
    std::vector<domain::Bounced> unproven; ///< what bounces say that nothing proves: it changes no state
};

inline constexpr int days_watched = 45;

/// Of the last `days`. Where a log does not tell the address, and the own networks are a single one, it is that one.
///
/// One refusal in a log and in the bounce about it counts once: of a bounce only that counts of which the log has no refusal of
/// the same address, list and code in that hour or one beside it.
Blocks gather_blocks(store::Store& store, const std::vector<domain::Network>& own_networks, util::Seconds now,
                     const RequestEvents& requests = {}, int days = days_watched);

/// Whether they will not take mail from the address, as far as is known.
bool is_blocked(reputation::BlockState state);

// ---- evidence: each fills in a member where something is known; ip, list and now are set

void add_refusals(domain::Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks);
/// The pause is the newest as long as the policy asks for, else the one that goes on.
void add_deliveries(domain::Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks,
                    const reputation::GatePolicy& policy);
/// Whether complaints rose before is judged by the complaints about, and the mails from, the addresses that were hit: the week
/// before against the three before that.
void add_fleet(domain::Evidence& evidence, store::Store& store, const std::vector<domain::Network>& own_networks,
               const reputation::GatePolicy& policy);

} // namespace jmrp::delist
