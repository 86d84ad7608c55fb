#pragma once
// A table in place of the DNS.
#include <map>
#include <set>
#include <string>
#include <vector>

#include "dns/resolver.hpp"
#include "util/text.hpp"

namespace jmrp::test {

class TableResolver : public dns::Resolver {
  public:
    using Type = domain::RecordType;

    TableResolver& add(const std::string& name, Type type, std::string value) {
        const std::string lower = util::lower(name);
        names_.insert(lower);
        values_[{lower, type}].push_back(std::move(value));
        return *this;
    }
    TableResolver& fail(const std::string& name, std::string why = "no answer in time") {
        failing_[util::lower(name)] = std::move(why);
        return *this;
    }
    domain::DnsAnswer ask(const domain::DnsQuestion& question) override {
        asked.push_back(question.name);
        const std::string name = util::lower(question.name);
        const auto found = values_.find({name, question.type});
        if (found != values_.end())
            return {domain::DnsOutcome::answer, found->second, {}, now};
        if (const auto failing = failing_.find(name); failing != failing_.end())
            return {domain::DnsOutcome::failure, {}, failing->second, now};
        return {names_.contains(name) ? domain::DnsOutcome::no_data : domain::DnsOutcome::no_such_name, {}, {}, now};
    }

    util::Seconds now = 1'700'000'000;
    std::vector<std::string> asked;

  private:
    std::set<std::string> names_;
    std::map<std::pair<std::string, Type>, std::vector<std::string>> values_;
    std::map<std::string, std::string> failing_;
};

} // namespace jmrp::test
