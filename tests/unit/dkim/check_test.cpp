#include "dkim/check.hpp"

#include <catch2/catch.hpp>

#include "support/temporary_directory.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using dkim::KeyAnswer;
using domain::DkimFinding;

namespace {

KeyAnswer no_key(const std::string&) {
    return {KeyAnswer::Status::absent, {}};
}

const std::string mail = "From: staff@hotmail.com\nSubject: x\n\nbody\n";
const std::string head = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=hotmail.com; s=s1; ";

} // namespace

TEST_CASE("dkim: a mail without a signature has none, and nobody asks for a key") {
    int asked = 0;
    const dkim::Check check = dkim::check_dkim(
        mail,
        [&](const std::string& name) {
            ++asked;
            return no_key(name);
        },
        0);
    CHECK(check.finding.result == DkimFinding::Result::none);
    CHECK(check.complete);
    CHECK(asked == 0);
}

TEST_CASE("dkim: a key that is not there is a wrong signature, one nobody answers for is none yet") {
    std::string asked;
    const std::string text = head + "h=from; bh=MHIwT7xAPLpUjLN6Aatl4vO8Nv0hAeESUn4ZmWYKx9U=; b=AAAA\n" + mail;
    const auto check = [&](KeyAnswer::Status status) {
        return dkim::check_dkim(
            text,
            [&](const std::string& name) {
                asked = name;
                return KeyAnswer{status, {}};
            },
            1'800'000'000);
    };
    const dkim::Check absent = check(KeyAnswer::Status::absent);
    CHECK(absent.finding.result == DkimFinding::Result::fail);
    CHECK(absent.complete);
    CHECK(asked == "s1._domainkey.hotmail.com");
    const dkim::Check later = check(KeyAnswer::Status::later);
    CHECK(later.finding.result == DkimFinding::Result::unknown);
    CHECK_FALSE(later.complete);
    CHECK_FALSE(later.finding.detail.empty());
}

TEST_CASE("dkim: any bytes give a finding") {
    const auto any_key = [](const std::string&) {
        return KeyAnswer{KeyAnswer::Status::found, "v=DKIM1; p=AAAA; n=\xff"};
    };
    const std::string odd[] = {"",
                               "\n",
                               "\r\n\r\n",
                               ":",
                               "DKIM-Signature:",
                               "DKIM-Signature:\n\n",
                               "DKIM-Signature: \n \n\t\n\nx",
                               head,
                               head + "\n" + mail,
                               head + "h=from; bh=; b=\n" + mail,
                               head + "h=; bh=x; b=x\n" + mail,
                               head + "b=\xff\xfe; bh=\x01; h=\x7f\n" + mail,
                               head + "h=from; bh=AAAA; b=AAAA; l=99999999999999999999\n" + mail,
                               head + "h=from; bh=AAAA; b=AAAA; l=0\n" + mail,
                               head + "h=from; bh=AAAA; b=AAAA; x=0; t=99999999999999999999\n" + mail,
                               head + "h=from; bh=AAAA; b=AAAA; i=@evil.example; q=a/b:c/d\n" + mail,
                               "DKIM-Signature: v=2; a=; c=/; d=; s=; h=:; bh=:; b=:\n" + mail,
                               "DKIM-Signature: " + std::string(300, ';') + "\n" + mail,
                               "dkim-signature: a=a=a=a; v\n" + mail,
                               head + "h=from" + std::string(2000, ':') + "; bh=A; b=A\n" + mail,
                               std::string("DKIM-Signature: v=1\0; d=x\n", 26) + mail,
                               head + "h=from; bh=AAAA; b=AAAA\nFrom: \n\n",
                               head + "h=from; bh=AAAA; b=AAAA\n\n",
                               head + "h=from; bh=AAAA; b=AAAA\nFrom: <<<>>>@@(((\n\nx\r\ny\rz\n",
                               head + "h=from:from:from; bh=AAAA; b=AAAA\nFrom: a@b\nFrom: c@d\n\n"};
    for (const std::string& text : odd) {
        INFO(text);
        const dkim::Check check = dkim::check_dkim(text, any_key, 1'800'000'000);
        CHECK(check.finding.result != DkimFinding::Result::pass);
        CHECK(check.complete);
    }
    // every cut of one mail
    const std::string whole =
        head + "h=from:subject; bh=MHIwT7xAPLpUjLN6Aatl4vO8Nv0hAeESUn4ZmWYKx9U=; b=AAAA; l=4\n" + mail;
    for (std::size_t size = 0; size <= whole.size(); ++size)
        CHECK(dkim::check_dkim(std::string_view(whole).substr(0, size), any_key, 1'800'000'000).finding.result !=
              DkimFinding::Result::pass);
}

TEST_CASE("dkim: what is too much is not looked at") {
    int asked = 0;
    const auto count = [&](const std::string& name) {
        ++asked;
        return no_key(name);
    };
    std::string many;
    for (int i = 0; i < 17; ++i)
        many += head + "h=from; bh=AAAA; b=AAAA\n";
    CHECK(dkim::check_dkim(many + mail, count, 0).finding.result == DkimFinding::Result::fail);
    CHECK(dkim::check_dkim(head + "h=from; bh=AAAA; b=" + std::string(20'000, 'A') + "\n" + mail, count, 0)
              .finding.result == DkimFinding::Result::fail);
    std::string long_header = head + "h=from; bh=AAAA; b=AAAA\n";
    for (int i = 0; i < 3000; ++i)
        long_header += "X: y\n";
    CHECK(dkim::check_dkim(long_header + mail, count, 0).finding.result == DkimFinding::Result::fail);
    CHECK(asked == 0);
}

TEST_CASE("dkim: keys from a file") {
    const test::TemporaryDirectory directory;
    const std::string file =
        directory.write("keys", "# comment\n\ns1._domainkey.A.example v=DKIM1; p=x\r\ns2._domainkey.a.example\n");
    const dkim::FindKey find = dkim::keys_from_file(file);
    CHECK(find("s1._domainkey.a.example").record == "v=DKIM1; p=x");
    CHECK(find("s2._domainkey.a.example").status == KeyAnswer::Status::later);
    CHECK(find("s3._domainkey.a.example").status == KeyAnswer::Status::absent);
    CHECK_THROWS_AS(dkim::keys_from_file(directory.path() / "none"), util::Fault);
}
