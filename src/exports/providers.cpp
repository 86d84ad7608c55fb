#include "exports/talk.hpp"
#include "util/percent.hpp"
#include "util/text.hpp"

namespace jmrp::exports {

namespace {

using util::percent_encode;
using Json = nlohmann::ordered_json;

/// An array with what `entry` makes of each.
template <typename Entry>
Json list_of(std::span<const Change> batch, const Entry& entry) {
    Json out = Json::array();
    for (const Change& change : batch)
        out.push_back(entry(change.suppression));
    return out;
}

} // namespace

// Amazon SES, API v2 reference, "PutSuppressedDestination": BOUNCE and COMPLAINT are all its reasons. DeleteSuppressedDestination
// has the address in its path, which the libcurl of Debian 12 signs otherwise than the service does.
Step ses_talk(const Place&, std::span<const Change> batch, std::span<const Reply> replies) {
    if (!replies.empty())
        return verdict_of(replies.front());
    return json_request("PUT", "/v2/email/suppression/addresses",
                        {{"EmailAddress", batch.front().suppression.person}, {"Reason", "COMPLAINT"}});
}

// SendGrid, API reference v3, "Add recipient addresses to the global suppression group", "Delete a Global Suppression".
Step sendgrid_talk(const Place&, std::span<const Change> batch, std::span<const Reply> replies) {
    const std::string path = "/v3/asm/suppressions/global";
    const Change& first = batch.front();
    if (!replies.empty())
        return first.add ? verdict_of(replies.front()) : verdict_of(replies.front(), {404});
    if (!first.add)
        return Request{"DELETE", path + "/" + percent_encode(first.suppression.person), "", ""};
    return json_request("POST", path,
                        {{"recipient_emails", list_of(batch, [](const auto& one) { return Json(one.person); })}});
}

// Mailgun, API reference, "Add complaints" (up to 1000), "Remove complaint".
Step mailgun_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies) {
    const std::string path = "/v3/" + percent_encode(place.list) + "/complaints";
    const Change& first = batch.front();
    if (!replies.empty())
        return first.add ? verdict_of(replies.front()) : verdict_of(replies.front(), {404});
    if (!first.add)
        return Request{"DELETE", path + "/" + percent_encode(first.suppression.person), "", ""};
    return json_request("POST", path, list_of(batch, [](const auto& one) { return Json{{"address", one.person}}; }));
}

// Postmark, developer documentation, "Suppressions API": up to 50 at once, and an answer about each, which is Failed for an address
// that it cannot read and for a complaint of its own that is to be taken back.
Step postmark_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies) {
    if (replies.empty())
        return json_request("POST",
                            "/message-streams/" + percent_encode(place.list) +
                                (batch.front().add ? "/suppressions" : "/suppressions/delete"),
                            {{"Suppressions", list_of(batch, [](const auto& one) {
                                  return Json{{"EmailAddress", one.person}};
                              })}});
    Verdict verdict = verdict_of(replies.front());
    const nlohmann::json answer = json_of(replies.front());
    if (verdict.kind == Verdict::Kind::done && answer.is_object() && answer.contains("Suppressions"))
        for (const nlohmann::json& one : answer["Suppressions"])
            if (one.is_object() && one.contains("Status") && one["Status"] == "Failed")
                ++verdict.refused;
    return verdict;
}

// SparkPost, API reference, "Suppression List": "Bulk create or update", "Delete a recipient"; 404: it is not there; 403: it may
// not be taken out.
Step sparkpost_talk(const Place&, std::span<const Change> batch, std::span<const Reply> replies) {
    const std::string path = "/api/v1/suppression-list";
    const Change& first = batch.front();
    if (!replies.empty())
        return first.add ? verdict_of(replies.front()) : verdict_of(replies.front(), {404});
    if (!first.add)
        return Request{"DELETE", path + "/" + percent_encode(first.suppression.person), "", ""};
    return json_request("PUT", path, {{"recipients", list_of(batch, [](const domain::Suppression& one) {
                                           return Json{{"recipient", one.person},
                                                       {"type", "non_transactional"},
                                                       {"description", to_text(one.reason)}};
                                       })}});
}

} // namespace jmrp::exports
