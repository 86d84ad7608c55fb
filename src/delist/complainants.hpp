#pragma once
// Who complained about mail of the address, and whether those who send know of it.
#include "domain/consumer.hpp"
#include "domain/evidence.hpp"
#include "reputation/leaks.hpp"
#include "store/store.hpp"

namespace jmrp::delist {

/// Who has the list of suppressions: the consumers of the configuration and the runs in which they were handed it.
struct ListHolders {
    ListHolders(store::Store& store, const std::vector<domain::Consumer>& consumers, util::Seconds grace);

    const std::vector<domain::Consumer>& consumers;
    util::Seconds grace; ///< a suppression as new as that is on its way to them
    std::vector<domain::ExportRun> runs;
    reputation::LeakFinder finder;
};

/// Of 90 days, but for those of the last hour or so, who are on their way to the consumers.
store::Complainants find_complainants(store::Store& store, const domain::Evidence& evidence,
                                      const ListHolders& holders);

/// Nothing where no report ever came. Of Outlook.com alone.
void add_complainants(domain::Evidence& evidence, store::Store& store, const store::Complainants& who,
                      const ListHolders& holders);

} // namespace jmrp::delist
