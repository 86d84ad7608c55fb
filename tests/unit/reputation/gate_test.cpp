#include "reputation/gate.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "unit/reputation/safe_evidence.hpp"

using namespace jmrp;
using namespace jmrp::testing;
using domain::DecisionOutcome;
using domain::Evidence;
using domain::Remedy;
using domain::RuleState;

namespace {

domain::Ruling ruling_of(const domain::Decision& decision, std::string_view rule) {
    const auto found = std::ranges::find(decision.reasons, rule, &domain::Ruling::rule);
    REQUIRE(found != decision.reasons.end());
    return *found;
}

domain::Decision decide_with(void (*change)(Evidence&)) {
    Evidence evidence = safe_evidence();
    change(evidence);
    return reputation::decide(evidence, {});
}

/// What a change of the safe evidence makes of one rule.
struct Case {
    const char* what;
    const char* rule;
    RuleState state;
    Remedy remedy;
    void (*change)(Evidence&);
};

constexpr auto met = RuleState::met;
constexpr auto not_met = RuleState::not_met;
constexpr auto unknown = RuleState::unknown;

const Case cases[] = {
    {"a fresh block", "block", met, Remedy::none, [](Evidence&) {}},
    {"no refusals known", "block", unknown, Remedy::work, [](Evidence& e) { e.refusals.reset(); }},
    {"no deliveries known", "block", unknown, Remedy::work, [](Evidence& e) { e.deliveries.reset(); }},
    {"no block", "block", not_met, Remedy::work, [](Evidence& e) { e.refusals->value.clear(); }},
    {"an old block", "block", not_met, Remedy::work,
     [](Evidence& e) { e.refusals->value[0].last = noon - 25 * an_hour; }},
    {"mail was accepted since", "block", not_met, Remedy::work,
     [](Evidence& e) { e.deliveries->value.last_accepted = noon - an_hour; }},
    {"a block with a lost tag", "block", not_met, Remedy::person, [](Evidence& e) { e.refusals->value[0].code = ""; }},
    {"a code of the other list", "block", not_met, Remedy::person,
     [](Evidence& e) { e.refusals->value[0].code = "5.7.606"; }},

    {"a block", "throttle", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "throttle", unknown, Remedy::work, [](Evidence& e) { e.refusals.reset(); }},
    {"a newer rate limit", "throttle", not_met, Remedy::time,
     [](Evidence& e) {
         e.refusals->value.push_back({domain::RejectionCategory::rate_limit, domain::BlockList::outlook_com, "S775", 9, noon - 5 * an_hour, noon - an_hour});
     }},
    {"rate limits for days at a low rate", "throttle", not_met, Remedy::person,
     [](Evidence& e) {
         e.deliveries->value.most_per_minute = 5;
         e.refusals->value = {{domain::RejectionCategory::rate_limit, domain::BlockList::outlook_com, "S775", 9, noon - 4 * a_day, noon - an_hour}};
     }},
    {"S3150 after a pause", "throttle", met, Remedy::none, [](Evidence& e) { e.refusals->value[0].code = "S3150"; }},
    {"S3150 without a pause", "throttle", not_met, Remedy::time,
     [](Evidence& e) {
         e.refusals->value[0].code = "S3150";
         e.deliveries->value.pause.reset();
     }},
    {"S3150 after a short pause", "throttle", not_met, Remedy::time,
     [](Evidence& e) {
         e.refusals->value[0].code = "S3150";
         e.deliveries->value.pause = {noon - 30 * an_hour, noon - 7 * an_hour};
     }},

    {"Microsoft's own", "foreign-list", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "foreign-list", unknown, Remedy::work, [](Evidence& e) { e.refusals.reset(); }},
    {"Spamhaus", "foreign-list", not_met, Remedy::work,
     [](Evidence& e) {
         e.refusals->value.push_back({domain::RejectionCategory::ip_block, domain::BlockList::spamhaus, "OU-001", 1, noon - an_hour, noon - an_hour});
     }},
    {"a host name that Spamhaus lists", "foreign-list", not_met, Remedy::work,
     [](Evidence& e) {
         e.refusals->value.push_back(
             {domain::RejectionCategory::authentication, domain::BlockList::spamhaus, "", 1, noon, noon});
     }},
    {"refusals by Spamhaus alone", "block", not_met, Remedy::work,
     [](Evidence& e) { e.refusals->value[0].list = domain::BlockList::spamhaus; }},
    {"a customer's own list besides", "foreign-list", met, Remedy::none,
     [](Evidence& e) {
         e.refusals->value.push_back({domain::RejectionCategory::third_party_block, std::nullopt, "5.7.513", 1, noon, noon});
     }},
    {"a customer's own list alone", "foreign-list", not_met, Remedy::work,
     [](Evidence& e) { e.refusals->value[0].category = domain::RejectionCategory::third_party_block; }},

    {"one address", "incident", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "incident", unknown, Remedy::work, [](Evidence& e) { e.fleet.reset(); }},
    {"all at once", "incident", not_met, Remedy::time,
     [](Evidence& e) { e.fleet->value = {4, 3, noon - 23 * an_hour, false}; }},
    {"all at once a day ago", "incident", met, Remedy::none,
     [](Evidence& e) { e.fleet->value = {4, 3, noon - 25 * an_hour, false}; }},
    {"all at once after complaints", "incident", met, Remedy::none,
     [](Evidence& e) { e.fleet->value = {4, 3, noon - an_hour, true}; }},

    {"ours", "address", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "address", unknown, Remedy::work, [](Evidence& e) { e.address.reset(); }},
    {"not public", "address", not_met, Remedy::work, [](Evidence& e) { e.address->value.is_public = false; }},
    {"not ours", "address", not_met, Remedy::work, [](Evidence& e) { e.address->value.own = false; }},

    {"in order", "pointer", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "pointer", unknown, Remedy::work, [](Evidence& e) { e.pointer.reset(); }},
    {"an old answer", "pointer", unknown, Remedy::work, [](Evidence& e) { e.pointer->at = noon - 25 * an_hour; }},
    {"none", "pointer", not_met, Remedy::work, [](Evidence& e) { e.pointer->value.standing = domain::PtrStanding::absent; }},
    {"no answer", "pointer", unknown, Remedy::work,
     [](Evidence& e) { e.pointer->value.standing = domain::PtrStanding::unknown; }},
    {"not confirmed", "pointer", not_met, Remedy::work,
     [](Evidence& e) { e.pointer->value.standing = domain::PtrStanding::unconfirmed; }},
    {"generic", "pointer", not_met, Remedy::work, [](Evidence& e) { e.pointer->value.generic = true; }},
    {"not HELO", "pointer", not_met, Remedy::work, [](Evidence& e) { e.pointer->value.equals_helo = false; }},
    {"HELO unknown", "pointer", unknown, Remedy::work, [](Evidence& e) { e.pointer->value.equals_helo.reset(); }},

    {"clean", "spamhaus", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "spamhaus", unknown, Remedy::work, [](Evidence& e) { e.spamhaus.reset(); }},
    {"no answer", "spamhaus", unknown, Remedy::work,
     [](Evidence& e) { e.spamhaus->value[1].listing = domain::Listing::unknown; }},
    {"an old answer", "spamhaus", unknown, Remedy::work, [](Evidence& e) { e.spamhaus->at = noon - 25 * an_hour; }},
    {"nothing asked", "spamhaus", unknown, Remedy::work, [](Evidence& e) { e.spamhaus->value.clear(); }},
    {"domains alone asked", "spamhaus", unknown, Remedy::work,
     [](Evidence& e) { e.spamhaus->value.erase(e.spamhaus->value.begin()); }},
    {"the address alone asked", "spamhaus", unknown, Remedy::work,
     [](Evidence& e) { e.spamhaus->value.resize(1); }},
    {"listed", "spamhaus", not_met, Remedy::work,
     [](Evidence& e) { e.spamhaus->value[0].listing = domain::Listing::listed; }},
    {"listed until lately", "spamhaus", not_met, Remedy::time,
     [](Evidence& e) { e.spamhaus->value[0].last_listed = noon - 23 * an_hour; }},

    {"all three", "authentication", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "authentication", unknown, Remedy::work, [](Evidence& e) { e.from_domains.reset(); }},
    {"no domain known", "authentication", unknown, Remedy::work, [](Evidence& e) { e.from_domains->value.clear(); }},
    {"an old answer", "authentication", unknown, Remedy::work,
     [](Evidence& e) { e.from_domains->at = noon - 25 * an_hour; }},
    {"DKIM unknown", "authentication", unknown, Remedy::work,
     [](Evidence& e) { e.from_domains->value[0].dkim_seen.reset(); }},
    {"no SPF", "authentication", not_met, Remedy::work,
     [](Evidence& e) { e.from_domains->value[0].spf_includes = false; }},
    {"no DMARC for a second domain", "authentication", not_met, Remedy::work,
     [](Evidence& e) { e.from_domains->value.push_back({"news.example", true, std::nullopt, false}); }},

    {"written down", "cause", met, Remedy::none, [](Evidence&) {}},
    {"nothing written", "cause", unknown, Remedy::work, [](Evidence& e) { e.repair.reset(); }},
    {"no cause", "cause", not_met, Remedy::work, [](Evidence& e) { e.repair->value.cause = ""; }},

    {"all of them", "suppressed", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "suppressed", unknown, Remedy::work, [](Evidence& e) { e.complainants.reset(); }},
    {"one is not suppressed", "suppressed", not_met, Remedy::work,
     [](Evidence& e) { e.complainants->value.suppressed = 119; }},
    {"one is not exported", "suppressed", not_met, Remedy::work,
     [](Evidence& e) { e.complainants->value.exported = 119; }},
    {"many unnamed", "suppressed", not_met, Remedy::person, [](Evidence& e) { e.complainants->value.unnamed = 20; }},

    {"old ones only", "leaks", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "leaks", unknown, Remedy::work, [](Evidence& e) { e.leaks.reset(); }},
    {"a complaint", "leaks", not_met, Remedy::work,
     [](Evidence& e) { e.leaks->value.complained.push_back(noon - 4 * a_day); }},
    {"a mail in the log", "leaks", not_met, Remedy::work,
     [](Evidence& e) { e.leaks->value.last_in_log = noon - 4 * a_day; }},
    {"no log, and few who could complain", "leaks", unknown, Remedy::work,
     [](Evidence& e) { e.leaks->value.log_was_read = false; }},
    {"no log, and many who would have complained", "leaks", met, Remedy::none,
     [](Evidence& e) {
         e.leaks->value.log_was_read = false;
         e.complainants = seen(domain::Complainants{12'000, 12'000, 12'000, 0});
     }},

    {"five days", "clean", met, Remedy::none, [](Evidence&) {}},
    {"no repair known", "clean", unknown, Remedy::work, [](Evidence& e) { e.repair.reset(); }},
    {"no complaints known", "clean", unknown, Remedy::work, [](Evidence& e) { e.complaints.reset(); }},
    {"three days less an hour", "clean", not_met, Remedy::time,
     [](Evidence& e) { e.repair->value.at = noon - 71 * an_hour; }},
    {"a complaint about little mail", "clean", not_met, Remedy::time,
     [](Evidence& e) {
         for (domain::MailDay& day : e.complaints->value.elsewhere)
             day.accepted = 10;
     }},

    {"low since the repair", "rate", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "rate", unknown, Remedy::work, [](Evidence& e) { e.complaints.reset(); }},
    {"no mail at all", "rate", unknown, Remedy::work,
     [](Evidence& e) {
         e.complaints->value.days.clear();
         e.complaints->value.elsewhere.clear();
     }},
    {"high since the repair", "rate", not_met, Remedy::work,
     [](Evidence& e) {
         for (domain::MailDay& day : e.complaints->value.elsewhere)
             day.complaints = 60;
     }},
    {"between the limits", "rate", not_met, Remedy::person,
     [](Evidence& e) {
         for (domain::MailDay& day : e.complaints->value.elsewhere) {
             day.accepted = 100'000;
             day.complaints = 60;
         }
     }},
    {"too little mail", "rate", not_met, Remedy::time,
     [](Evidence& e) {
         for (domain::MailDay& day : e.complaints->value.elsewhere) {
             day.accepted = 100;
             day.complaints = 0;
         }
     }},
    {"good since the repair, but none of it new", "rate", not_met, Remedy::time,
     [](Evidence& e) {
         e.repair->value.at = noon - 14 * a_day;
         e.complaints->value.elsewhere.clear();
         for (domain::MailDay& day : e.complaints->value.days) {
             day.complaints = 0;
             if (day.day > today - 8)
                 day.accepted = 0;
         }
     }},
    {"no mail since the repair, high before", "rate", not_met, Remedy::work,
     [](Evidence& e) { e.complaints->value.elsewhere.clear(); }},
    {"no mail since the repair, low before", "rate", met, Remedy::none,
     [](Evidence& e) {
         e.complaints->value.elsewhere.clear();
         for (domain::MailDay& day : e.complaints->value.days) {
             day.complaints = day.reported = day.day % 2;
             day.snds.reset();
         }
     }},
    {"no mail since the repair, and no feed before that would have told", "rate", unknown, Remedy::work,
     [](Evidence& e) {
         e.complaints->value.elsewhere.clear();
         e.feed->value.last_report.reset();
         for (domain::MailDay& day : e.complaints->value.days) {
             day.complaints = day.reported = 0;
             day.snds.reset();
         }
     }},
    {"nobody tells of Office 365", "rate", not_met, Remedy::person,
     [](Evidence& e) {
         e.list = domain::BlockList::office365;
         e.complaints.reset();
     }},

    {"a report today", "feed", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "feed", unknown, Remedy::work, [](Evidence& e) { e.feed.reset(); }},
    {"no report ever", "feed", unknown, Remedy::work, [](Evidence& e) { e.feed->value.last_report.reset(); }},
    {"silent for days", "feed", unknown, Remedy::work, [](Evidence& e) {
         e.repair->value.at = noon - 9 * a_day;
         e.feed->value.last_report = noon - 73 * an_hour;
     }},
    {"silent since soon after the repair", "feed", unknown, Remedy::work,
     [](Evidence& e) {
         e.repair->value.at = noon - 80 * an_hour;
         e.feed->value.last_report = noon - 40 * an_hour;
     }},
    {"too soon after the repair", "feed", not_met, Remedy::time,
     [](Evidence& e) { e.repair->value.at = noon - 40 * an_hour; }},
    {"SNDS counts what never came", "feed", not_met, Remedy::work,
     [](Evidence& e) {
         for (domain::MailDay& day : e.complaints->value.days)
             day.complaints = day.reported = 0;
     }},

    {"status known", "snds", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "snds", unknown, Remedy::work, [](Evidence& e) { e.snds.reset(); }},
    {"not available", "snds", met, Remedy::none, [](Evidence& e) { e.snds->value = {false, std::nullopt, 0}; }},
    {"trap hits", "snds", not_met, Remedy::work, [](Evidence& e) { e.snds->value.trap_hits_since_repair = 1; }},

    {"none before", "requests", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "requests", unknown, Remedy::work, [](Evidence& e) { e.requests.reset(); }},
    {"an open one", "requests", not_met, Remedy::work,
     [](Evidence& e) { e.requests->value = {{"1234567890", noon - a_day, std::nullopt, std::nullopt}}; }},
    {"one that they ask about", "requests", met, Remedy::none,
     [](Evidence& e) {
         e.requests->value = {{"1234567890", noon - 9 * a_day, domain::MitigationOutcome::more_info, noon - 8 * a_day}};
     }},
    {"an answer without a time", "requests", unknown, Remedy::work,
     [](Evidence& e) {
         e.requests->value = {{"1234567890", noon - a_day, domain::MitigationOutcome::not_qualified, std::nullopt}};
     }},
    {"one that was withdrawn", "requests", met, Remedy::none,
     [](Evidence& e) { e.requests->value = {{"", noon - a_day, std::nullopt, std::nullopt, true}}; }},
    {"refused yesterday, and the reply to it withdrawn", "requests", not_met, Remedy::time,
     [](Evidence& e) {
         e.requests->value = {
             {"1234567890", noon - 3 * a_day, domain::MitigationOutcome::not_qualified, noon - a_day, false},
             {"1234567890", noon - a_day / 2, std::nullopt, std::nullopt, true}};
     }},
    {"refused yesterday", "requests", not_met, Remedy::time,
     [](Evidence& e) {
         e.requests->value = {{"1234567890", noon - 2 * a_day, domain::MitigationOutcome::not_qualified, noon - a_day}};
     }},
    {"three mitigations in a month", "requests", not_met, Remedy::person,
     [](Evidence& e) {
         for (const int days : {25, 15, 5})
             e.requests->value.push_back(
                 {"1234567890", noon - days * a_day, domain::MitigationOutcome::mitigated, noon - days * a_day + an_hour});
     }},

    {"in order", "contact", met, Remedy::none, [](Evidence&) {}},
    {"nothing known", "contact", unknown, Remedy::work, [](Evidence& e) { e.contact.reset(); }},
    {"never heard", "contact", unknown, Remedy::work, [](Evidence& e) { e.contact->value.hears_microsoft = false; }},
    {"sends through the blocked address", "contact", not_met, Remedy::work,
     [](Evidence& e) { e.contact->value.sends_through_address = true; }},
};

} // namespace

TEST_CASE("gate: what each rule says where it is met, not met and unknown") {
    for (const Case& one : cases) {
        const domain::Decision decision = decide_with(one.change);
        const domain::Ruling ruling = ruling_of(decision, one.rule);
        INFO(one.rule << ": " << one.what << ": " << ruling.sentence);
        CHECK(ruling.state == one.state);
        CHECK(ruling.remedy == one.remedy);
        CHECK_FALSE(ruling.sentence.empty());
        CHECK((one.state == met) == (ruling.remedy == Remedy::none));
        if (one.state != met) {
            CHECK(decision.outcome != DecisionOutcome::safe);
            CHECK((ruling.remedy == Remedy::time || !ruling.action.empty()));
        } else {
            CHECK(ruling.action.empty());
        }
    }
}

TEST_CASE("gate: every rule has a case in which it is met, not met and unknown") {
    for (const domain::Ruling& ruling : decide_with([](Evidence&) {}).reasons)
        for (const RuleState state : {met, not_met, unknown}) {
            INFO(ruling.rule << " " << domain::to_text(state));
            CHECK(std::ranges::any_of(cases,
                                      [&](const Case& one) { return one.rule == ruling.rule && one.state == state; }));
        }
}

TEST_CASE("gate: all rules met is safe, by the door of the code") {
    const domain::Decision decision = decide_with([](Evidence&) {});
    for (const domain::Ruling& ruling : decision.reasons) {
        INFO(ruling.rule << ": " << ruling.sentence);
        CHECK(ruling.state == met);
    }
    CHECK(decision.outcome == DecisionOutcome::safe);
    CHECK(decision.door == domain::Door::consumer_form);
    CHECK_FALSE(decision.wait_until);
    CHECK(decision.also.empty());
}

TEST_CASE("gate: nothing known is never safe") {
    Evidence evidence;
    evidence.ip = safe_evidence().ip;
    evidence.now = noon;
    for (const auto list : {domain::BlockList::outlook_com, domain::BlockList::office365}) {
        evidence.list = list;
        const domain::Decision decision = reputation::decide(evidence, {});
        CHECK(decision.outcome == DecisionOutcome::unknown);
        CHECK_FALSE(decision.door);
    }
}

TEST_CASE("gate: work comes before time, time before what is unknown, and that before a person") {
    CHECK(decide_with([](Evidence& e) { e.complainants->value.unnamed = 20; }).outcome == DecisionOutcome::person);
    CHECK(decide_with([](Evidence& e) {
              e.complainants->value.unnamed = 20;
              e.contact.reset();
          }).outcome == DecisionOutcome::unknown);
    CHECK(decide_with([](Evidence& e) {
              e.contact.reset();
              e.fleet->value = {4, 4, noon - an_hour, false};
          }).outcome == DecisionOutcome::wait);
    CHECK(decide_with([](Evidence& e) {
              e.fleet->value = {4, 4, noon - an_hour, false};
              e.address->value.own = false;
          }).outcome == DecisionOutcome::not_safe);
}

TEST_CASE("gate: wait until the last of the rules that wait can hold, and what else must happen") {
    const domain::Decision decision = decide_with([](Evidence& e) {
        e.fleet->value = {4, 4, noon - an_hour, false};
        e.spamhaus->value[0].last_listed = noon - 2 * an_hour;
        e.contact.reset();
    });
    CHECK(decision.wait_until == noon + 23 * an_hour);
    CHECK(decision.also == std::vector<std::string>{ruling_of(decision, "contact").action});
}

TEST_CASE("gate: the pause after a refusal doubles with each, and the request is a reply then") {
    Evidence evidence = safe_evidence();
    util::Seconds pause = 48 * an_hour;
    for (int refusals = 1; refusals <= 6; ++refusals) {
        evidence.requests->value.push_back(
            {"1234567890", noon - 2 * an_hour, domain::MitigationOutcome::not_qualified, noon - an_hour});
        CHECK(reputation::decide(evidence, {}).wait_until == noon - an_hour + std::min(pause, 30 * a_day));
        pause *= 2;
    }
    for (domain::Request& request : evidence.requests->value)
        request.answered = noon - 31 * a_day;
    const domain::Decision decision = reputation::decide(evidence, {});
    CHECK(decision.outcome == DecisionOutcome::safe);
    CHECK(decision.door == domain::Door::reply);
}

TEST_CASE("gate: the door follows from the code") {
    Evidence evidence = safe_evidence();
    for (const auto& [list, code, door] :
         {std::tuple{domain::BlockList::outlook_com, "SC-004", domain::Door::consumer_form},
          {domain::BlockList::office365, "5.7.606", domain::Door::portal},
          {domain::BlockList::office365, "5.7.649", domain::Door::portal},
          {domain::BlockList::office365, "5.7.511", domain::Door::delist_mail}}) {
        evidence.list = list;
        evidence.refusals->value[0].code = code;
        CHECK(reputation::decide(evidence, {}).door == door);
    }
    evidence.refusals->value[0].code = "5.7.650";
    CHECK_FALSE(reputation::decide(evidence, {}).door);
}

TEST_CASE("gate: after a refusal or a question the door is a reply, but the portal has no thread") {
    using domain::Door;
    using domain::MitigationOutcome;
    Evidence evidence = safe_evidence();
    const auto door_after = [&](std::optional<MitigationOutcome> verdict) {
        evidence.requests->value = {{"1234567890", noon - 9 * a_day, verdict, noon - 8 * a_day}};
        return reputation::decide(evidence, {}).door;
    };
    for (const MitigationOutcome verdict : {MitigationOutcome::not_qualified, MitigationOutcome::refused_cause,
                                            MitigationOutcome::more_info, MitigationOutcome::nothing_detected})
        CHECK(door_after(verdict) == Door::reply);
    CHECK(door_after(MitigationOutcome::mitigated) == Door::consumer_form);
    CHECK(door_after(std::nullopt) == Door::consumer_form);
    evidence.list = domain::BlockList::office365;
    evidence.refusals->value[0].code = "5.7.606";
    CHECK(door_after(MitigationOutcome::nothing_detected) == Door::portal);
    evidence.refusals->value[0].code = "5.7.511";
    CHECK(door_after(MitigationOutcome::more_info) == Door::reply);
}

TEST_CASE("gate: the loop's own trials tell what share it passes on") {
    Evidence evidence = safe_evidence();
    for (domain::MailDay& day : evidence.complaints->value.days)
        day.snds.reset();
    for (domain::MailDay& day : evidence.complaints->value.elsewhere) {
        day.accepted = 1500;
        day.complaints = 0;
    }
    CHECK(ruling_of(reputation::decide(evidence, {}), "rate").state == not_met);
    evidence.feed->value.trials = 30;
    evidence.feed->value.trials_reported = 25;
    CHECK(ruling_of(reputation::decide(evidence, {}), "rate").state == met);
}
