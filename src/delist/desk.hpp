#pragma once
// What a draft is written from, and one function a door. Private to delist/.
#include <span>
#include <string>
#include <string_view>

#include "delist/account.hpp"
#include "delist/draft.hpp"

namespace jmrp::delist {

struct Desk {
    std::span<const Case> cases; ///< not empty
    const domain::DelistSettings& settings;
    const Occasion& occasion;

    const Case& first() const { return cases.front(); }
    std::string addresses() const; ///< "192.0.2.10; 192.0.2.16/28"
    /// With the addresses and the code after it.
    std::string title(std::string_view begin) const;
};

/// Each fills in where it goes, the fields, hints, and what is missing.
void fill_form(Draft& draft, const Desk& desk);   ///< of Outlook.com
void fill_portal(Draft& draft, const Desk& desk); ///< of Microsoft 365
void fill_mail(Draft& draft, const Desk& desk);   ///< to the mailbox for delisting
void fill_reply(Draft& draft, const Desk& desk);  ///< in the thread of the last request

void take_missing(Draft& draft, Account& account);
/// The value, which is missing where it is empty; `key` is that of [delist].
const std::string& wanted(Draft& draft, const std::string& value, const char* key);
std::string closing(Draft& draft, const domain::DelistSettings& settings);

} // namespace jmrp::delist
