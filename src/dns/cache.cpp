#include "dns/cache.hpp"

namespace jmrp::dns {

using domain::DnsAnswer;
using domain::DnsOutcome;
using domain::DnsQuestion;

DnsAnswer Cache::find_or_ask(const DnsQuestion& question, const std::string& text) {
    const std::optional<DnsAnswer> kept = memory_.find(text);
    if (!below_)
        return kept ? *kept
                    : DnsAnswer{DnsOutcome::failure, {}, "it was never asked, and this is offline", util::now()};
    const util::Seconds age = kept ? util::now() - kept->asked_at : 0;
    if (kept && kept->outcome != DnsOutcome::failure && age >= 0 && age < fresh_seconds_)
        return *kept;
    DnsAnswer answer = below_->ask(question);
    memory_.keep(text, answer);
    return answer;
}

DnsAnswer Cache::ask(const DnsQuestion& question) {
    const std::string text = question.text();
    const auto found = asked_.find(text);
    if (found != asked_.end())
        return found->second;
    return asked_.emplace(text, find_or_ask(question, text)).first->second;
}

} // namespace jmrp::dns
