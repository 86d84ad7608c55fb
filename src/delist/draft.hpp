#pragma once
// A request to lift a block, written for a person to send: what goes into which field of which door. Pure. It says what the
// evidence says and nothing else: what nobody knows is listed as missing.
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "domain/decision.hpp"
#include "domain/delist_settings.hpp"
#include "mail/compose.hpp"

namespace jmrp::delist {

/// One address that it is asked about.
struct Case {
    domain::Evidence evidence;
    domain::Decision decision;
};

/// What a person knows beside the evidence.
struct Occasion {
    std::vector<domain::Network> networks; ///< asked about together; empty: the addresses of the cases
    std::optional<std::int64_t> expected;  ///< mails a day to these servers, once the block is lifted
    bool new_addresses = false;            ///< without a history of mail
    std::string notice;                    ///< bytes of the mail that came back; empty: there is none
};

/// `text` holds words of people and of servers: escape it for its medium.
struct DraftField {
    std::string name; ///< as the door calls it
    std::string id;   ///< of the element in the form's page; may be empty
    std::string text; ///< may have several lines
};

struct Draft {
    std::optional<domain::Door> door; ///< nothing: nowhere at Microsoft
    std::string where;                ///< a URL, a mailbox, "ticket 1234567890"
    std::vector<DraftField> fields;
    std::vector<std::string> instead; ///< who else has to be asked, or first
    std::vector<std::string> hints;   ///< how it is sent
    std::vector<std::string> missing; ///< what the evidence does not tell, or tells against us
};

/// The first case decides the door. `cases` is not empty, all of one list.
Draft draft(std::span<const Case> cases, const domain::DelistSettings& settings, const Occasion& occasion);

/// The mail that a draft for the delisting mailbox describes. Throws Fault(configuration) without a contact.
mail::Outgoing outgoing(const Draft& draft, const domain::DelistSettings& settings, const Occasion& occasion,
                        util::Seconds now);

} // namespace jmrp::delist
