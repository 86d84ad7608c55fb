#pragma once
#include <functional>

#include "exports/format.hpp"

namespace jmrp::exports {

struct Totals {
    std::int64_t added = 0;
    std::int64_t removed = 0;
    std::int64_t left_out = 0; ///< the format cannot carry them safely, or has no place for a subscriber
    std::int64_t unsaid = 0;   ///< removals that the format has no word for
    std::int64_t refused = 0;  ///< a server takes the others
};

/// Writes one export: head, rows, tail, in pieces of some size.
class Writer {
  public:
    using Sink = std::function<void(std::string_view bytes)>;
    /// Throws Fault(configuration) where the format wants the name of a list and has none.
    Writer(const Format& format, Words words, Sink sink);

    /// In order of key: a format without scopes says each person once.
    void add(const domain::Suppression& suppression);
    void remove(const domain::Suppression& suppression);
    /// Writes what is left.
    Totals finish();

  private:
    bool write(Line line, const domain::Suppression& suppression);

    const Format& format_;
    Words words_;
    Sink sink_;
    Totals totals_;
    std::string pending_;
    std::string last_key_;
    bool any_ = false;
};

} // namespace jmrp::exports
