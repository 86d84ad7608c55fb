// Is it a block, whose, and ours to lift.
#include <algorithm>

#include "reputation/rules.hpp"

namespace jmrp::reputation {

using domain::BlockList;
using domain::Door;
using domain::Refusals;
using domain::RejectionCategory;
using domain::Ruling;

namespace {

/// By the begin of the code, first match wins. 5.7.606 to 5.7.649 is the portal's alone.
struct CodeDoor {
    BlockList list;
    std::string_view begins;
    Door door;
};
constexpr CodeDoor doors[] = {
    {BlockList::outlook_com, "S3140", Door::consumer_form},  {BlockList::outlook_com, "S3150", Door::consumer_form},
    {BlockList::outlook_com, "AS3140", Door::consumer_form}, {BlockList::outlook_com, "AS3150", Door::consumer_form},
    {BlockList::outlook_com, "SC-00", Door::consumer_form},  {BlockList::outlook_com, "DY-002", Door::consumer_form},
    {BlockList::outlook_com, "OU-002", Door::consumer_form}, {BlockList::office365, "5.7.60", Door::portal},
    {BlockList::office365, "5.7.61", Door::portal},          {BlockList::office365, "5.7.62", Door::portal},
    {BlockList::office365, "5.7.63", Door::portal},          {BlockList::office365, "5.7.64", Door::portal},
    {BlockList::office365, "5.7.511", Door::delist_mail},    {BlockList::office365, "FBLW", Door::delist_mail},
    {BlockList::office365, "BLOCKLIST", Door::delist_mail},
};

const Refusals* newest(const domain::Evidence& evidence, bool (*is)(const Refusals&)) {
    const Refusals* out = nullptr;
    if (evidence.refusals)
        for (const Refusals& refusals : evidence.refusals->value)
            if (is(refusals) && (!out || refusals.last > out->last))
                out = &refusals;
    return out;
}

bool is_spamhaus(const Refusals& refusals) {
    return refusals.list == BlockList::spamhaus;
}
bool is_throttle(const Refusals& refusals) {
    return refusals.category == RejectionCategory::rate_limit;
}
bool is_pausing_block(const Refusals& refusals) {
    return is_block(refusals) && refusals.code.ends_with("S3150");
}
bool is_somebody_elses(const Refusals& refusals) {
    return refusals.category == RejectionCategory::third_party_block || refusals.category == RejectionCategory::tenant;
}

std::optional<Door> door_of_code(BlockList list, std::string_view code) {
    for (const CodeDoor& row : doors)
        if (row.list == list && code.starts_with(row.begins))
            return row.door;
    return std::nullopt;
}

std::string name_of(const Refusals& refusals) {
    return refusals.code.empty() ? "a block without a tag" : refusals.code;
}

/// A throttle that lasted in spite of a low rate: the one case without a block in which asking can help.
bool throttled_for_long(const Ground& ground, const Refusals& throttle) {
    const auto& deliveries = ground.evidence.deliveries;
    return deliveries && deliveries->value.most_per_minute &&
           *deliveries->value.most_per_minute <= ground.policy.throttled_per_minute &&
           throttle.last - throttle.first >= ground.policy.throttled_hours * one_hour;
}

Ruling refusals_unknown() {
    return unknown("it is not known what the servers answered",
                   "read the mail server's log ('jmrp import sent') and the bounces in");
}

constexpr const char* ask_about_delays = "decide whether to ask about delays; there is no block to lift";

} // namespace

bool is_block(const Refusals& refusals) {
    return refusals.category == RejectionCategory::ip_block && !is_spamhaus(refusals);
}

std::optional<Door> door_of(const domain::Evidence& evidence) {
    const Refusals* block = newest(evidence, is_block);
    return block ? door_of_code(evidence.list, block->code) : std::nullopt;
}

Ruling judge_block(const Ground& ground) {
    const domain::Evidence& evidence = ground.evidence;
    if (!evidence.refusals || !evidence.deliveries)
        return refusals_unknown();
    const Refusals* block = newest(evidence, is_block);
    if (!block) {
        const Refusals* throttle = newest(evidence, is_throttle);
        if (throttle && throttled_for_long(ground, *throttle))
            return needs_person("no block was seen, only rate limits", ask_about_delays);
        return needs_work("no block of this address was seen", "do not ask: there is nothing to lift");
    }
    const auto& accepted = evidence.deliveries->value.last_accepted;
    if (accepted && *accepted >= block->last)
        return needs_work("mail was accepted after the last block refusal: the block is over",
                          "do not ask: there is nothing to lift");
    if (evidence.now - block->last > ground.policy.block_fresh_hours * one_hour)
        return needs_work("the last block refusal was " + ago(block->last, evidence.now),
                          "send one mail to a mailbox there and see whether it is refused");
    const auto door = door_of_code(evidence.list, block->code);
    if (!door)
        return needs_person(name_of(*block) + " is no code that a known door is for", "decide where to ask");
    Ruling out = met("blocked with " + name_of(*block) + ", last " + ago(block->last, evidence.now));
    out.figures = {{"block refusals", static_cast<double>(block->count), ""}};
    return out;
}

Ruling judge_throttle(const Ground& ground) {
    const domain::Evidence& evidence = ground.evidence;
    if (!evidence.refusals || !evidence.deliveries)
        return refusals_unknown();
    const Refusals* block = newest(evidence, is_block);
    const Refusals* throttle = newest(evidence, is_throttle);
    if (throttle && (!block || throttle->last > block->last)) {
        if (throttled_for_long(ground, *throttle))
            return needs_person("rate limits for " +
                                    number(static_cast<double>(throttle->last - throttle->first) / one_hour) +
                                    " hours, though little is sent",
                                ask_about_delays);
        return waits("the last refusal is a rate limit, which ends by itself",
                     throttle->first + ground.policy.throttled_hours * one_hour,
                     "send slower: at most " + number(ground.policy.throttled_per_minute) + " mails a minute");
    }
    const Refusals* pausing = newest(evidence, is_pausing_block);
    if (!pausing)
        return met("it is no throttle");
    const util::Seconds needed = ground.policy.pause_hours * one_hour;
    const auto& pause = evidence.deliveries->value.pause;
    if (pause && pause->ended && *pause->ended - pause->began >= needed && pausing->last >= *pause->ended)
        return met("S3150 is still there after a pause");
    const bool pausing_now = pause && !pause->ended;
    return waits("S3150 often ends by itself", (pausing_now ? pause->began : evidence.now) + needed,
                 "send nothing to " + std::string(to_text(evidence.list)) + " for " +
                     counted(ground.policy.pause_hours, "hour") + ", then one mail");
}

Ruling judge_foreign_list(const Ground& ground) {
    const domain::Evidence& evidence = ground.evidence;
    if (!evidence.refusals)
        return refusals_unknown();
    const auto fresh = [&](const Refusals* refusals) {
        return refusals && evidence.now - refusals->last <= ground.policy.block_fresh_hours * one_hour;
    };
    if (const Refusals* theirs = newest(evidence, is_spamhaus); fresh(theirs))
        return needs_work("mail is refused for what Spamhaus lists (" + name_of(*theirs) + "), last " +
                              ago(theirs->last, evidence.now),
                          "ask Spamhaus: Microsoft cannot lift it");
    if (const Refusals* theirs = newest(evidence, is_somebody_elses); fresh(theirs) && !newest(evidence, is_block))
        return needs_work("the refusals are those of some other list, a customer or a tenant",
                          "ask whoever keeps that list");
    return met("the block is Microsoft's own");
}

Ruling judge_incident(const Ground& ground) {
    const domain::Evidence& evidence = ground.evidence;
    if (!evidence.fleet)
        return unknown("it is not known whether other addresses of yours were hit",
                       "read the logs of all servers in: 'jmrp import sent'");
    const domain::Fleet& fleet = evidence.fleet->value;
    if (fleet.hit < ground.policy.incident_addresses || 2 * fleet.hit < fleet.addresses || fleet.complaints_rose)
        return met(fleet.hit <= 1 ? "no other address was blocked at the same time"
                                  : std::to_string(fleet.hit) + " of " + std::to_string(fleet.addresses) +
                                        " addresses blocked at the same time" +
                                        (fleet.complaints_rose ? ", after complaints rose" : ""));
    const util::Seconds over = fleet.first_hit + ground.policy.incident_hours * one_hour;
    const std::string seen = std::to_string(fleet.hit) + " of " + std::to_string(fleet.addresses) +
                             " addresses were blocked at once, and complaints did not rise: perhaps their fault";
    if (evidence.now < over)
        return waits(seen, over);
    return met(seen + "; it did not end by itself");
}

} // namespace jmrp::reputation
