#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "util/regex.hpp"

namespace jmrp::refusal {

/// A regular expression for normalized() text (no white space, lower case), in which
///   {ip}  is an address, the first one captured,
///   {d}   is a domain,
///   .*    is a gap of at most 120 characters,
/// and the group (?<code>...) is the tag by which a server says why.
/// Most texts fit none of many patterns: an alternative is tried only where the letters stand that it cannot do without.
class Pattern {
  public:
    /// Throws util::Fault(configuration) where it is none.
    explicit Pattern(std::string_view text);

    struct Match {
        std::string_view ip; ///< both are empty where they took no part
        std::string_view code;
    };
    std::optional<Match> search(std::string_view normalized_text) const;

  private:
    struct Alternative {
        std::string letters;              ///< that are there where it matches; may be empty
        std::optional<util::Regex> regex; ///< nothing: the letters are all of it
        std::optional<std::size_t> ip;
        std::optional<std::size_t> code;
    };
    std::vector<Alternative> alternatives_;
};

} // namespace jmrp::refusal
