#pragma once
// Answers that were given before: within a run, and in earlier runs.
#include <functional>
#include <map>

#include "dns/resolver.hpp"

namespace jmrp::dns {

/// Where answers are kept, under the question's text(), which holds no secret.
struct Memory {
    std::function<std::optional<domain::DnsAnswer>(const std::string& question)> find;
    std::function<void(const std::string& question, const domain::DnsAnswer& answer)> keep;
};

class Cache : public Resolver {
  public:
    /// Answers younger than `fresh_seconds` are given again; a failure never is. Without a resolver (offline) every answer is,
    /// whatever its age, and what was never asked is a failure. A question is asked once in the life of the cache.
    Cache(Resolver* below, Memory memory, util::Seconds fresh_seconds)
        : below_(below), memory_(std::move(memory)), fresh_seconds_(fresh_seconds) {}
    domain::DnsAnswer ask(const domain::DnsQuestion& question) override;

  private:
    domain::DnsAnswer find_or_ask(const domain::DnsQuestion& question, const std::string& text);

    Resolver* below_;
    Memory memory_;
    util::Seconds fresh_seconds_;
    std::map<std::string, domain::DnsAnswer> asked_;
};

} // namespace jmrp::dns
