#pragma once
// What the talks with servers share. Private to exports/.
#include <nlohmann/json.hpp>

#include "exports/target.hpp"

namespace jmrp::exports {

inline constexpr const char* json_type = "application/json";
inline constexpr const char* form_type = "application/x-www-form-urlencoded";

bool is_success(const Reply& reply);
/// The statuses as RFC 9110 has them; 400, 409, 413, 414 and 422 are about what was said, the others about who says it where.
Verdict verdict_of(const Reply& reply);
/// The same where one of these means that it was so already.
Verdict verdict_of(const Reply& reply, std::initializer_list<int> already_so);
Verdict wrong(std::string why);

Request json_request(const char* method, std::string path, const nlohmann::ordered_json& body);
/// Discarded where it is none.
nlohmann::json json_of(const Reply& reply);

/// Of the target's own subscriber; empty for an address.
std::string own_identifier(const domain::Suppression& suppression);

// list_servers.cpp
bool mailman3_takes(std::string_view address);
Step mailman3_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step listmonk_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step mautic_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step mailwizz_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step sendy_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
bool civicrm_is_final(const Reply& reply);
Step civicrm_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);

// providers.cpp
Step ses_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step sendgrid_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step mailgun_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step postmark_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);
Step sparkpost_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);

/// JSON Lines, as of the format jsonl; "active" tells which of both a line says.
Step webhook_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies);

} // namespace jmrp::exports
