#pragma once
// What happened, in sentences: the free text of every request. Private to delist/.
#include <string>
#include <vector>

#include "delist/draft.hpp"

namespace jmrp::delist {

/// Paragraphs, without blank lines within; what could not be said is added to `missing`.
struct Account {
    std::vector<std::string> paragraphs;
    std::vector<std::string> missing;

    void say(std::string paragraph);
    void miss(std::string what);
};

/// A sentence, a name or a server's words as one clean line.
std::string one_line(std::string_view text);
std::string joined(const std::vector<std::string>& parts, std::string_view separator);
std::string when(util::Seconds at); ///< 2026-11-22 08:00 UTC
/// "192.0.2.10; 192.0.2.16/28"
std::vector<std::string> addresses_of(std::span<const Case> cases, const Occasion& occasion);

/// The block refusals of the case's list, and the newest of them; nothing where none is known.
const domain::Refusals* newest_block(const domain::Evidence& evidence);

void tell_refusal(Account& account, const Case& one); ///< the newest one, verbatim
void tell_block(Account& account, const Case& one);
void tell_repair(Account& account, std::span<const Case> cases);
void tell_volume(Account& account, const Case& one);
void tell_expected(Account& account, const Occasion& occasion);
void tell_days(Account& account, const Case& one); ///< how much was accepted, day by day
void tell_complaints(Account& account, const Case& one);
void tell_sender(Account& account, const Case& one);
void tell_domains(Account& account, std::span<const Case> cases);
void tell_feedback(Account& account, const Case& one);

/// All of it, in this order.
void tell_all(Account& account, std::span<const Case> cases, const Occasion& occasion);

} // namespace jmrp::delist
