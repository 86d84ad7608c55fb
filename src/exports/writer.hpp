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

    Totals& operator+=(const Totals& other);
};

/// Some rows of an export, one after the other.
struct Rows {
    std::string bytes;
    Totals totals;
};

/// Writes one export: head, rows, tail, in pieces of some size.
class Writer {
  public:
    using Sink = std::function<void(std::string_view bytes)>;
    /// Throws Fault(configuration) where the format wants the name of a list and has none.
    Writer(const Format& format, Words words, Sink sink);
    /// Rows alone, for rows().
    Writer(const Format& format, Words words);

    /// In order of key: a format without scopes says each person once.
    void add(const domain::Suppression& suppression);
    void remove(const domain::Suppression& suppression);
    /// Rows that another writer made; all of a person's are in them, or none.
    void add(const Rows& rows);
    /// Writes what is left.
    Totals finish();
    /// All that were added, in place of finish().
    Rows rows() &&;

  private:
    void flush();
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
