#include "cli/blocks.hpp"

namespace jmrp::cli {

delist::Blocks gather_blocks(store::Store& store, const Config& config, util::Seconds now, int days) {
    return delist::gather_blocks(store, config.rules.reading.own_networks, now, {}, days);
}

std::vector<reputation::BlockSeen> observe_blocks(store::Store& store, const Config& config, util::Seconds now) {
    std::vector<reputation::BlockSeen> out;
    for (const delist::Block& block : gather_blocks(store, config, now).blocks) {
        reputation::BlockSeen one{block.place.ip.text(), block.place.list, block.standing, block.standing.code, 0};
        if (const delist::RefusalKind* reason = block.reason()) {
            one.last_refused = reason->refusals.last;
            one.code = reason->refusals.refused.code;
        }
        out.push_back(std::move(one));
    }
    return out;
}

std::vector<publish::Block> blocks_to_publish(store::Store& store, const Config& config, util::Seconds now) {
    std::vector<publish::Block> out;
    for (const reputation::BlockSeen& one : observe_blocks(store, config, now))
        out.push_back({one.ip, std::string(to_text(one.list)), std::string(domain::to_text(one.standing.state))});
    return out;
}

} // namespace jmrp::cli
