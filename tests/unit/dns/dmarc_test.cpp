#include "dns/dmarc.hpp"

#include <catch2/catch.hpp>

#include "support/table_resolver.hpp"

using namespace jmrp;
using domain::DmarcPolicy;
using domain::DmarcStanding;
using domain::RecordType;
using test::TableResolver;

namespace {

domain::DmarcFinding check(std::string_view record, std::string_view domain = "sender.example") {
    TableResolver resolver;
    resolver.add("_dmarc.sender.example", RecordType::txt, std::string(record));
    return dns::check_dmarc(resolver, domain);
}

} // namespace

TEST_CASE("dns: the policy of a domain is that of its own record") {
    CHECK(check("v=DMARC1; p=reject").policy == DmarcPolicy::reject);
    CHECK(check("v=DMARC1;p=Quarantine;sp=none").policy == DmarcPolicy::quarantine);
    CHECK(check(" v = DMARC1 ; p = none ").standing == DmarcStanding::present);
    CHECK(check("v=DMARC1; p=none").found_at == "sender.example");
}

TEST_CASE("dns: a subdomain without a record has that of its organizational domain") {
    const auto found = check("v=DMARC1; p=reject; sp=quarantine", "news.mail.sender.example");
    CHECK(found.standing == DmarcStanding::present);
    CHECK(found.policy == DmarcPolicy::quarantine);
    CHECK(found.found_at == "sender.example");
    CHECK(check("v=DMARC1; p=reject", "news.sender.example").policy == DmarcPolicy::reject);

    TableResolver below_suffix;
    below_suffix.add("_dmarc.co.uk", RecordType::txt, "v=DMARC1; p=reject")
        .add("_dmarc.sender.co.uk", RecordType::txt, "v=DMARC1; p=none");
    CHECK(dns::check_dmarc(below_suffix, "a.b.sender.co.uk").found_at == "sender.co.uk");
    CHECK(dns::check_dmarc(below_suffix, "other.co.uk").standing == DmarcStanding::absent);
}

TEST_CASE("dns: what is no record, or several, is none") {
    CHECK(check("v=DMARC2; p=none").standing == DmarcStanding::absent);
    CHECK(check("p=none; v=DMARC1").standing == DmarcStanding::absent);
    CHECK(check("v=dmarc1; p=none").standing == DmarcStanding::absent);
    CHECK(check("v=DMARC1; p=whatever").standing == DmarcStanding::absent);
    CHECK(check("v=DMARC1; p=whatever; rua=mailto:a@sender.example").policy == DmarcPolicy::none);
    TableResolver two;
    two.add("_dmarc.sender.example", RecordType::txt, "v=DMARC1; p=none")
        .add("_dmarc.sender.example", RecordType::txt, "v=DMARC1; p=reject");
    CHECK(dns::check_dmarc(two, "sender.example").standing == DmarcStanding::absent);
    TableResolver with_others;
    with_others.add("_dmarc.sender.example", RecordType::txt, "v=spf1 -all")
        .add("_dmarc.sender.example", RecordType::txt, "v=DMARC1; p=reject");
    CHECK(dns::check_dmarc(with_others, "sender.example").policy == DmarcPolicy::reject);
}

TEST_CASE("dns: no answer about DMARC is unknown") {
    TableResolver resolver;
    resolver.fail("_dmarc.news.sender.example").add("_dmarc.sender.example", RecordType::txt, "v=DMARC1; p=none");
    CHECK(dns::check_dmarc(resolver, "news.sender.example").standing == DmarcStanding::unknown);
}
