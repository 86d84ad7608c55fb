#include "refusal/kept.hpp"

#include <algorithm>
#include <array>

#include "domain/refusal_text.hpp"
#include "refusal/answer.hpp"
#include "util/text.hpp"

namespace jmrp::refusal {

namespace {

using domain::BlockList;
using domain::RejectionCategory;

bool is_microsofts(std::optional<BlockList> list) {
    return list == BlockList::outlook_com || list == BlockList::office365;
}

/// By wordings that belong to one of the two alone, else by what is Outlook.com's whoever reports it.
std::optional<BlockList> servers_by_wording(const domain::Rejection& rejection, std::string_view recipient_domain) {
    if (is_microsofts(rejection.list))
        return rejection.list;
    const bool consumers = door_of_domain(recipient_domain) == Door::outlook_com;
    const bool old_tag = rejection.code && (rejection.code->starts_with("DY-") || rejection.code->starts_with("OU-"));
    return consumers || old_tag ? std::optional(BlockList::outlook_com) : std::nullopt;
}

std::optional<BlockList> servers_of(const domain::Rejection& rejection, const Way& way,
                                    const std::vector<std::string>& own_domains) {
    if (const auto list = domain::from_text<BlockList>(way.provider); is_microsofts(list))
        return list;
    const std::string_view host = way.host.empty() ? std::string_view(rejection.host) : way.host;
    switch (door_of_host(host)) {
    case Door::outlook_com:
        return BlockList::outlook_com;
    case Door::office365:
        return BlockList::office365;
    case Door::elsewhere:
        if (!is_own_host(host, own_domains))
            return std::nullopt;
        break;
    default:
        break;
    }
    return servers_by_wording(rejection, way.recipient_domain);
}

} // namespace

bool is_own_host(std::string_view host, const std::vector<std::string>& own_domains) {
    return std::ranges::any_of(own_domains, [&](const std::string& own) {
        return host.ends_with(own) && (host.size() == own.size() || host[host.size() - own.size() - 1] == '.');
    });
}

std::string kept_text(std::string_view text) {
    constexpr std::size_t read_bytes = 2000; // what is masked afterwards is shorter
    std::string out = domain::without_people(text, read_bytes);
    if (out.size() > most_text) {
        std::size_t end = most_text;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U)
            --end;
        out.resize(end);
    }
    return out;
}

domain::Refused kept(const domain::Rejection& rejection, const Way& way, const std::vector<std::string>& own_domains) {
    constexpr std::size_t most_code = 40;
    constexpr std::size_t most_name = 255;
    domain::Refused out;
    out.category = rejection.category;
    out.list = rejection.list;
    if (rejection.category != RejectionCategory::recipient)
        out.servers = servers_of(rejection, way, own_domains);
    out.ip = rejection.ip ? rejection.ip : way.source_ip;
    const auto shown = [](std::string_view text, std::size_t most) {
        return util::to_valid_utf8(text.substr(0, most));
    };
    out.code = shown(rejection.code.value_or(""), most_code);
    out.host = shown(rejection.host, most_name);
    out.rule = shown(rejection.rule, most_name);
    out.text = kept_text(rejection.text);
    return out;
}

bool says_no_mailbox(const domain::Rejection& rejection) noexcept {
    constexpr std::array<std::string_view, 4> rules = {"r550", "r541", "no-mailbox", "status-address"};
    return rejection.category == RejectionCategory::recipient &&
           std::ranges::find(rules, std::string_view(rejection.rule)) != rules.end();
}

} // namespace jmrp::refusal
