#include "delist/decisions.hpp"

namespace jmrp::delist {

std::vector<reputation::BlockEvent> decision_events(store::Store& store, const domain::Ip& ip, domain::BlockList list) {
    using reputation::BlockEventKind;
    std::vector<reputation::BlockEvent> out;
    for (const store::KeptDecision& one : store.decisions(ip, list)) {
        const auto kind =
            one.outcome == domain::DecisionOutcome::safe ? BlockEventKind::gate_passed : BlockEventKind::gate_failed;
        out.push_back({one.first_at, kind, {}, std::nullopt});
    }
    return out;
}

} // namespace jmrp::delist
