#include <algorithm>

#include "traffic/reader.hpp"

namespace jmrp::traffic {

std::span<const Format> formats() {
    static constexpr Format table[] = {
        {"postfix", make_postfix_reader, false}, {"exim", make_exim_reader, false},
        {"csv", make_csv_reader, true},          {"powermta", make_powermta_reader, true},
        {"kumomta", make_kumomta_reader, false},
    };
    return table;
}

const Format* find_format(std::string_view name) {
    const auto all = formats();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Format& format) { return format.name == name; });
    return found == all.end() ? nullptr : &*found;
}

std::optional<domain::Ip> source_ip_of(const Context& context, std::span<const std::string_view> names) {
    for (const std::string_view name : names)
        for (const auto& [configured, ip] : context.source_ips)
            if (!name.empty() && configured == name)
                return ip;
    return std::nullopt;
}

} // namespace jmrp::traffic
