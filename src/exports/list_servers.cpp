#include "exports/talk.hpp"
#include "util/percent.hpp"
#include "util/text.hpp"

namespace jmrp::exports {

namespace {

using nlohmann::json;
using util::percent_encode;

const char* without_it = "it answers something else than its documentation says: is the URL right?";

} // namespace

// What begins with "^" is a pattern to Mailman, and would ban more than one.
bool mailman3_takes(std::string_view address) {
    return !address.starts_with('^');
}

namespace {

/// The memberships of the address itself: the search takes "*" for any text.
std::vector<std::string> mailman3_members(const json& found, const std::string& address) {
    std::vector<std::string> out;
    const auto entries = found.find("entries");
    if (entries == found.end() || !entries->is_array())
        return out;
    for (const json& entry : *entries)
        if (entry.is_object() && entry.contains("email") && entry["email"].is_string() && entry.contains("member_id") &&
            entry["member_id"].is_string() && util::equal_ignoring_case(entry["email"].get<std::string>(), address))
            out.push_back(entry["member_id"].get<std::string>());
    return out;
}

/// It says 400 of who is banned already as well as of what it takes for no address.
Verdict mailman3_banned(const Reply& reply) {
    const bool already = reply.status == 400 && reply.body.find("already banned") != std::string::npos;
    return already ? Verdict{} : verdict_of(reply);
}

} // namespace

// Mailman 3, documentation of the REST API, "Membership" and "Email bans", 3.1; tried with 3.3.8. From the roster of one list, or from
// each list that a search for the address finds; then the ban, so that nobody else subscribes it again.
Step mailman3_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies) {
    const std::string& address =
        batch.front().suppression.key; // a ban is lifted under the spelling that it was made with
    const std::string lists = place.list.empty() ? "/3.1" : "/3.1/lists/" + percent_encode(place.list);
    if (!batch.front().add) {
        if (address.find('/') != std::string::npos) // which its paths do not carry, encoded or not
            return Verdict{Verdict::Kind::refused, "it cannot lift such a ban"};
        if (replies.empty())
            return Request{"DELETE", lists + "/bans/" + percent_encode(address), "", ""};
        return verdict_of(replies.back(), {404});
    }
    const Request ban{"POST", lists + "/bans", "email=" + percent_encode(address), form_type};
    if (!place.list.empty()) {
        if (replies.empty())
            return Request{"DELETE", lists + "/roster/member", "emails=" + percent_encode(address), form_type};
        if (replies.size() == 1)
            return is_success(replies.back()) ? Step(ban) : Step(verdict_of(replies.back()));
        return mailman3_banned(replies.back());
    }
    if (replies.empty())
        return Request{"POST", lists + "/members/find", "role=member&subscriber=" + percent_encode(address), form_type};
    const json found = json_of(replies.front());
    if (!is_success(replies.front()))
        return verdict_of(replies.front());
    if (!found.is_object())
        return wrong(without_it);
    const std::vector<std::string> members = mailman3_members(found, address);
    const std::size_t left = replies.size() - 1; // lists, and after the last of them the ban
    if (left > 0 && left <= members.size() && !is_success(replies.back()) && replies.back().status != 404)
        return verdict_of(replies.back());
    if (left < members.size())
        return Request{"DELETE", lists + "/members/" + percent_encode(members[left]), "", ""};
    return left == members.size() ? Step(ban) : Step(mailman3_banned(replies.back()));
}

// listmonk, documentation "Bounce processing", the webhook of its own; "complaint" is in its source, and what follows from one is
// set there. Whom it does not know it counts as nobody.
Step listmonk_talk(const Place&, std::span<const Change> batch, std::span<const Reply> replies) {
    if (!replies.empty())
        return verdict_of(replies.front());
    const domain::Suppression& suppression = batch.front().suppression;
    const std::string own = own_identifier(suppression);
    nlohmann::ordered_json body;
    own.empty() ? body["email"] = suppression.person : body["subscriber_uuid"] = own;
    body["source"] = "jmrp";
    body["type"] = "complaint";
    return json_request("POST", "/webhooks/bounce", body);
}

namespace {

/// The numbers of the contacts that have the address, and not one like it.
std::vector<std::string> mautic_contacts(const json& found, const std::string& address) {
    std::vector<std::string> out;
    const auto contacts = found.find("contacts");
    if (contacts == found.end() || !(contacts->is_object() || contacts->is_array()))
        return out;
    for (const json& contact : *contacts) {
        const json::json_pointer email("/fields/all/email");
        const json::json_pointer id("/id");
        if (!contact.contains(email) || !contact.contains(id) || !contact[email].is_string() ||
            !contact[id].is_number_unsigned())
            continue;
        if (util::equal_ignoring_case(contact[email].get<std::string>(), address))
            out.push_back(std::to_string(contact[id].get<std::uint64_t>()));
    }
    return out;
}

} // namespace

// Mautic, documentation of the REST API, "Contacts": list with an advanced condition, "Add to Do Not Contact", "Remove from Do Not
// Contact". Reason 1, unsubscribed, is what its own reading of complaints gives. Several contacts may have one address.
Step mautic_talk(const Place&, std::span<const Change> batch, std::span<const Reply> replies) {
    const std::string& address = batch.front().suppression.person;
    if (replies.empty())
        return Request{"GET",
                       "/api/contacts?where%5B0%5D%5Bcol%5D=email&where%5B0%5D%5Bexpr%5D=eq&where%5B0%5D%5Bval%5D=" +
                           percent_encode(address),
                       "", ""};
    const json found = json_of(replies.front());
    if (!is_success(replies.front()))
        return verdict_of(replies.front());
    if (!found.is_object() || !found.contains("contacts"))
        return wrong(without_it);
    const std::vector<std::string> contacts = mautic_contacts(found, address);
    const std::size_t told = replies.size() - 1;
    if (told > 0 && !is_success(replies.back()))
        return verdict_of(replies.back(), {404});
    if (told >= contacts.size())
        return Verdict{};
    const std::string path = "/api/contacts/" + contacts[told] + "/dnc/email/";
    return batch.front().add
               ? json_request("POST", path + "add", {{"reason", 1}, {"comments", "spam complaint (jmrp)"}})
               : Request{"POST", path + "remove", "", ""};
}

// MailWizz, API documentation, "List subscribers": unsubscribe by email from all lists; in one list search by email, then
// unsubscribe. 404: nobody of that address.
Step mailwizz_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies) {
    const domain::Suppression& suppression = batch.front().suppression;
    const auto unknown_there = [](const Reply& reply) { // a server that has no such path says it in HTML
        return reply.status == 404 && json_of(reply).is_object();
    };
    if (!replies.empty() && unknown_there(replies.back()))
        return Verdict{};
    if (place.list.empty()) {
        if (replies.empty())
            return Request{"PUT", "/lists/subscribers/unsubscribe-by-email-from-all-lists",
                           "EMAIL=" + percent_encode(suppression.person), form_type};
        return verdict_of(replies.back());
    }
    const std::string subscribers = "/lists/" + percent_encode(place.list) + "/subscribers/";
    std::string own = own_identifier(suppression);
    const std::size_t before = own.empty() ? 1 : 0; // answers before that to the unsubscription
    if (own.empty()) {
        if (replies.empty())
            return Request{"GET", subscribers + "search-by-email?EMAIL=" + percent_encode(suppression.person), "", ""};
        const json found = json_of(replies.front());
        const json::json_pointer uid("/data/subscriber_uid");
        if (!is_success(replies.front()))
            return verdict_of(replies.front());
        if (!found.is_object() || !found.contains(uid) || !found[uid].is_string())
            return wrong(without_it);
        own = found[uid].get<std::string>();
    }
    if (replies.size() == before)
        return Request{"PUT", subscribers + percent_encode(own) + "/unsubscribe", "", ""};
    return verdict_of(replies.back());
}

// Sendy, API documentation, "Unsubscribe": a form, and with boolean a line of text for an answer.
Step sendy_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies) {
    if (replies.empty())
        return Request{"POST", "/unsubscribe",
                       "email=" + percent_encode(batch.front().suppression.person) +
                           "&list=" + percent_encode(place.list) + "&boolean=true",
                       form_type};
    if (!is_success(replies.front()))
        return verdict_of(replies.front());
    const std::string_view said = util::trim(replies.front().body);
    if (said == "1" || said == "true" || said == "Email does not exist.")
        return Verdict{};
    if (said == "Invalid email address.")
        return Verdict{Verdict::Kind::refused, "it takes it for no address"};
    return wrong(said == "Some fields are missing." || said == "Invalid list ID."
                     ? "it does not know the list: 'list' is the ID that it shows under 'View all lists'"
                     : without_it);
}

namespace {

using Json = nlohmann::ordered_json;

/// "where": one condition.
Json civicrm_where(const char* field, const char* operation, const Json& value) {
    Json condition = Json::array();
    condition.push_back(field);
    condition.push_back(operation);
    condition.push_back(value);
    Json out = Json::array();
    out.push_back(std::move(condition));
    return out;
}

Request civicrm_request(const char* what, const Json& params) {
    return {"POST", std::string("/civicrm/ajax/api4/") + what,
            "params=" + percent_encode(params.dump(-1, ' ', false, json::error_handler_t::replace)), form_type,
            "X-Requested-With: XMLHttpRequest"};
}

} // namespace

// CRM/Api4/Page/AJAX.php: 500 with a JSON object that has error_message is what its API says of a request that it cannot do, as
// for want of a permission or of the component that has the field; waiting mends none of that. Maintenance is 503.
bool civicrm_is_final(const Reply& reply) {
    const json answer = reply.status == 500 ? json_of(reply) : json();
    return answer.is_object() && answer.contains("error_message");
}

// CiviCRM, developer guide, "APIv4 REST": parameters as JSON in a form, the key in X-Civi-Auth. is_opt_out is "No bulk emails".
Step civicrm_talk(const Place&, std::span<const Change> batch, std::span<const Reply> replies) {
    const Change& change = batch.front();
    if (replies.empty()) {
        Json params;
        params["select"] = Json::array();
        params["select"].push_back("contact_id");
        params["where"] = civicrm_where("email", "=", change.suppression.person);
        params["limit"] = 0; // all
        return civicrm_request("Email/get", params);
    }
    const json answer = json_of(replies.back());
    if (civicrm_is_final(replies.back()))
        return wrong(
            "its API ends with an error, which the log of CiviCRM tells: has the key's contact the permissions?");
    if (!is_success(replies.back()))
        return verdict_of(replies.back());
    if (!answer.is_object() || !answer.contains("values") || !answer["values"].is_array())
        return wrong(without_it);
    if (replies.size() > 1)
        return Verdict{};
    Json contacts = Json::array();
    for (const json& row : answer["values"])
        if (row.is_object() && row.contains("contact_id") && row["contact_id"].is_number_unsigned())
            contacts.push_back(row["contact_id"].get<std::uint64_t>());
    if (contacts.empty())
        return Verdict{};
    Json params;
    params["values"]["is_opt_out"] = change.add;
    params["where"] = civicrm_where("id", "IN", contacts);
    return civicrm_request("Contact/update", params);
}

} // namespace jmrp::exports
