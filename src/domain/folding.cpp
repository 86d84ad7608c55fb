#include "domain/folding.hpp"

#include <algorithm>

namespace jmrp::domain {

std::string fold(const FoldingRules& rules, std::string_view key) {
    const std::size_t at = key.rfind('@');
    if (at == std::string_view::npos || at == 0 || key.front() == '@' || key.front() == '"')
        return std::string(key);
    const std::string_view domain = key.substr(at + 1);
    const auto has = [&](const std::vector<std::string>& domains) {
        return std::ranges::find(domains, domain) != domains.end();
    };
    std::string local(key.substr(0, at));
    if (has(rules.plus))
        local.resize(std::min(local.size(), local.find('+')));
    if (has(rules.dots))
        std::erase(local, '.');
    return local.empty() ? std::string(key) : local.append(key.substr(at));
}

} // namespace jmrp::domain
