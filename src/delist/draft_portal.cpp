#include <algorithm>

#include "delist/desk.hpp"
#include "util/text.hpp"

namespace jmrp::delist {

namespace {

bool is_at_microsoft(std::string_view mailbox) {
    const std::string domain = util::lower(mailbox.substr(mailbox.find('@') + 1));
    constexpr std::string_view words[] = {"outlook.", "hotmail.",        "live.",
                                          "msn.com",  "windowslive.com", "microsoft.com"};
    return std::ranges::any_of(words, [&](std::string_view word) { return domain.starts_with(word); }) ||
           domain.ends_with(".onmicrosoft.com");
}

} // namespace

void fill_portal(Draft& draft, const Desk& desk) {
    const domain::DelistSettings& settings = desk.settings;
    draft.where = settings.portal_url;
    for (const std::string& address : addresses_of(desk.cases, desk.occasion)) {
        draft.fields.push_back({"Email address", "", wanted(draft, settings.contact_email, "contact_email")});
        draft.fields.push_back({"IP address", "", address});
        if (address.find('/') != std::string::npos)
            draft.missing.push_back("the single addresses of " + address + ": the portal takes no network");
    }
    std::ranges::sort(draft.missing);
    draft.missing.erase(std::unique(draft.missing.begin(), draft.missing.end()), draft.missing.end());
    draft.hints = {
        "One address a visit, and one mailbox: for each further IP begin anew.",
        "A mail with a link comes to the mailbox. Open it at once, it is good for about ten minutes, and press "
        "\"Delist IP\".",
        "That mail breaks rules that strict servers insist on (long lines, DMARC): use a mailbox that is not "
        "behind one.",
        "It takes up to a day, sometimes longer, and no mail tells that it is done: watch whether mail is "
        "accepted, then note it with jmrp delist close."};
    if (is_at_microsoft(settings.contact_email))
        draft.hints.emplace_back("The contact's mailbox is at Microsoft itself, which the portal does not like: take "
                                 "another one.");
}

} // namespace jmrp::delist
