#include "delist/draft.hpp"

#include <algorithm>

#include "delist/desk.hpp"

namespace jmrp::delist {

using domain::BlockList;
using domain::DelistSettings;
using domain::Door;

namespace {

struct DoorRow {
    Door door;
    void (*fill)(Draft& draft, const Desk& desk);
};
constexpr DoorRow doors[] = {
    {Door::consumer_form, fill_form},
    {Door::portal, fill_portal},
    {Door::delist_mail, fill_mail},
    {Door::reply, fill_reply},
};

bool listed(const domain::Evidence& evidence) {
    return evidence.spamhaus && std::ranges::find(evidence.spamhaus->value, domain::Listing::listed,
                                                  &domain::ListFinding::listing) != evidence.spamhaus->value.end();
}

bool refused_as(const domain::Evidence& evidence, bool (*is)(const domain::Refusals&)) {
    return evidence.refusals && std::ranges::any_of(evidence.refusals->value, is);
}

void tell_instead(Draft& draft, const Case& one, const DelistSettings& settings) {
    using domain::Refusals;
    using domain::RejectionCategory;
    const domain::Evidence& evidence = one.evidence;
    const std::string ip = evidence.ip.text();
    const auto say = [&](bool is, const std::string& sentence) {
        if (is)
            draft.instead.push_back(sentence);
    };
    say(listed(evidence) ||
            refused_as(evidence, [](const Refusals& refusals) { return refusals.list == BlockList::spamhaus; }),
        "Spamhaus lists " + ip + " or a domain of its mail: " + settings.spamhaus_url +
            "  Microsoft cannot lift that, and hears of its end some hours later.");
    if (one.decision.door)
        return;
    say(refused_as(evidence,
                   [](const Refusals& refusals) { return refusals.category == RejectionCategory::third_party_block; }),
        "A list of somebody else, or a customer's own, refuses " + ip +
            ": ask whoever keeps it, or the recipients by another way.");
    say(refused_as(evidence, [](const Refusals& refusals) { return refusals.category == RejectionCategory::tenant; }),
        "A customer who sends through Microsoft is refused: ask the administrator there.");
    say(refused_as(evidence,
                   [](const Refusals& refusals) { return refusals.category == RejectionCategory::rate_limit; }),
        "Rate limits end by themselves when less is sent: there is nothing to lift.");
    const domain::Refusals* block = newest_block(evidence);
    say(block, "No door is known for " +
                   (block && !block->code.empty() ? one_line(block->code) : "a block without a tag") +
                   ": read what the refusal says, and decide.");
    say(draft.instead.empty(), "No block of " + ip + " was seen: there is nothing to ask for.");
}

} // namespace

std::string Desk::addresses() const {
    return joined(addresses_of(cases, occasion), "; ");
}

std::string Desk::title(std::string_view begin) const {
    const domain::Refusals* block = newest_block(first().evidence);
    const std::string code = block ? one_line(block->code) : std::string();
    return std::string(begin) + " " + addresses() + (code.empty() ? "" : " (" + code + ")");
}

void take_missing(Draft& draft, Account& account) {
    for (std::string& one : account.missing)
        draft.missing.push_back(std::move(one));
    account.missing.clear();
}

const std::string& wanted(Draft& draft, const std::string& value, const char* key) {
    if (value.empty())
        draft.missing.push_back(std::string(key) + " in [delist] of the configuration");
    return value;
}

std::string closing(Draft& draft, const domain::DelistSettings& settings) {
    return "Thank you for looking into it.\n\n" + one_line(wanted(draft, settings.contact_name, "contact_name"));
}

Draft draft(std::span<const Case> cases, const DelistSettings& settings, const Occasion& occasion) {
    Draft out;
    const Desk desk{cases, settings, occasion};
    out.door = desk.first().decision.door;
    for (const Case& one : cases)
        tell_instead(out, one, settings);
    for (const DoorRow& row : doors)
        if (out.door == row.door)
            row.fill(out, desk);
    return out;
}

} // namespace jmrp::delist
