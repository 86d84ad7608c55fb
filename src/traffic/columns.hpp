#pragma once
// CSV (RFC 4180) by the names of its header line.
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::traffic {

/// A header line. Names are compared without regard to case, and to "_" or "-" or blanks in them.
class Columns {
  public:
    Columns() = default;
    /// A byte order mark before it is passed over.
    explicit Columns(std::string_view header_line);

    bool has(std::string_view name) const { return place(name).has_value(); }
    /// Of the first field of that name; nothing where there is none.
    std::optional<std::size_t> place(std::string_view name) const;
    /// The field of the first of these names that the header has and that is not empty here.
    std::string_view first(const std::vector<std::string>& fields, std::initializer_list<std::string_view> names) const;

  private:
    std::vector<std::string> names_;
};

} // namespace jmrp::traffic
