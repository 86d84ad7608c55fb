#include "exports/json.hpp"

namespace jmrp::exports {

using Json = nlohmann::ordered_json;

namespace {

Json time_or_null(const std::optional<util::Seconds>& at) {
    return at ? Json(util::iso8601(*at)) : Json(nullptr);
}

} // namespace

Json person_json(const std::string& text) {
    const auto person = domain::parse_person(text);
    const auto* subscriber = person ? std::get_if<domain::Subscriber>(&*person) : nullptr;
    return {{"address", subscriber ? Json(nullptr) : Json(text)},
            {"system", subscriber ? Json(subscriber->system) : Json(nullptr)},
            {"identifier", subscriber ? Json(subscriber->id) : Json(nullptr)}};
}

Json suppression_json(const domain::Suppression& suppression) {
    Json out = person_json(suppression.person);
    out.update({{"scope", suppression.scope.text()},
                {"active", suppression.active},
                {"reason", to_text(suppression.reason)},
                {"reports", suppression.reports},
                {"complaints", suppression.complaints},
                {"unsubscribes", suppression.unsubscribes},
                {"first_seen", time_or_null(suppression.first_at)},
                {"last_seen", time_or_null(suppression.last_at)},
                {"message", suppression.message_id > 0 ? Json(suppression.message_id) : Json(nullptr)},
                {"decision", nullptr}});
    if (const auto& decision = suppression.decision)
        out["decision"] = {{"decision", decision->add ? "add" : "remove"},
                           {"at", util::iso8601(decision->at)},
                           {"note", decision->note},
                           {"sticky", decision->sticky},
                           {"expires_at", time_or_null(decision->expires_at)}};
    return out;
}

} // namespace jmrp::exports
