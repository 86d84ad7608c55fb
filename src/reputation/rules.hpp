#pragma once
// The rules of the gate, one function each: evidence in, a reason out.
#include "domain/decision.hpp"
#include "reputation/gate.hpp"
#include "reputation/wording.hpp"

namespace jmrp::reputation {

struct Ground {
    const domain::Evidence& evidence;
    const GatePolicy& policy;
};
using Judge = domain::Ruling (*)(const Ground& ground);

// gate_block.cpp: is it a block, whose, and ours to lift
domain::Ruling judge_block(const Ground& ground);
domain::Ruling judge_throttle(const Ground& ground);
domain::Ruling judge_foreign_list(const Ground& ground);
domain::Ruling judge_incident(const Ground& ground);
/// A refusal for a listing of Microsoft's that a request can lift.
bool is_block(const domain::Refusals& refusals);
/// Where a request about the newest block goes; nothing where no code of it is known.
std::optional<domain::Door> door_of(const domain::Evidence& evidence);

// gate_sender.cpp: is the sender in order
domain::Ruling judge_address(const Ground& ground);
domain::Ruling judge_pointer(const Ground& ground);
domain::Ruling judge_spamhaus(const Ground& ground);
domain::Ruling judge_authentication(const Ground& ground);

// gate_complaints.cpp: is the cause gone
domain::Ruling judge_cause(const Ground& ground);
domain::Ruling judge_suppressed(const Ground& ground);
domain::Ruling judge_leaks(const Ground& ground);
domain::Ruling judge_clean(const Ground& ground);
domain::Ruling judge_rate(const Ground& ground);
domain::Ruling judge_feed(const Ground& ground);
domain::Ruling judge_snds(const Ground& ground);

// gate_request.cpp: may one ask now
domain::Ruling judge_requests(const Ground& ground);
domain::Ruling judge_contact(const Ground& ground);
bool is_refused(const domain::Request& request);
/// The newest that counts; null where none does.
const domain::Request* last_request(const std::vector<domain::Request>& requests);
/// They want something of us before they decide: what they ask for, or newer refusals.
bool is_asked_back(const domain::Request& request);

// ---- reasons

inline constexpr util::Seconds one_hour = 3600;
inline constexpr util::Seconds one_day = 24 * one_hour;

domain::Ruling met(std::string sentence);
/// `action`: how it can be found out.
domain::Ruling unknown(std::string sentence, std::string action);
domain::Ruling waits(std::string sentence, std::optional<util::Seconds> earliest, std::string action = {});
domain::Ruling needs_work(std::string sentence, std::string action);
domain::Ruling needs_person(std::string sentence, std::string action);

} // namespace jmrp::reputation
