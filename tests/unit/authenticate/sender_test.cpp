#include "authenticate/sender.hpp"

#include <catch2/catch.hpp>

using namespace jmrp;
using namespace jmrp::authenticate;

namespace {

mail::Fields header(std::initializer_list<std::string> from) {
    mail::Fields fields;
    for (const std::string& value : from)
        fields.add("From", value);
    return fields;
}

std::string read(std::initializer_list<std::string> from) {
    const Sender sender = read_sender(header(from));
    if (sender.kind == Sender::Kind::one)
        return sender.address->text();
    return sender.kind == Sender::Kind::absent ? "absent" : "ambiguous";
}

bool claims(std::string from) {
    return claims_reporter({"microsoft.com", "staff@hotmail.com"}, read_sender(header({std::move(from)})));
}

} // namespace

TEST_CASE("sender: one From with one mailbox is who sent it") {
    CHECK(read({"staff@hotmail.com"}) == "staff@hotmail.com");
    CHECK(read({"<staff@HOTMAIL.com>"}) == "staff@hotmail.com");
    CHECK(read({"Hotmail Staff <staff@hotmail.com>"}) == "staff@hotmail.com");
    CHECK(read({"\"Staff, Hotmail\" <staff@hotmail.com> (the staff)"}) == "staff@hotmail.com");
    CHECK(read({"=?utf-8?q?staff=40hotmail.com?= <x@evil.example>"}) == "x@evil.example");
    CHECK(read({"\"staff@hotmail.com\" <x@evil.example>"}) == "x@evil.example");
    CHECK(read({"\"<staff@hotmail.com>\" <x@evil.example>"}) == "x@evil.example");
    CHECK(read({"(<staff@hotmail.com>) x@evil.example"}) == "x@evil.example");
    CHECK(read({"\"x\\\" <staff@hotmail.com>\" <x@evil.example>"}) == "x@evil.example");
}

TEST_CASE("sender: a From that readers could take for different people is nobody's") {
    CHECK(read({}) == "absent");
    CHECK(read({"staff@hotmail.com", "x@evil.example"}) == "ambiguous");
    CHECK(read({"staff@hotmail.com", "staff@hotmail.com"}) == "ambiguous");
    for (const std::string from : {"",
                                   "staff",
                                   "staff@hotmail.com, x@evil.example",
                                   "<staff@hotmail.com>, <x@evil.example>",
                                   "staff@hotmail.com <x@evil.example>",
                                   "<staff@hotmail.com> <x@evil.example>",
                                   "staff@hotmail.com x@evil.example",
                                   "Group: staff@hotmail.com;",
                                   "Group:;",
                                   "Group: a <staff@hotmail.com>, b <x@evil.example>;",
                                   "<staff@hotmail.com",
                                   "staff@hotmail.com>",
                                   "\"staff@hotmail.com",
                                   "(staff@hotmail.com",
                                   "staff(x)@hotmail.com",
                                   "staff@hotmail.com@evil.example",
                                   "<@hotmail.com:x@evil.example>",
                                   "=?utf-8?q?staff=40hotmail.com?=",
                                   "staff@hotmail.com\rTo: x",
                                   "<staff@hotmail.com>;",
                                   "x <<staff@hotmail.com>>",
                                   "staff@hotmail.com\\"}) {
        INFO(from);
        CHECK(read({from}) == "ambiguous");
    }
    CHECK(read({std::string("staff@hotmail.com\0", 18)}) == "ambiguous");
    CHECK(read({std::string(5000, ' ') + "staff@hotmail.com"}) == "ambiguous");
}

TEST_CASE("sender: domains that only look like a reporter's are none") {
    CHECK(is_within("hotmail.com", "hotmail.com"));
    CHECK(is_within("mail.hotmail.com", "hotmail.com"));
    CHECK_FALSE(is_within("hotmail.com.evil.example", "hotmail.com"));
    CHECK_FALSE(is_within("evil-hotmail.com", "hotmail.com"));
    CHECK_FALSE(is_within("com", "hotmail.com"));
    CHECK_FALSE(is_within("hotmail.com", ""));
    CHECK(is_within("protection.outlook.com", ".outlook.com"));
    CHECK_FALSE(is_within("outlook.com", ".outlook.com"));
    CHECK_FALSE(is_within(".outlook.com", ".outlook.com"));
    CHECK_FALSE(is_within("evil-outlook.com", ".outlook.com"));
    CHECK_FALSE(claims("staff@hotmail.com.evil.example"));
    CHECK_FALSE(claims("staff@evil-hotmail.com"));
    CHECK_FALSE(claims("staff@h\u043etmail.com")); // Cyrillic o: xn--...
    CHECK(claims("someone@hotmail.com"));
    CHECK(claims("x@sub.microsoft.com"));
    CHECK(claims("staff@hotmail.com <x@evil.example>"));
    CHECK_FALSE(claims("\"staff@hotmail.com\" <x@evil.example>"));
}

TEST_CASE("sender: where strangers have mailboxes in a reporter's domain, only the named address is the reporter") {
    const std::vector<std::string> reporters{"microsoft.com", "staff@hotmail.com"};
    const auto aligned = [&](const char* from, const char* domain) {
        return aligned_reporter(reporters, *domain::parse_address(from), domain) != nullptr;
    };
    CHECK(aligned("staff@hotmail.com", "hotmail.com"));
    CHECK(aligned("Staff@hotmail.com", "hotmail.com"));
    CHECK_FALSE(aligned("anna@hotmail.com", "hotmail.com"));
    CHECK_FALSE(aligned("staff@x.hotmail.com", "hotmail.com"));
    CHECK(aligned("x@mail.microsoft.com", "microsoft.com"));
    CHECK_FALSE(aligned("staff@hotmail.com", "microsoft.com"));
    CHECK_FALSE(aligned("staff@evil.example", "hotmail.com"));
}
