#include "domain/dns_facts.hpp"

#include <algorithm>

namespace jmrp::domain {

namespace {

template <typename Finding>
bool all_well(const std::vector<Finding>& findings) {
    return std::ranges::all_of(findings, [](const Finding& one) { return is_well(one); });
}

} // namespace

bool is_well(const ListFinding& finding) {
    return finding.listing == Listing::clean;
}

bool is_well(const PtrFinding& finding) {
    return finding.standing == PtrStanding::confirmed && !finding.generic && finding.equals_helo.value_or(true);
}

bool is_well(const SpfFinding& finding) {
    return finding.result == SpfResult::pass || (finding.of_helo && finding.result == SpfResult::none);
}

bool is_well(const DmarcFinding& finding) {
    return finding.standing == DmarcStanding::present;
}

bool is_well(const DnsFacts& facts) {
    return is_well(facts.ptr) && all_well(facts.spf) && all_well(facts.dmarc) && all_well(facts.lists);
}

} // namespace jmrp::domain
