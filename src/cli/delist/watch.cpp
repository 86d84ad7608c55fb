#include "cli/delist/watch.hpp"

#include <algorithm>

#include "delist/correspondence.hpp"
#include "reputation/mitigation.hpp"

namespace jmrp::cli {

namespace {

/// Of the subjects of that list the narrowest that the address belongs to.
const delist::Subject* subject_of(const std::vector<delist::Subject>& subjects, domain::BlockList list,
                                  const domain::Ip& ip) {
    const delist::Subject* out = nullptr;
    for (const delist::Subject& one : subjects)
        if (one.list == list && one.network.contains(ip) && (!out || one.network.prefix > out->network.prefix))
            out = &one;
    return out;
}

} // namespace

std::vector<reputation::Finding> watch_requests(store::Store& store, util::Seconds now) {
    const delist::Correspondence all = delist::read_correspondence(store);
    const std::vector<delist::Subject> subjects = delist::subjects(all);
    std::vector<reputation::Watched> watched;
    for (const delist::Subject& subject : subjects) {
        reputation::Watched one{subject.network.short_text(), subject.list, delist::standing_of(all, subject), 0};
        if (!reputation::is_watched(one.standing, now))
            continue;
        // Of Microsoft's lists that of Outlook.com is the only one whose people can complain.
        if (subject.list == domain::BlockList::outlook_com)
            for (const auto& [text, complaints] : store.complaints_about_mail_after(*one.standing.verdict_at))
                if (const auto ip = domain::parse_ip(text); ip && subject_of(subjects, subject.list, *ip) == &subject)
                    one.complaints += complaints;
        watched.push_back(std::move(one));
    }
    std::vector<reputation::Finding> out = reputation::judge_mitigated(watched, now);
    std::int64_t waiting = 0;
    std::optional<util::Seconds> oldest;
    for (const delist::Answer& answer : all.answers)
        if (answer.needs_person) {
            ++waiting;
            oldest = std::min(oldest.value_or(answer.said.received_at), answer.said.received_at);
        }
    out.push_back(reputation::judge_replies(waiting, oldest, now));
    return out;
}

} // namespace jmrp::cli
