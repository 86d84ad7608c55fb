#pragma once
// What the refusals in a log mean. Servers say the same few things a million times, so an answer is read once.
#include <memory>
#include <string>
#include <unordered_map>

#include "domain/reading_rules.hpp"
#include "domain/sent.hpp"

namespace jmrp::ingest {

class RefusalReader {
  public:
    /// The rules must outlive it.
    explicit RefusalReader(const domain::ReadingRules& rules) : rules_(rules) {}

    /// Null where the mail was accepted, or the refusal says nothing of how an address of ours stands with a list of Microsoft's.
    std::shared_ptr<const domain::Refused> read(const domain::SentRecord& record);

  private:
    const domain::ReadingRules& rules_;
    std::unordered_map<std::string, std::shared_ptr<const domain::Refused>> known_;
};

} // namespace jmrp::ingest
