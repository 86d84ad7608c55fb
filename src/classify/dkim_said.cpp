#include "classify/dkim_said.hpp"

#include <algorithm>

#include "classify/received.hpp"
#include "mail/received.hpp"
#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::size_t most_domains = 10; ///< signatures of one mail; a receiver looks at few

bool came_in_here(std::string_view received, const domain::Ip& ip) {
    const mail::Hop hop = mail::read_received(received);
    return std::ranges::find(hop.from_ips, ip) != hop.from_ips.end();
}

/// "dkim=pass header.d=sender.example"
void add_result(std::string_view text, std::optional<std::vector<std::string>>& out) {
    constexpr std::string_view method = "dkim=";
    text = util::trim(text);
    if (text.size() < method.size() || !util::equal_ignoring_case(text.substr(0, method.size()), method))
        return;
    if (!out)
        out.emplace();
    const auto result = tagged(text, "dkim");
    auto signer = tagged(text, "header.d");
    if (!signer)
        if (const auto identity = tagged(text, "header.i"))
            signer = identity->substr(identity->rfind('@') + 1);
    if (!result || !util::equal_ignoring_case(*result, "pass") || !signer || out->size() >= most_domains)
        return;
    if (auto domain = util::domain_to_ascii(*signer))
        out->push_back(std::move(*domain));
}

} // namespace

std::optional<std::vector<std::string>> read_dkim_said(const mail::Fields& original,
                                                       const std::optional<domain::Ip>& source_ip) {
    const auto is_received = [](const mail::Field& field) { return util::equal_ignoring_case(field.name, "Received"); };
    auto border = std::find_if(original.begin(), original.end(), [&](const mail::Field& field) {
        return is_received(field) && source_ip && came_in_here(field.value, *source_ip);
    });
    if (border == original.end()) // nothing shows it: then what stands on top alone
        border = std::find_if(original.begin(), original.end(), is_received);
    std::optional<std::vector<std::string>> out;
    for (auto field = original.begin(); field != border; ++field) {
        if (!util::equal_ignoring_case(field->name, "Authentication-Results"))
            continue;
        const std::string bare = without_comments(field->value);
        for (const std::string_view part : util::split(bare, ';'))
            add_result(part, out);
    }
    return out;
}

} // namespace jmrp::classify
