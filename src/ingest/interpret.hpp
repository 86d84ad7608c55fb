#pragma once
#include <string_view>

#include "domain/facts.hpp"
#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"
#include "domain/sent.hpp"

namespace jmrp::ingest {

/// What is known about a message besides its bytes.
struct Circumstances {
    util::Seconds received_at = 0;
    domain::Facts facts;
    const domain::SendLog* send_log = nullptr; ///< asked where the facts hold no answer; null: there is none
};

struct Interpretation {
    domain::Reading reading;
    std::optional<domain::SentEvidence> sent; ///< what the send log said just now, where it said something
};

/// Bytes to reading: parse, classify, attribute, authenticate. Pure but for the questions to the send log.
Interpretation interpret(std::string_view bytes, const domain::ReadingRules& rules, const Circumstances& circumstances);
/// The same where nothing but the bytes is known.
domain::Reading interpret(std::string_view bytes, const domain::ReadingRules& rules);

} // namespace jmrp::ingest
