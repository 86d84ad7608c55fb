#pragma once
// Counts of sent mail as a program or a person gives them: CSV by the names of its header line, jmrp(1), "import traffic". Pure.
#include <array>
#include <variant>

#include "domain/traffic.hpp"
#include "traffic/reader.hpp"

namespace jmrp::traffic {

class CountRows {
  public:
    /// Reads zone and providers of the context, and `latest`: days may not lie more than one after it. Throws Fault(damaged)
    /// where the header line lacks a column that there must be.
    CountRows(std::string_view header_line, const Context& context);

    /// One record without its line end, not the header. A text: what is wrong with it, out of a fixed set.
    std::variant<domain::TrafficCount, const char*> read(std::string_view record) const;

    /// What a column says.
    enum Field { date, ip, domain, list, campaign, provider, relay, attempted, accepted, deferred, rejected };
    static constexpr std::size_t fields = rejected + 1;

  private:
    Context context_;
    std::array<std::optional<std::size_t>, fields> places_;
};

} // namespace jmrp::traffic
