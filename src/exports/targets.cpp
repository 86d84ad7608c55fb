#include <algorithm>

#include "exports/lines.hpp"
#include "exports/talk.hpp"
#include "util/text.hpp"

namespace jmrp::exports {

std::span<const Target> targets() {
    static constexpr Target table[] = {
        {.name = "webhook",
         .purpose = "any server: POST of JSON Lines, signed",
         .talk = webhook_talk,
         .login = Login::signature,
         .most_added = 500,
         .most_removed = 500,
         .system = "*",
         .has_scopes = true},
        {.name = "mailman3",
         .purpose = "Mailman 3: left and banned, from one list or all of them",
         .talk = mailman3_talk,
         .login = Login::basic,
         .most_added = 1,
         .most_removed = 1,
         .takes = mailman3_takes},
        {.name = "listmonk",
         .purpose = "listmonk: a complaint on its list of bounces",
         .talk = listmonk_talk,
         .login = Login::basic,
         .most_added = 1,
         .most_removed = 0,
         .system = "listmonk"},
        {.name = "mautic",
         .purpose = "Mautic: do not contact by mail",
         .talk = mautic_talk,
         .login = Login::basic,
         .most_added = 1,
         .most_removed = 1},
        {.name = "mailwizz",
         .purpose = "MailWizz: unsubscribed, from one list or all of them",
         .talk = mailwizz_talk,
         .login = Login::header,
         .most_added = 1,
         .most_removed = 0,
         .system = "mailwizz",
         .header = "X-Api-Key: ",
         .subscribers_need_list = true},
        {.name = "sendy",
         .purpose = "Sendy: unsubscribed from a list",
         .talk = sendy_talk,
         .login = Login::form,
         .most_added = 1,
         .most_removed = 0,
         .needs_list = true},
        {.name = "civicrm",
         .purpose = "CiviCRM: no bulk mail to the contact",
         .talk = civicrm_talk,
         .login = Login::header,
         .most_added = 1,
         .most_removed = 1,
         .header = "X-Civi-Auth: Bearer ",
         .is_final = civicrm_is_final},
        {.name = "ses",
         .purpose = "Amazon SES: suppressed in the account",
         .talk = ses_talk,
         .login = Login::aws,
         .most_added = 1,
         .most_removed = 0,
         .header = "ses"},
        {.name = "sendgrid",
         .purpose = "SendGrid: global suppressions",
         .talk = sendgrid_talk,
         .login = Login::bearer,
         .most_added = 500,
         .most_removed = 1},
        {.name = "mailgun",
         .purpose = "Mailgun: complaints of a domain, its name in list",
         .talk = mailgun_talk,
         .login = Login::basic,
         .most_added = 1000,
         .most_removed = 1,
         .needs_list = true,
         .user = "api"},
        {.name = "postmark",
         .purpose = "Postmark: suppressions of a message stream, its name in list",
         .talk = postmark_talk,
         .login = Login::header,
         .most_added = 50,
         .most_removed = 50,
         .needs_list = true,
         .header = "X-Postmark-Server-Token: "},
        {.name = "sparkpost",
         .purpose = "SparkPost: the suppression list, for all but transactional mail",
         .talk = sparkpost_talk,
         .login = Login::header,
         .most_added = 1000,
         .most_removed = 1,
         .header = "Authorization: "},
    };
    return table;
}

const Target* find_target(std::string_view name) {
    for (const Target& target : targets())
        if (target.name == name)
            return &target;
    return nullptr;
}

bool carries(const Target& target, const Place& place, const domain::Suppression& suppression) {
    constexpr std::size_t longest = 1024; // no address is (RFC 5321 section 4.5.3.1.3), and a path has to hold it
    const std::string& text = suppression.person;
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
    const std::string_view system = target.system;
    const bool anybody = system == "*";
    if (text.empty() || (!anybody && (text.size() > longest || std::ranges::any_of(text, is_control))) ||
        util::to_valid_utf8(text) != text)
        return false;
    if (suppression.key.empty() || suppression.key.front() != '@' || anybody)
        return !target.takes || target.takes(text);
    const auto person = domain::parse_person(text);
    const auto* subscriber = person ? std::get_if<domain::Subscriber>(&*person) : nullptr;
    return subscriber && subscriber->system == system && (!target.subscribers_need_list || !place.list.empty());
}

bool is_passing(const Target& target, const Reply& reply) {
    const int status = reply.status;
    return (status == 408 || status == 425 || status == 429 || status >= 500) &&
           !(target.is_final && target.is_final(reply));
}

bool is_success(const Reply& reply) {
    return reply.status >= 200 && reply.status < 300;
}

Verdict wrong(std::string why) {
    return {Verdict::Kind::wrong, std::move(why)};
}

Verdict verdict_of(const Reply& reply) {
    if (is_success(reply))
        return {};
    const std::string why = "it answers " + std::to_string(reply.status);
    constexpr int about_what_was_said[] = {400, 409, 413, 414, 422};
    if (std::ranges::find(about_what_was_said, reply.status) != std::end(about_what_was_said))
        return {Verdict::Kind::refused, why};
    const char* hint = reply.status / 100 == 3 ? ": it wants to be asked elsewhere, and no redirect is followed"
                       : reply.status == 401 || reply.status == 403 ? ": are user and secret right?"
                                                                    : ": is the URL right?";
    return wrong(why + hint);
}

Verdict verdict_of(const Reply& reply, std::initializer_list<int> already_so) {
    return std::ranges::find(already_so, reply.status) != already_so.end() ? Verdict{} : verdict_of(reply);
}

Request json_request(const char* method, std::string path, const nlohmann::ordered_json& body) {
    return {method, std::move(path), body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace), json_type};
}

nlohmann::json json_of(const Reply& reply) {
    return nlohmann::json::parse(reply.body, nullptr, false);
}

std::string own_identifier(const domain::Suppression& suppression) {
    const auto person = domain::parse_person(suppression.person);
    const auto* subscriber = person ? std::get_if<domain::Subscriber>(&*person) : nullptr;
    return subscriber ? subscriber->id : std::string();
}

Step webhook_talk(const Place& place, std::span<const Change> batch, std::span<const Reply> replies) {
    if (!replies.empty())
        return verdict_of(replies.front());
    Request request{"POST", "", "", "application/jsonl"};
    for (const Change& change : batch) {
        domain::Suppression said = change.suppression;
        said.active = change.add;
        json_line(request.body, said, {place.list});
    }
    return request;
}

} // namespace jmrp::exports
