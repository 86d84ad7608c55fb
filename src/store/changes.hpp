#pragma once
// The journal of the list of suppressions. Private to store/.
#include <string>
#include <string_view>

#include "store/connection.hpp"

namespace jmrp::store {

class ChangeRows {
  public:
    explicit ChangeRows(soci::session& sql);
    void write(std::string_view key, std::string_view scope, util::Seconds at);

  private:
    std::string key_, scope_;
    long long at_ = 0;
    soci::statement insert_;
};

} // namespace jmrp::store
