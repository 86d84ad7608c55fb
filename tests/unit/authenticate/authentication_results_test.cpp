#include "authenticate/authentication_results.hpp"

#include <catch2/catch.hpp>

using namespace jmrp::authenticate;

namespace {

/// "id: method=result type.name=value ... | method=result ...", or "-" where the field cannot be read.
std::string read(std::string_view value) {
    const auto field = parse_authentication_results(value);
    if (!field)
        return "-";
    std::string out = field->authserv_id + ":";
    for (const MethodResult& result : field->results) {
        out += (out.back() == ':' ? " " : " | ") + result.method + "=" + result.result;
        for (const ResultProperty& property : result.properties)
            out += " " + property.type + "." + property.name + "=" + property.value;
    }
    return out;
}

} // namespace

TEST_CASE("authentication-results: what RFC 8601 and the usual milters write is read") {
    // RFC 8601 appendix B
    CHECK(read("example.org 1; none") == "example.org:");
    CHECK(read("example.com; spf=pass smtp.mailfrom=example.net") == "example.com: spf=pass smtp.mailfrom=example.net");
    CHECK(read("example.com; auth=pass (cram-md5) smtp.auth=sender@example.net; spf=pass smtp.mailfrom=example.net") ==
          "example.com: auth=pass smtp.auth=sender@example.net | spf=pass smtp.mailfrom=example.net");
    CHECK(
        read("foo.example.net (foobar) 1 (baz);\t    dkim (Because I like it) / 1 (One yay) = (wait for it) fail\t   "
             "policy "
             "(A dot can go here) . (like that) expired (this surprised me) = (as I wasn't expecting it) 1362471462") ==
        "foo.example.net: dkim=fail policy.expired=1362471462");
    CHECK(read("example.com; dkim=pass reason=\"good signature\" header.i=@mail-router.example.net; "
               "dkim=fail reason=\"bad; dmarc=pass\" header.i=@newyork.example.com") ==
          "example.com: dkim=pass header.i=@mail-router.example.net | dkim=fail header.i=@newyork.example.com");
    // OpenDKIM, OpenDMARC, rspamd, Exim, pyspf
    CHECK(
        read("mx.example.com/4XyZ12;\tdkim=pass (2048-bit key; unprotected) header.d=hotmail.com header.i=@hotmail.com "
             "header.b=\"aB/+=c\"; dkim-atps=neutral") ==
        "mx.example.com: dkim=pass header.d=hotmail.com header.i=@hotmail.com header.b=aB/+=c | dkim-atps=neutral");
    CHECK(read("mx.example.com; dmarc=pass (p=none dis=none) header.from=hotmail.com") ==
          "mx.example.com: dmarc=pass header.from=hotmail.com");
    CHECK(
        read("mx.example.com;\tdkim=pass header.d=hotmail.com header.s=selector1 header.b=aB/+=c;\tspf=pass "
             "(mx.example.com: "
             "domain of staff@hotmail.com designates 192.0.2.1 as permitted sender) smtp.mailfrom=staff@hotmail.com;\t"
             "dmarc=pass (policy=none) header.from=hotmail.com;\tarc=pass (\"microsoft.com:s=arc:i=1\")") ==
        "mx.example.com: dkim=pass header.d=hotmail.com header.s=selector1 header.b=aB/+=c | spf=pass "
        "smtp.mailfrom=staff@hotmail.com | dmarc=pass header.from=hotmail.com | arc=pass");
    CHECK(read("mx.example.com;\tiprev=pass (a.example) smtp.remote-ip=192.0.2.1;\tdkim=none;\tarc=none;") ==
          "mx.example.com: iprev=pass smtp.remote-ip=192.0.2.1 | dkim=none | arc=none");
    CHECK(read("MX.Example.COM; DKIM=Pass Header.D=Hotmail.COM") == "mx.example.com: dkim=pass header.d=Hotmail.COM");
    CHECK(read("\"mx.example.com\"; dkim=temperror") == "mx.example.com: dkim=temperror");
}

TEST_CASE("authentication-results: what stands in comments and quoted strings is no result") {
    CHECK(read("mx.example (mx.other); dkim=none (dkim=pass header.d=hotmail.com)") == "mx.example: dkim=none");
    CHECK(read("mx.example; dkim=none (a \\) dkim=pass (nested) header.d=hotmail.com)") == "mx.example: dkim=none");
    CHECK(read("(mx.ours;) mx.theirs; dkim=pass") == "mx.theirs: dkim=pass");
    CHECK(read("mx.example; spf=fail smtp.mailfrom=\"a; dmarc=pass header.from=hotmail.com\"@evil.example") ==
          "mx.example: spf=fail smtp.mailfrom=a; dmarc=pass header.from=hotmail.com@evil.example");
    CHECK(read("mx.example; spf=fail reason=\"\\\"; dmarc=pass\"; dkim=fail") == "mx.example: spf=fail | dkim=fail");
}

TEST_CASE("authentication-results: what is written otherwise is not read at all") {
    for (const std::string_view value :
         {"", ";", "mx.example; dkim", "mx.example; dkim=", "mx.example; =pass", "mx.example dkim=pass",
          "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=hotmail.com; dkim=pass header.d=hotmail.com;dmarc=pass",
          "mx.example 2; dkim=pass", "mx.example; dkim/2=pass", "mx.example; dkim=pass (no end",
          "mx.example; dkim=pass)", "mx.example; dkim=pass reason=\"no end", "mx.example; dkim=pass header.d",
          "mx.example; dkim=pass header", "mx.example; dkim=pass and other words", "mx.example; dkim=pass\rdmarc=pass",
          "mx.example\r; dkim=pass", "mx.example,mx.other; dkim=pass", "user@mx.example; dkim=pass"}) {
        INFO(value);
        CHECK(read(value) == "-");
    }
    CHECK(read(std::string_view("mx.example; dkim=pass\0", 22)) == "-");
    CHECK(read("mx.example; dkim=pass " + std::string(17, '(') + std::string(17, ')')) == "-");
    CHECK(read("mx.example; dkim=pass " + std::string(std::size_t{20} << 10, ' ')) == "-");
    std::string many = "mx.example";
    for (int i = 0; i < 100; ++i)
        many += "; a=b";
    CHECK(read(many) == "-");
}
