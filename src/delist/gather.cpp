#include "delist/gather.hpp"

#include "delist/address.hpp"
#include "delist/blocks.hpp"
#include "delist/complainants.hpp"
#include "delist/dns.hpp"
#include "delist/feed.hpp"
#include "delist/history.hpp"
#include "delist/leaks.hpp"
#include "delist/requests.hpp"
#include "delist/snds.hpp"

namespace jmrp::delist {

domain::Evidence gather(const Sources& sources, const domain::Ip& ip, domain::BlockList list, util::Seconds now) {
    domain::Evidence out;
    out.ip = ip;
    out.list = list;
    out.now = now;
    store::Store& store = sources.store;
    store.in_snapshot([&] {
        add_refusals(out, store, sources.own_networks);
        add_deliveries(out, store, sources.own_networks, sources.policy);
        add_fleet(out, store, sources.own_networks, sources.policy);
        add_address(out, sources.own_networks);
        if (sources.dns)
            add_dns(out, *sources.dns, store.dkim_seen());
        add_repair(out, store);
        const ListHolders holders(store, sources.exports, sources.grace);
        const store::Complainants who = find_complainants(store, out, holders);
        add_complainants(out, store, who, holders);
        add_leaks(out, store, who, holders);
        add_complaint_history(out, store, sources.own_networks, sources.settings.same_mail);
        add_feed(out, store, sources.feeds);
        add_trials(out, store);
        add_snds(out, store, sources.own_networks, sources.settings.without_snds);
        add_requests(out, store);
        add_contact(out, store, sources.settings);
    });
    return out;
}

} // namespace jmrp::delist
