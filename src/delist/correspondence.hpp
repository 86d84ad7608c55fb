#pragma once
// What was asked of sender support and what it answered, put together: which answer belongs to which request, which of them
// count, and what follows for an address. Pure over what the store keeps.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/evidence.hpp"
#include "domain/names.hpp"
#include "domain/request.hpp"
#include "reputation/block_state.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// Why an answer changes nothing.
enum class Doubt {
    none,
    forged,         ///< our border says that somebody else sent it
    unverified,     ///< nothing proves that support sent it
    no_ticket,      ///< it names none
    unknown_ticket, ///< no request here has it
    unknown_words,  ///< it says nothing that is understood
    other_addresses ///< it speaks of none that the request is about
};

struct Answer {
    domain::SupportAnswer said;
    std::optional<std::size_t> request; ///< of Correspondence::requests: the one with its ticket
    Doubt doubt = Doubt::none;
    bool brought_ticket = false; ///< the request had none before
    /// Somebody has to read it: it is in doubt, or it asks for something. It ends when a person says that it is dealt with, when
    /// a person notes what became of its request since, and with a later verdict.
    bool needs_person = false;
};

struct Asked {
    domain::DelistRequest told;
    std::string ticket; ///< told, or brought by a receipt; empty: not known
};

struct Correspondence {
    std::vector<Asked> requests; ///< in order of the time they were sent
    std::vector<Answer> answers; ///< in order of their dates

    const Asked* with_ticket(std::string_view ticket) const;
};

/// An answer belongs to the request that has its ticket. An authentic receipt brings the ticket of the one open request that has
/// none and was sent within three days before it; two such, and a person is asked.
Correspondence put_together(std::vector<domain::DelistRequest> requests, std::vector<domain::SupportAnswer> answers);
Correspondence read_correspondence(store::Store& store);

/// What happened about an address and a list.
struct Happening {
    util::Seconds at = 0;
    reputation::BlockHappening what;
    const Asked* request = nullptr;
    const Answer* answer = nullptr;              ///< null: a person told it
    const domain::RequestEvent* event = nullptr; ///< null: the request itself, or an answer
};
/// By time; points into `all`.
std::vector<Happening> happenings(const Correspondence& all, const domain::Ip& ip, domain::BlockList list);

/// For reputation::standing_after().
std::vector<reputation::BlockEvent> request_events(const Correspondence& all, const domain::Ip& ip,
                                                   domain::BlockList list);
std::vector<reputation::BlockEvent> request_events(store::Store& store, const domain::Ip& ip, domain::BlockList list);

/// Requests and replies that asked again, ascending.
std::vector<domain::Request> requests_about(const Correspondence& all, const domain::Ip& ip, domain::BlockList list);

/// Addresses that stand alike with a list: the networks of a request, and those of them that answers tell apart.
struct Subject {
    domain::Network network;
    domain::BlockList list = domain::BlockList::outlook_com;
};
std::vector<Subject> subjects(const Correspondence& all);
reputation::BlockStanding standing_of(const Correspondence& all, const Subject& subject);

/// One sentence for people.
std::string_view explain(Doubt doubt);

} // namespace jmrp::delist

namespace jmrp::domain {
template <>
struct Names<delist::Doubt> {
    using Doubt = delist::Doubt;
    static constexpr std::pair<Doubt, std::string_view> table[] = {{Doubt::none, "none"},
                                                                   {Doubt::forged, "forged"},
                                                                   {Doubt::unverified, "unverified"},
                                                                   {Doubt::no_ticket, "no-ticket"},
                                                                   {Doubt::unknown_ticket, "unknown-ticket"},
                                                                   {Doubt::unknown_words, "unknown-words"},
                                                                   {Doubt::other_addresses, "other-addresses"}};
};
} // namespace jmrp::domain
