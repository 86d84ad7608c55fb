#pragma once
// Regular expressions for text that strangers wrote: PCRE2 with bounds on matching work, so no pattern and no text hangs us.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::util {

class Regex {
  public:
    /// Throws Fault(configuration) naming the position where the pattern is wrong. Matching ignores ASCII case.
    explicit Regex(std::string_view pattern);
    ~Regex();
    Regex(Regex&&) noexcept;
    Regex& operator=(Regex&&) noexcept;

    /// The captured groups of the first match: [0] is the whole match; a group that took no part is empty. Nothing where
    /// there is no match or the bound on work was reached. Views into `text`. Safe to call from many threads.
    std::optional<std::vector<std::string_view>> search(std::string_view text) const;
    /// Index of a named group for search()'s result, if the pattern has it.
    std::optional<std::size_t> group(std::string_view name) const;

  private:
    struct Code;
    std::unique_ptr<Code> code_;
};

} // namespace jmrp::util
