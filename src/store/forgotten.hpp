#pragma once
// People whose address was erased, and who stay suppressed. Private to store/.
#include <string>
#include <vector>

#include "domain/suppression.hpp"
#include "store/sqlite.hpp"

namespace jmrp::store {

class ForgottenRows {
  public:
    explicit ForgottenRows(const Sqlite& database);
    bool any() const { return any_; }
    /// What is known of the key: scope and reason alone.
    std::vector<domain::Suppression> find(std::string_view key);
    void add(const domain::Suppression& suppression, util::Seconds now);

  private:
    std::string digest_of(std::string_view key) const;

    const Sqlite& database_;
    std::string salt_;
    bool any_ = false;
    Statement select_;
};

} // namespace jmrp::store
