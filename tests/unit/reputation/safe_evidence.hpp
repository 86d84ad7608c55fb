#pragma once
// Evidence under which a delisting request is safe, to be changed by tests.
#include "domain/evidence.hpp"

namespace jmrp::testing {

inline constexpr util::Seconds an_hour = 3600;
inline constexpr util::Seconds a_day = 24 * an_hour;
inline constexpr util::Day today = 20'000;
inline constexpr util::Seconds noon = today * a_day + 12 * an_hour;

template <typename T>
domain::Known<T> seen(T value) {
    return domain::Seen<T>{std::move(value), "test", noon - an_hour};
}

/// Blocked for six days, repaired five days ago; ten thousand mails a day went, since the block from another address.
inline domain::Evidence safe_evidence() {
    domain::Evidence out;
    out.ip = *domain::parse_ip("192.0.2.10");
    out.now = noon;
    out.refusals =
        seen(std::vector<domain::Refusals>{{domain::RejectionCategory::ip_block, domain::BlockList::outlook_com,
                                            "S3140", 412, noon - 6 * a_day, noon - 2 * an_hour}});
    domain::Deliveries deliveries;
    deliveries.last_accepted = noon - 6 * a_day - an_hour;
    deliveries.pause = {noon - 5 * a_day, noon - 3 * a_day};
    deliveries.most_per_minute = 60;
    out.deliveries = seen(deliveries);
    out.fleet = seen(domain::Fleet{4, 1, noon - 6 * a_day, false});
    out.address = seen(domain::AddressStanding{true, true});
    out.pointer = seen(domain::PtrFinding{domain::PtrStanding::confirmed,
                                          {"mail.sender.example"},
                                          {"mail.sender.example"},
                                          false,
                                          true,
                                          "",
                                          noon - an_hour});
    out.spamhaus = seen(std::vector<domain::ListFinding>{
        {"zen.spamhaus.org", "192.0.2.10", domain::Listing::clean, {}, "", noon - an_hour, std::nullopt},
        {"dbl.spamhaus.org", "sender.example", domain::Listing::clean, {}, "", noon - an_hour, std::nullopt}});
    out.from_domains = seen(std::vector<domain::FromDomain>{{"sender.example", true, true, true}});
    out.repair = seen(domain::Repair{"a list that was bought", "its addresses are gone", noon - 5 * a_day});
    out.complainants = seen(domain::Complainants{120, 120, 120, 2});
    out.leaks = seen(domain::Leaks{{noon - 9 * a_day}, noon - 8 * a_day, true});
    domain::ComplaintHistory history;
    for (util::Day day = today - 40; day <= today; ++day) {
        domain::MailDay here;
        here.day = day;
        here.accepted = day < today - 6 ? 10'000 : 0;
        here.complaints = day < today - 20 ? 1 : day < today - 6 ? 40 : 0;
        here.reported = here.complaints;
        if (day < today - 6)
            here.snds = {10'000, day < today - 20 ? domain::RateBounds{0, 0.1} : domain::RateBounds{0.8, 0.8}};
        history.days.push_back(here);
        if (day < today - 6)
            continue;
        domain::MailDay elsewhere;
        elsewhere.day = day;
        elsewhere.accepted = 10'000;
        elsewhere.complaints = elsewhere.reported = day % 2;
        history.elsewhere.push_back(elsewhere);
    }
    history.ages = {60, 25, 10, 5};
    out.complaints = seen(history);
    out.feed = seen(domain::FeedLife{noon - 6 * an_hour, 0, 0});
    out.snds = seen(domain::SndsAccess{true, domain::SndsStatus{out.ip, out.ip, true, "Blocked"}, 0});
    out.requests = seen(std::vector<domain::Request>{});
    out.contact = seen(domain::Contact{true, false});
    return out;
}

} // namespace jmrp::testing
