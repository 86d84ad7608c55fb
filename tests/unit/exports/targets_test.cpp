#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "domain/subscriber.hpp"
#include "exports/target.hpp"

using namespace jmrp;
using exports::Change;
using exports::Reply;
using exports::Request;
using exports::Step;
using exports::Verdict;
using nlohmann::json;

namespace {

Change change(const std::string& person, bool add = true) {
    Change out;
    out.add = add;
    out.suppression.person = person;
    out.suppression.key = domain::key_of(*domain::parse_person(person));
    out.suppression.active = add;
    out.suppression.reason = domain::Reason::complaint;
    return out;
}

/// A talk with a server that answers as it is told.
struct Talk {
    const exports::Target& target;
    exports::Place place;
    std::vector<Change> batch;
    std::vector<Reply> replies;

    Talk(const char* name, std::vector<Change> changes, const char* list = "")
        : target(*exports::find_target(name)), place{list}, batch(std::move(changes)) {}

    Step step() const { return target.talk(place, batch, replies); }
    Request asks() const {
        const Step now = step();
        REQUIRE(std::holds_alternative<Request>(now));
        return std::get<Request>(now);
    }
    Verdict ends() const {
        const Step now = step();
        REQUIRE(std::holds_alternative<Verdict>(now));
        return std::get<Verdict>(now);
    }
    Talk& answer(int status, std::string body = "") {
        replies.push_back({status, std::move(body)});
        return *this;
    }
};

std::string line(const Request& request) {
    return request.method + " " + request.path + (request.body.empty() ? "" : " " + request.body);
}

bool is_done(const Verdict& verdict) {
    return verdict.kind == Verdict::Kind::done;
}

} // namespace

TEST_CASE("targets: each has a name of its own, a talk, and says what an addition is") {
    for (const exports::Target& target : exports::targets()) {
        INFO(target.name);
        CHECK(exports::find_target(target.name) == &target);
        CHECK(target.most_added > 0);
        const Change one = change("user@example.com");
        CHECK(std::holds_alternative<Request>(target.talk({"news"}, std::span(&one, 1), {})));
    }
}

TEST_CASE("targets: whatever an answer says, a talk ends, and what is no success is none") {
    for (const exports::Target& target : exports::targets())
        for (const bool add : {true, false})
            for (const char* list : {"", "news"})
                for (const int status : {200, 204, 301, 400, 401, 403, 404, 405, 409, 422})
                    for (const char* body : {"", "{}", "[]", "null", "{\"contacts\":7}", "{\"values\":[1,{}]}",
                                             "{\"entries\":[{\"member_id\":[]},3]}", "{\"data\":1}", "\xFF\x00",
                                             "{\"Suppressions\":{}}"}) {
                        if (!add && target.most_removed == 0)
                            continue;
                        INFO(target.name << (add ? " add " : " remove ") << list << " " << status << " " << body);
                        const Change one = change("user@example.com", add);
                        std::vector<Reply> replies;
                        Step step;
                        while (
                            std::holds_alternative<Request>(step = target.talk({list}, std::span(&one, 1), replies))) {
                            REQUIRE(replies.size() < 10);
                            replies.push_back({status, body});
                        }
                        if (status == 301 || status == 401 || status == 405)
                            CHECK(std::get<Verdict>(step).kind == Verdict::Kind::wrong);
                    }
}

TEST_CASE("targets: a hostile value stays one value of a path, a query, a form or JSON, or is left out") {
    std::ifstream file(std::string(JMRP_TESTS_DIR) + "/support/hostile_values.json");
    const json hostile = json::parse(file);
    std::vector<std::string> values;
    for (const json& value : hostile.is_array() ? hostile : hostile.front())
        if (value.is_string())
            values.push_back(value.get<std::string>());
    REQUIRE(values.size() > 10);
    int carried = 0;
    for (const exports::Target& target : exports::targets())
        for (const std::string& value : values)
            for (const bool add : {true, false}) {
                Change one = change("user@example.com", add);
                one.suppression.person = one.suppression.key = value;
                if ((!add && target.most_removed == 0) || !exports::carries(target, {"news"}, one.suppression))
                    continue;
                INFO(target.name << ": " << value);
                ++carried;
                const Step step = target.talk({"news"}, std::span(&one, 1), {});
                if (std::holds_alternative<Verdict>(step)) { // it says at once that it cannot
                    CHECK(std::get<Verdict>(step).kind == Verdict::Kind::refused);
                    continue;
                }
                const auto& request = std::get<Request>(step);
                CHECK(request.path.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                                     "-._~/%?=&") == std::string::npos);
                const auto plain = target.talk({"news"}, std::vector{change("user@example.com", add)}, {});
                const auto count = [](const std::string& text, char c) { return std::ranges::count(text, c); };
                const auto& other = std::get<Request>(plain);
                for (const char c : {'/', '?', '=', '&'})
                    CHECK(count(request.path, c) == count(other.path, c));
                if (std::string(request.type) == "application/json")
                    CHECK(json::accept(request.body));
                else if (std::string(request.type) == "application/jsonl")
                    CHECK(count(request.body, '\n') == 1);
                else
                    for (const char c : {'&', '=', '+', '\n'})
                        CHECK(count(request.body, c) == count(other.body, c));
            }
    CHECK(carried > 50);
}

TEST_CASE("targets: subscribers go to the program that knows them, and to a webhook") {
    const auto carried = [](const char* name, const char* person, const char* list = "") {
        return exports::carries(*exports::find_target(name), {list}, change(person).suppression);
    };
    CHECK(carried("listmonk", "@listmonk:5d1f"));
    CHECK_FALSE(carried("listmonk", "@mailwizz:5d1f"));
    CHECK_FALSE(carried("mailman3", "@listmonk:5d1f"));
    CHECK_FALSE(carried("mailwizz", "@mailwizz:5d1f"));
    CHECK(carried("mailwizz", "@mailwizz:5d1f", "ab123"));
    CHECK(carried("webhook", "@own:5d1f"));
}

TEST_CASE("Mailman 3: off one list and banned from it") {
    Talk talk("mailman3", {change("o'brien+x@example.com")}, "news.example.org");
    CHECK(line(talk.asks()) == "DELETE /3.1/lists/news.example.org/roster/member emails=o%27brien%2Bx%40example.com");
    CHECK(line(talk.answer(200, "{}").asks()) ==
          "POST /3.1/lists/news.example.org/bans email=o%27brien%2Bx%40example.com");
    CHECK(is_done(talk.answer(201).ends()));
    talk.replies.back() = {400, R"({"title":"400 Bad Request","description":"Address is already banned"})"};
    CHECK(is_done(talk.ends()));
    talk.replies.back() = {400, R"({"title":"400 Bad Request","description":"Invalid Parameter"})"};
    CHECK(talk.ends().kind == Verdict::Kind::refused);
    talk.batch = {change("user@example.com", false)};
    talk.replies.clear();
    CHECK(line(talk.asks()) == "DELETE /3.1/lists/news.example.org/bans/user%40example.com");
    CHECK(is_done(talk.answer(404).ends()));
}

TEST_CASE("Mailman 3: off each list that a search finds, then banned") {
    Talk talk("mailman3", {change("user@example.com")});
    CHECK(line(talk.asks()) == "POST /3.1/members/find role=member&subscriber=user%40example.com");
    talk.answer(200, R"({"entries":[{"member_id":"a1","email":"User@example.com"},
        {"member_id":"b2","email":"user@example.com"},{"member_id":"c3","email":"userx@example.com"}]})");
    CHECK(line(talk.asks()) == "DELETE /3.1/members/a1");
    CHECK(line(talk.answer(204).asks()) == "DELETE /3.1/members/b2");
    CHECK(line(talk.answer(404).asks()) == "POST /3.1/bans email=user%40example.com"); // has left meanwhile
    CHECK(is_done(talk.answer(201).ends()));
    talk.replies = {{200, R"({"start":0,"total_size":0})"}};
    CHECK(line(talk.asks()) == "POST /3.1/bans email=user%40example.com");
    talk.replies = {{200, R"({"entries":[{"member_id":"a1","email":"user@example.com"}]})"}, {401, ""}};
    CHECK(talk.ends().kind == Verdict::Kind::wrong);
}

TEST_CASE("Mailman 3: an address that is a pattern to it is nobody's") {
    Talk talk("mailman3", {change("*@example.com")});
    talk.answer(200, R"({"entries":[{"member_id":"a1","email":"user@example.com"}]})");
    CHECK(line(talk.asks()) == "POST /3.1/bans email=%2A%40example.com"); // nobody leaves
    CHECK_FALSE(exports::carries(talk.target, {}, change("^.*@example.com").suppression));
    CHECK(exports::carries(talk.target, {}, change("a^b@example.com").suppression));
}

TEST_CASE("listmonk: a complaint, by address or by its own subscriber") {
    Talk talk("listmonk", {change("user@example.com")});
    CHECK(line(talk.asks()) ==
          R"(POST /webhooks/bounce {"email":"user@example.com","source":"jmrp","type":"complaint"})");
    CHECK(is_done(talk.answer(200).ends()));
    talk.batch = {change("@listmonk:5d1f-9")};
    talk.replies.clear();
    CHECK(json::parse(talk.asks().body)["subscriber_uuid"] == "5d1f-9");
    CHECK(talk.answer(400).ends().kind == Verdict::Kind::refused);
}

TEST_CASE("Mautic: looks the contact up, then tells of it; of nobody whose address only resembles it") {
    Talk talk("mautic", {change("User+x@example.com")});
    CHECK(line(talk.asks()) ==
          "GET /api/contacts?where%5B0%5D%5Bcol%5D=email&where%5B0%5D%5Bexpr%5D=eq&where%5B0%5D%5Bval%5D="
          "User%2Bx%40example.com");
    talk.answer(200, R"({"total":"2","contacts":{
        "47":{"id":47,"fields":{"all":{"email":"user+x@example.com"}}},
        "48":{"id":48,"fields":{"all":{"email":"other@example.com"}}}}})");
    CHECK(line(talk.asks()) ==
          R"x(POST /api/contacts/47/dnc/email/add {"reason":1,"comments":"spam complaint (jmrp)"})x");
    CHECK(is_done(talk.answer(200).ends()));
    talk.batch = {change("User+x@example.com", false)};
    talk.replies.pop_back();
    CHECK(line(talk.asks()) == "POST /api/contacts/47/dnc/email/remove");
    talk.replies = {{200, R"({"total":0,"contacts":[]})"}};
    CHECK(is_done(talk.ends()));
    talk.replies = {{200, "<html>"}};
    CHECK(talk.ends().kind == Verdict::Kind::wrong);
}

TEST_CASE("MailWizz: from all lists at one go, from one after a search, by its own subscriber at once") {
    Talk all("mailwizz", {change("user@example.com")});
    CHECK(line(all.asks()) == "PUT /lists/subscribers/unsubscribe-by-email-from-all-lists EMAIL=user%40example.com");
    CHECK(is_done(all.answer(200, R"({"status":"success"})").ends()));
    all.replies = {{404, R"({"status":"error"})"}};
    CHECK(is_done(all.ends()));
    all.replies = {{404, "<html>"}};
    CHECK(all.ends().kind == Verdict::Kind::wrong);
    Talk one("mailwizz", {change("user@example.com")}, "ab123");
    CHECK(line(one.asks()) == "GET /lists/ab123/subscribers/search-by-email?EMAIL=user%40example.com");
    one.answer(200, R"({"status":"success","data":{"subscriber_uid":"xy789","status":"confirmed"}})");
    CHECK(line(one.asks()) == "PUT /lists/ab123/subscribers/xy789/unsubscribe");
    CHECK(is_done(one.answer(200).ends()));
    Talk own("mailwizz", {change("@mailwizz:qq555")}, "ab123");
    CHECK(line(own.asks()) == "PUT /lists/ab123/subscribers/qq555/unsubscribe");
    CHECK(is_done(own.answer(200).ends()));
}

TEST_CASE("Sendy: a form, and an answer in words") {
    Talk talk("sendy", {change("user@example.com")}, "aBc/1");
    CHECK(line(talk.asks()) == "POST /unsubscribe email=user%40example.com&list=aBc%2F1&boolean=true");
    CHECK(is_done(talk.answer(200, "1").ends()));
    talk.replies = {{200, "Email does not exist."}};
    CHECK(is_done(talk.ends()));
    talk.replies = {{200, "Invalid email address."}};
    CHECK(talk.ends().kind == Verdict::Kind::refused);
    for (const char* said : {"Some fields are missing.", "<html>welcome", ""}) {
        talk.replies = {{200, said}};
        CHECK(talk.ends().kind == Verdict::Kind::wrong);
    }
}

TEST_CASE("CiviCRM: looks the address up, then opts its contacts out of bulk mail") {
    Talk talk("civicrm", {change("user@example.com")});
    const std::string get = "POST /civicrm/ajax/api4/Email/get params=%7B%22select%22%3A%5B%22contact_id%22%5D%2C"
                            "%22where%22%3A%5B%5B%22email%22%2C%22%3D%22%2C%22user%40example.com%22%5D%5D%2C"
                            "%22limit%22%3A0%7D";
    CHECK(line(talk.asks()) == get);
    CHECK(talk.asks().header == std::string("X-Requested-With: XMLHttpRequest"));
    talk.answer(200, R"({"values":[{"id":1,"contact_id":7},{"id":2,"contact_id":9}],"count":2})");
    CHECK(line(talk.asks()) ==
          "POST /civicrm/ajax/api4/Contact/update params=%7B%22values%22%3A%7B%22is_opt_out%22%3Atrue%7D%2C"
          "%22where%22%3A%5B%5B%22id%22%2C%22IN%22%2C%5B7%2C9%5D%5D%5D%7D");
    CHECK(is_done(talk.answer(200, R"({"values":[{"id":7}]})").ends()));
    talk.replies.back().body = R"({"error_code":0,"error_message":"no"})";
    CHECK(talk.ends().kind == Verdict::Kind::wrong);
    talk.replies = {{200, R"({"values":[]})"}};
    CHECK(is_done(talk.ends()));
    const Reply error{500, R"({"error_code":"1","error_message":"Sorry","status":500})"};
    CHECK_FALSE(exports::is_passing(talk.target, error));
    talk.replies = {error};
    CHECK(talk.ends().kind == Verdict::Kind::wrong);
    for (const Reply& later : {Reply{500, ""}, Reply{500, "<html>"}, Reply{503, error.body}, Reply{429, "{}"}})
        CHECK(exports::is_passing(talk.target, later));
    CHECK(exports::is_passing(*exports::find_target("webhook"), error));
}

TEST_CASE("providers: the documented requests") {
    const std::vector<Change> two{change("a@example.com"), change("b@example.com")};
    const std::vector<Change> gone{change("a+x@example.com", false)};
    CHECK(line(Talk("ses", {change("a@example.com")}).asks()) ==
          R"(PUT /v2/email/suppression/addresses {"EmailAddress":"a@example.com","Reason":"COMPLAINT"})");
    CHECK(line(Talk("sendgrid", two).asks()) ==
          R"(POST /v3/asm/suppressions/global {"recipient_emails":["a@example.com","b@example.com"]})");
    CHECK(line(Talk("sendgrid", gone).asks()) == "DELETE /v3/asm/suppressions/global/a%2Bx%40example.com");
    CHECK(line(Talk("mailgun", two, "mg.example.org").asks()) ==
          R"(POST /v3/mg.example.org/complaints [{"address":"a@example.com"},{"address":"b@example.com"}])");
    CHECK(line(Talk("mailgun", gone, "mg.example.org").asks()) ==
          "DELETE /v3/mg.example.org/complaints/a%2Bx%40example.com");
    CHECK(
        line(Talk("postmark", two, "broadcast").asks()) ==
        R"(POST /message-streams/broadcast/suppressions {"Suppressions":[{"EmailAddress":"a@example.com"},{"EmailAddress":"b@example.com"}]})");
    CHECK(
        line(Talk("postmark", gone, "broadcast").asks()) ==
        R"(POST /message-streams/broadcast/suppressions/delete {"Suppressions":[{"EmailAddress":"a+x@example.com"}]})");
    CHECK(
        line(Talk("sparkpost", {change("a@example.com")}).asks()) ==
        R"(PUT /api/v1/suppression-list {"recipients":[{"recipient":"a@example.com","type":"non_transactional","description":"complaint"}]})");
    CHECK(line(Talk("sparkpost", gone).asks()) == "DELETE /api/v1/suppression-list/a%2Bx%40example.com");
    for (const char* name : {"sendgrid", "mailgun", "sparkpost"}) {
        CHECK(is_done(Talk(name, gone, "x").answer(404).ends()));
        CHECK(Talk(name, two, "x").answer(404).ends().kind == Verdict::Kind::wrong);
        CHECK(Talk(name, two, "x").answer(400).ends().kind == Verdict::Kind::refused);
    }
}

TEST_CASE("Postmark: one row that it cannot take leaves the others taken") {
    Talk talk("postmark", {change("a@example.com"), change("b@example.com")}, "broadcast");
    talk.answer(200, R"({"Suppressions":[{"EmailAddress":"a@example.com","Status":"Suppressed"},
                                         {"EmailAddress":"b@example.com","Status":"Failed","Message":"no"}]})");
    CHECK(is_done(talk.ends()));
    CHECK(talk.ends().refused == 1);
}

TEST_CASE("webhook: a line of JSON for each, which says whether it is suppressed") {
    Talk talk("webhook", {change("a@example.com", false), change("@own:7", false)});
    const Request request = talk.asks();
    CHECK(request.method + request.path == "POST");
    std::istringstream lines(request.body);
    std::string first, second;
    std::getline(lines, first);
    std::getline(lines, second);
    CHECK(json::parse(first)["address"] == "a@example.com");
    CHECK(json::parse(first)["active"] == false);
    CHECK(json::parse(second)["identifier"] == "7");
    CHECK(is_done(talk.answer(204).ends()));
}
