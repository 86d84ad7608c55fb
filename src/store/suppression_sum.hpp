#pragma once
// The list of suppressions is no table: it is summed up when it is asked for. Private to store/.
#include "domain/suppression.hpp"
#include "store/sqlite.hpp"

namespace jmrp::store {

/// Reads report_recipient and suppression_decision side by side. A removal by a person holds until a message speaks that was
/// kept after it; clocks do not decide which came first.
class SuppressionSum {
  public:
    SuppressionSum(const Sqlite& database, util::Seconds now);
    void begin_all();
    void begin(std::string_view key);
    void begin_after(std::string_view key);
    /// The next one, in order of key and scope; false after the last.
    bool next(domain::Suppression& out);

  private:
    struct Rows {
        Rows(const Sqlite& database, const std::string& every_row, const std::string& of_key,
             const std::string& after_key)
            : all(database, every_row), one(database, of_key), after(database, after_key) {}

        Statement all;
        Statement one;
        Statement after;
        Statement* current = nullptr;
        bool more = false;
        std::string_view key, scope; ///< of the current row

        void step() {
            more = current->step();
            if (!more)
                return;
            key = current->text(0);
            scope = current->text(1);
        }
        bool is_about(std::string_view other_key, std::string_view other_scope) const {
            return more && key == other_key && scope == other_scope;
        }
    };

    void begin(Statement Rows::*which);
    void add_decision(domain::Suppression& out);

    util::Seconds now_;
    Rows reports_;
    Rows decisions_;
    std::string key_, scope_;
    std::int64_t lifted_until_ = 0;      ///< messages up to this one were taken back
    std::optional<domain::Reason> said_; ///< the reason of the last decision to add
    bool added_ = false;                 ///< by a decision in force
};

} // namespace jmrp::store
