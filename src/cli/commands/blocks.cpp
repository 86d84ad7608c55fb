#include <algorithm>
#include <cstdio>

#include "cli/blocks.hpp"
#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using delist::Block;
using delist::RefusalKind;
using domain::to_text;
using reputation::BlockState;

constexpr Option options[] = {
    {"all", nullptr, "also where mail is taken again, or was refused for other reasons"},
    {"days", "N", "refusals of the last N days; else 45"},
    json_option,
};

struct Query {
    std::optional<domain::Ip> ip;
    bool all = false;
    int days = delist::days_watched;
};

Query query_from(const Invocation& invocation) {
    using util::Fault;
    using util::FaultKind;
    Query out;
    out.all = invocation.has("all");
    if (invocation.arguments.size() > 1)
        throw Fault(FaultKind::usage, "show blocks", "it takes one IP address at most");
    if (!invocation.arguments.empty()) {
        out.ip = domain::parse_ip(invocation.arguments.front());
        if (!out.ip)
            throw Fault(FaultKind::usage, "show blocks",
                        "'" + util::for_terminal(invocation.arguments.front()) + "' is no IP address");
    }
    if (const auto text = invocation.value("days")) {
        const auto days = util::parse_unsigned(*text);
        if (!days || *days < 1 || *days > 400)
            throw Fault(FaultKind::usage, "show blocks", "--days takes a whole number from 1 to 400",
                        "the log is remembered for send_log.retention_days");
        out.days = static_cast<int>(*days);
    }
    return out;
}

/// What was asked for.
delist::Blocks look(const Invocation& invocation, const Query& query) {
    store::Store store = open_store(invocation);
    delist::Blocks out;
    store.in_snapshot([&] { out = gather_blocks(store, invocation.config, util::now(), query.days); });
    std::erase_if(out.blocks, [&](const Block& block) {
        return query.ip ? block.place.ip != *query.ip : !query.all && block.standing.state == BlockState::clear;
    });
    if (query.ip) {
        out.of_nobody.clear();
        std::erase_if(out.unproven, [&](const domain::Bounced& one) { return one.refused.ip != query.ip; });
    }
    return out;
}

// ---- JSON

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json refused_json(const domain::Refused& refused) {
    return {{"category", to_text(refused.category)},
            {"servers", refused.servers ? Json(to_text(*refused.servers)) : Json(nullptr)},
            {"list", refused.list ? Json(to_text(*refused.list)) : Json(nullptr)},
            {"code", text_or_null(refused.code)},
            {"host", text_or_null(refused.host)},
            {"rule", refused.rule},
            {"text", refused.text}};
}

Json kinds_json(const std::vector<RefusalKind>& kinds) {
    Json out = Json::array();
    for (const RefusalKind& kind : kinds) {
        Json one = refused_json(kind.refusals.refused);
        one["refusals"] = kind.refusals.count;
        one["by_bounces"] = kind.by_bounces;
        one["first"] = util::iso8601(kind.refusals.first);
        one["last"] = util::iso8601(kind.refusals.last);
        out.push_back(std::move(one));
    }
    return out;
}

Json block_json(const Block& block) {
    const auto& standing = block.standing;
    return {{"ip", block.place.ip.text()},
            {"list", to_text(block.place.list)},
            {"state", to_text(standing.state)},
            {"since", standing.since > 0 ? Json(util::iso8601(standing.since)) : Json(nullptr)},
            {"code", text_or_null(standing.code)},
            {"verdict_at", time_or_null(standing.verdict_at)},
            {"last_accepted", time_or_null(block.last_accepted)},
            {"refusals", kinds_json(block.kinds)}};
}

Json unproven_json(const domain::Bounced& bounce) {
    Json out = refused_json(bounce.refused);
    out["ip"] = bounce.refused.ip ? Json(bounce.refused.ip->text()) : Json(nullptr);
    out["message"] = bounce.message_id;
    out["at"] = util::iso8601(bounce.at);
    return out;
}

void print_blocks_json(const delist::Blocks& found, const Query& query) {
    Json blocks = Json::array();
    for (const Block& block : found.blocks)
        blocks.push_back(block_json(block));
    Json unproven = Json::array();
    for (const domain::Bounced& bounce : found.unproven)
        unproven.push_back(unproven_json(bounce));
    print_json({{"format_version", format_version},
                {"days", query.days},
                {"blocks", std::move(blocks)},
                {"of_no_address", kinds_json(found.of_nobody)},
                {"unproven", std::move(unproven)}});
}

// ---- for people

std::string shown_code(const std::string& code) {
    return code.empty() ? "-" : code;
}

std::string codes_of(const Block& block) {
    std::vector<std::string> codes;
    for (const RefusalKind& kind : block.kinds)
        if (const std::string& code = kind.refusals.refused.code;
            !code.empty() && std::ranges::find(codes, code) == codes.end())
            codes.push_back(code);
    constexpr std::size_t most = 4;
    std::string out;
    for (std::size_t i = 0; i < std::min(most, codes.size()); ++i)
        out += (out.empty() ? "" : " ") + codes[i];
    return codes.size() > most ? out + " ..." : shown_code(out);
}

std::string proof_of(std::int64_t refusals, std::int64_t by_bounces) {
    return by_bounces == 0 ? "log" : by_bounces == refusals ? "bounces" : "log, bounces";
}

Tone tone_of(BlockState state) {
    return delist::is_blocked(state) ? Tone::critical : state == BlockState::throttled ? Tone::warning : Tone::plain;
}

std::string time_or_dash(const std::optional<util::Seconds>& at) {
    return at && *at > 0 ? short_time(*at) : "-";
}

void print_list(const delist::Blocks& found) {
    Table table({"IP", "list", "state", "since", "last refused", "codes", ">refusals", "known by"});
    for (const Block& block : found.blocks)
        table.add({block.place.ip.text(), std::string(to_text(block.place.list)),
                   std::string(to_text(block.standing.state)), time_or_dash(block.standing.since),
                   block.kinds.empty() ? "-" : short_time(block.kinds.front().refusals.last), codes_of(block),
                   grouped(block.refusals()), proof_of(block.refusals(), block.by_bounces())},
                  tone_of(block.standing.state));
    table.print();
}

void print_block(const Block& block) {
    const auto& standing = block.standing;
    const std::string list(to_text(block.place.list));
    print_line(block.place.ip.text() + " at " + list + ": " + std::string(to_text(standing.state)) +
               (standing.since > 0 ? " since " + short_time(standing.since) : "") +
               (block.last_accepted ? "; mail was last taken " + short_time(*block.last_accepted)
                                    : "; no mail that was taken is remembered"));
    Table table({"last", "first", "why", "code", ">refusals", "known by", "refused by", "rule"});
    for (const RefusalKind& kind : block.kinds) {
        const domain::RefusedHour& sum = kind.refusals;
        table.add({short_time(sum.last), short_time(sum.first), std::string(to_text(sum.refused.category)),
                   shown_code(sum.refused.code), grouped(sum.count), proof_of(sum.count, kind.by_bounces),
                   sum.refused.host.empty() ? "-" : sum.refused.host, sum.refused.rule});
    }
    if (!table.empty())
        table.print();
    if (const RefusalKind* reason = block.reason())
        print_line("newest: " + util::for_terminal(reason->refusals.refused.text, 1000));
}

void print_unproven(const delist::Blocks& found) {
    if (found.unproven.empty())
        return;
    print_line(grouped(static_cast<std::int64_t>(found.unproven.size())) +
               (found.unproven.size() == 1 ? " bounce says" : " bounces say") +
               " that mail was refused, and nothing proves that it was yours; such a bounce proves nothing:");
    Table table({"when", "IP", "servers", "why", "code", ">message"});
    constexpr std::size_t most = 20;
    for (std::size_t i = 0; i < std::min(most, found.unproven.size()); ++i) {
        const domain::Bounced& one = found.unproven[found.unproven.size() - 1 - i];
        const domain::Refused& refused = one.refused;
        table.add({short_time(one.at), refused.ip ? refused.ip->text() : "unknown",
                   std::string(refused.servers ? to_text(*refused.servers) : ""),
                   std::string(to_text(refused.category)), shown_code(refused.code), std::to_string(one.message_id)});
    }
    table.print();
}

void print_blocks(const delist::Blocks& found, const Query& query) {
    const bool single = query.ip.has_value();
    if (found.blocks.empty())
        print_line(single ? "Nothing is known of a refusal of " + query.ip->text() + " by Microsoft's servers."
                          : "No address of yours is known to be blocked or throttled by Microsoft's servers.");
    else if (single)
        for (const Block& block : found.blocks)
            print_block(block);
    else
        print_list(found);
    std::int64_t of_nobody = 0;
    for (const RefusalKind& kind : found.of_nobody)
        of_nobody += kind.refusals.count;
    if (of_nobody > 0)
        print_line(grouped(of_nobody) + (of_nobody == 1 ? " refusal does" : " refusals do") +
                   " not tell which address of yours was refused: set send_log.source_ips");
    if (single || query.all)
        print_unproven(found);
    else if (!found.unproven.empty())
        print_line(grouped(static_cast<std::int64_t>(found.unproven.size())) +
                   " more in bounces that prove nothing: 'jmrp blocks --all' shows them.");
}

ExitStatus run(const Invocation& invocation) {
    const Query query = query_from(invocation);
    const delist::Blocks found = look(invocation, query);
    if (invocation.json())
        print_blocks_json(found, query);
    else
        print_blocks(found, query);
    return ExitStatus::ok;
}

} // namespace

const Command blocks_command{
    "blocks",
    "[IP] [--all] [--days N] [--json]",
    "which of your addresses Microsoft's servers refuse, and where each stands with which list",
    "jmrp blocks 192.0.2.10",
    options,
    run};

} // namespace jmrp::cli
