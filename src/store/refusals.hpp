#pragma once
// Hours of deliveries and refusals in the send log, while they are added up. Private to store/.
#include <array>
#include <map>
#include <string>
#include <tuple>

#include "domain/sent.hpp"
#include "store/sqlite.hpp"

namespace jmrp::store {

inline constexpr util::Seconds seconds_an_hour = 3600;

/// What one transaction adds. Written at its end: a piece of a log touches few hours.
class HourSums {
  public:
    /// `difference` -1 takes back an attempt that another word about the same delivery replaces.
    void count(const std::string& provider, const std::string& source_ip, domain::SentStatus status, util::Seconds at,
               int difference);
    void add(const domain::Refused& refused, util::Seconds at);
    void write(const Sqlite& database);
    void clear();

  private:
    struct Deliveries {
        std::int64_t attempts = 0, accepted = 0;
        util::Seconds first = 0, last = 0, last_accepted = 0; ///< 0: none
        std::array<std::int32_t, 60> minutes{};
    };
    struct Refusals {
        std::int64_t count = 0;
        util::Seconds first = 0, last = 0;
        std::string host, text, rule;
    };
    void write_deliveries(const Sqlite& database);
    void write_refusals(const Sqlite& database);

    std::map<std::tuple<std::string, std::string, std::int64_t>, Deliveries> deliveries_;
    /// By the key of sent_refusal.
    std::map<std::tuple<std::string, std::string, std::string, std::string, std::string, std::int64_t>, Refusals>
        refusals_;
};

} // namespace jmrp::store
