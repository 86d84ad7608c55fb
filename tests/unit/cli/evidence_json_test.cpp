#include "cli/evidence_json.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "bench/gate/history.hpp"
#include "reputation/gate.hpp"
#include "unit/reputation/safe_evidence.hpp"
#include "util/fault.hpp"

using namespace jmrp;
using namespace jmrp::testing;
using Json = nlohmann::json;

namespace {

Json schema(const char* name) {
    std::ifstream file(std::string(JMRP_TESTS_DIR) + "/../schemas/json/" + name + ".schema.json");
    return Json::parse(file);
}

/// As much of JSON Schema as our two files use. The path of what does not fit, or nothing.
std::string misfit(const Json& value, const Json& at, const Json& root, const std::string& path) {
    if (at.contains("$ref"))
        return misfit(value, root["$defs"][at["$ref"].get<std::string>().substr(8)], root, path);
    if (at.contains("anyOf")) {
        std::string first;
        for (const Json& one : at["anyOf"]) {
            const std::string found = misfit(value, one, root, path);
            if (found.empty())
                return "";
            if (first.empty() || found.size() > first.size())
                first = found;
        }
        return first;
    }
    if (at.contains("enum") && std::ranges::find(at["enum"], value) == at["enum"].end())
        return path + " is none of the words";
    if (at.contains("const") && at["const"] != value)
        return path + " is another value";
    if (!at.contains("type"))
        return "";
    const std::string type = at["type"];
    const bool fits = type == "object"    ? value.is_object()
                      : type == "array"   ? value.is_array()
                      : type == "string"  ? value.is_string()
                      : type == "boolean" ? value.is_boolean()
                      : type == "integer" ? value.is_number_integer()
                      : type == "number"  ? value.is_number()
                                          : value.is_null();
    if (!fits)
        return path + " is no " + type;
    if (type == "array")
        for (const Json& element : value)
            if (auto found = misfit(element, at["items"], root, path + "[]"); !found.empty())
                return found;
    if (type != "object")
        return "";
    for (const auto& [name, member] : value.items()) {
        if (!at["properties"].contains(name))
            return path + "." + name + " is not in the schema";
        if (auto found = misfit(member, at["properties"][name], root, path + "." + name); !found.empty())
            return found;
    }
    for (const Json& name : at.value("required", Json::array()))
        if (!value.contains(name.get<std::string>()))
            return path + "." + name.get<std::string>() + " is missing";
    if (at["additionalProperties"] != false)
        return path + " allows anything";
    return "";
}

std::string misfit(const std::string& text, const char* name) {
    const Json root = schema(name);
    return misfit(Json::parse(text), root, root, "");
}

std::string why_refused(const std::string& text) {
    try {
        cli::parse_evidence(text);
        return "";
    } catch (const util::Fault& fault) {
        CHECK(fault.kind() != util::FaultKind::system);
        return fault.what();
    }
}

} // namespace

TEST_CASE("evidence: what was written is read again, and decides the same") {
    simulation::History history(simulation::Random(3), simulation::harsh);
    std::vector<domain::Evidence> all = {safe_evidence(), {}};
    all[1].ip = all[0].ip;
    for (simulation::Slot slot = 92; slot < 120; slot += 7)
        all.push_back(history.observe(slot));
    for (const domain::Evidence& evidence : all) {
        const std::string text = cli::evidence_json(evidence);
        const domain::Evidence again = cli::parse_evidence(text);
        CHECK(cli::evidence_json(again) == text);
        CHECK(cli::decision_json(reputation::decide(again, {})) ==
              cli::decision_json(reputation::decide(evidence, {})));
        CHECK(misfit(text, "evidence") == "");
        CHECK(misfit(cli::decision_json(reputation::decide(evidence, {})), "decision") == "");
    }
}

TEST_CASE("evidence: a member that is not there is unknown") {
    const auto evidence = cli::parse_evidence(
        R"({"format_version":1,"ip":"192.0.2.1","list":"outlook.com","now":"2026-11-22T08:00:00Z"})");
    CHECK(evidence.now == 1'795'334'400);
    CHECK_FALSE(evidence.refusals);
}

TEST_CASE("evidence: what means nothing is refused, by the name of the member") {
    const auto changed = [](const char* pointer, Json value) {
        Json json = Json::parse(cli::evidence_json(safe_evidence()));
        json[Json::json_pointer(pointer)] = std::move(value);
        return why_refused(json.dump());
    };
    using Catch::Contains;
    CHECK_THAT(why_refused("{"), Contains("no JSON"));
    CHECK_THAT(why_refused("[]"), Contains("no object"));
    CHECK_THAT(why_refused("{}"), Contains("format_version"));
    CHECK_THAT(changed("/format_version", 2), Contains("format"));
    CHECK_THAT(changed("/ip", "192.0.2.300"), Contains("ip"));
    CHECK_THAT(changed("/list", "spamhaus"), Contains("list"));
    CHECK_THAT(changed("/now", "2026-11-22 08:00"), Contains("now"));
    CHECK_THAT(changed("/now", "2026-13-22T08:00:00Z"), Contains("now"));
    CHECK_THAT(changed("/refusals/value/0/category", "block"), Contains("refusals.value[0].category"));
    CHECK_THAT(changed("/refusals/value/0/count", -1), Contains("count"));
    CHECK_THAT(changed("/refusals/value/0/count", 1.5), Contains("count"));
    CHECK_THAT(changed("/complaints/value/days/0/accepted", 1e300), Contains("accepted"));
    CHECK_THAT(changed("/complaints/value/days/0/accepted", std::uint64_t{1} << 63), Contains("accepted"));
    CHECK_THAT(changed("/complaints/value/days/0/day", "yesterday"), Contains("day"));
    CHECK_THAT(changed("/contact/value/hears_microsoft", "yes"), Contains("hears_microsoft"));
    CHECK_THAT(changed("/contact/value/phone", "1"), Contains("contact.value"));
    CHECK_THAT(changed("/repairs", nullptr), Contains("means nothing"));
    CHECK_THAT(changed("/deliveries/value/most_per_minute", -1), Contains("most_per_minute"));
}
