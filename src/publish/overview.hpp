#pragma once
// What people and monitors want to see of the whole, as plain values. Somebody else gathers them.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/consumer.hpp"
#include "domain/inflow.hpp"
#include "domain/leak.hpp"
#include "domain/snds.hpp"

namespace jmrp::publish {

/// Two ends of what is known of a share, 0 to 1.
struct Bounds {
    double lower = 0;
    double upper = 0;
};

/// What came of the mail that a source IP sent within the window.
struct SourceIp {
    std::string source_ip; ///< "other": all that have no row of their own; "unknown": no report says it
    std::int64_t complaints = 0;
    std::optional<std::int64_t> accepted;  ///< mails, by the provider whose complaints these are; nothing: not known
    std::optional<Bounds> complaint_ratio; ///< nothing: it cannot be told
    std::optional<domain::SndsDay> snds;   ///< the newest there is
};

struct Feed {
    std::string name;
    std::int64_t complaints = 0; ///< reports within the window
    std::int64_t attributed = 0; ///< of these
    std::optional<util::Seconds> last_report_at;
    std::optional<util::Seconds> polled_at;
};

/// Where an address of ours stands with a list.
struct Block {
    std::string source_ip;
    std::string list;  ///< domain::BlockList
    std::string state; ///< reputation::BlockState
};

struct Overview {
    std::string version;
    int window_days = 7; ///< of source_ips, feeds and leaks; today is one of them
    std::vector<SourceIp> source_ips;
    std::vector<Feed> feeds;
    domain::Backlog backlog;
    std::int64_t dkim_waiting = 0;
    std::int64_t suppressed = 0;
    std::vector<domain::ConsumerLag> exports;
    domain::LeakCount leaks;
    std::vector<Block> blocks;
    std::vector<domain::SndsStatus> snds_ranges; ///< of ours that are not normal
    std::vector<domain::SndsSource> snds_sources;
};

} // namespace jmrp::publish
