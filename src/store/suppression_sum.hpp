#pragma once
// The list of suppressions is no table: it is summed up when it is asked for. Private to store/.
#include "domain/suppression.hpp"
#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace jmrp::store {

/// Reads report_recipient and suppression_decision side by side. A removal by a person holds until a message speaks that was
/// kept after it; clocks do not decide which came first.
class SuppressionSum {
  public:
    SuppressionSum(const Sqlite& database, util::Seconds now, Detail detail = Detail::all);
    /// Both must live until the last next().
    void begin(const KeyRange& range);
    void begin(std::string_view key);
    /// The next one, in order of key and scope; false after the last.
    bool next(domain::Suppression& out);

  private:
    struct Rows {
        Rows(const Sqlite& database, const std::string& columns, const char* rest, const char* order);

        Statement range; ///< ?2 < address_key <= ?3
        Statement one;   ///< address_key = ?2
        Statement* current = nullptr;
        bool more = false;
        TakenRow row;

        const std::string& key() const { return row.text(0); }
        const std::string& scope() const { return row.text(1); }
        void begin(Statement& which);
        void step() { more = current->step(); }
        bool is_about(std::string_view other_key, std::string_view other_scope) const {
            return more && key() == other_key && scope() == other_scope;
        }
    };

    void add_decision(domain::Suppression& out);

    util::Seconds now_;
    Rows reports_;
    Rows decisions_;
    std::string scope_;                  ///< of the one that is summed up
    std::int64_t lifted_until_ = 0;      ///< messages up to this one were taken back
    std::optional<domain::Reason> said_; ///< the reason of the last decision to add
    bool added_ = false;                 ///< by a decision in force
};

} // namespace jmrp::store
