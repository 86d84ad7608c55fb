// Look-ups in the send log.
#include <algorithm>
#include <map>
#include <mutex>

#include "store/send_log_file.hpp"

namespace jmrp::store {

namespace {

/// A mail waits in a queue for at most five days (RFC 5321 section 4.5.4.1); the rest is for wrong clocks and zones.
constexpr util::Day days_before_arrival = 7;
constexpr util::Day days_after_arrival = 1;

/// A connection with its statements; one thread uses it at a time.
struct Reader {
    explicit Reader(std::unique_ptr<Sqlite> opened) : database(std::move(opened)) {}

    std::unique_ptr<Sqlite> database;
    // One transaction around the questions about all days: each alone would lock and unlock the file.
    Statement begin{*database, "BEGIN"};
    Statement end{*database, "COMMIT"};
    Statement days{*database, "SELECT (SELECT min(day) FROM sent), (SELECT max(day) FROM sent)"};
    Statement by_message{
        *database,
        "SELECT s.recipient, r.provider, r.source_ip, s.at, s.status FROM sent AS s INDEXED BY "
        "sent_message CROSS JOIN sent_route AS r ON r.id = s.route WHERE s.day = ?1 AND s.message_key = ?2 LIMIT ?3"};
    Statement by_queue{
        *database,
        "SELECT s.recipient, r.provider, r.source_ip, s.at, s.status FROM sent AS s INDEXED BY "
        "sent_delivery CROSS JOIN sent_route AS r ON r.id = s.route WHERE s.day = ?1 AND s.queue_key = ?2 LIMIT ?3"};
};

/// The better answer for one recipient that a message went to more than once: by way of a content filter, or again.
bool outranks(const domain::SentMatch& a, const domain::SentMatch& b) {
    if (a.status != b.status)
        return a.status < b.status; // accepted before deferred before rejected
    return a.at > b.at;
}

/// The days from `first` to `last`, those near `center` first.
template <typename Visit>
void outward(util::Day first, util::Day last, util::Day center, const Visit& visit) {
    if (first > last)
        return;
    center = std::clamp(center, first, last);
    for (util::Day distance = 0; distance <= last - first; ++distance) {
        if (center - distance >= first && !visit(center - distance))
            return;
        if (distance > 0 && center + distance <= last && !visit(center + distance))
            return;
    }
}

class StoredSendLog : public domain::SendLog {
  public:
    explicit StoredSendLog(Options options) : options_(std::move(options)) {}

    std::vector<domain::SentMatch> by_message_id(std::string_view message_id, std::optional<util::Seconds> around,
                                                 std::size_t limit) const override {
        if (message_id.empty())
            return {};
        return look_up(&Reader::by_message, key_of_message(message_id), around, limit);
    }

    std::vector<domain::SentMatch> by_queue_id(std::string_view queue_id, std::optional<util::Seconds> around,
                                               std::size_t limit) const override {
        if (queue_id.empty())
            return {};
        return look_up(&Reader::by_queue, key_of_queue(queue_id), around, limit);
    }

  private:
    std::unique_ptr<Reader> take_reader() const {
        {
            const std::lock_guard<std::mutex> lock(mutex_);
            if (!idle_.empty()) {
                auto reader = std::move(idle_.back());
                idle_.pop_back();
                return reader;
            }
        }
        auto database = read_send_log(options_);
        return database ? std::make_unique<Reader>(std::move(database)) : nullptr;
    }

    void give_back(std::unique_ptr<Reader> reader) const {
        const std::lock_guard<std::mutex> lock(mutex_);
        idle_.push_back(std::move(reader));
    }

    std::vector<domain::SentMatch> look_up(Statement Reader::*question, std::int64_t key,
                                           std::optional<util::Seconds> around, std::size_t limit) const {
        std::vector<domain::SentMatch> out;
        auto reader = take_reader(); // after a fault it is closed, not given back
        if (!reader || limit == 0)
            return out;
        std::map<std::string, std::size_t> places;
        run(reader->begin);
        const bool any = reader->days.step() && !reader->days.is_null(0);
        auto first = static_cast<util::Day>(any ? reader->days.number(0) : 0);
        auto last = static_cast<util::Day>(any ? reader->days.number(1) : -1);
        if (around) {
            first = std::max(first, util::day_of(*around) - days_before_arrival);
            last = std::min(last, util::day_of(*around) + days_after_arrival);
        }
        reader->days.reset();
        Statement& statement = (*reader).*question;
        outward(first, last, around ? util::day_of(*around) : last, [&](util::Day day) {
            statement.bind(1, std::int64_t{day}).bind(2, key).bind(3, static_cast<std::int64_t>(limit));
            while (statement.step())
                take(statement, places, limit, out);
            return out.size() < limit;
        });
        run(reader->end);
        give_back(std::move(reader));
        return out;
    }

    static void run(Statement& statement) {
        statement.step();
        statement.reset();
    }

    static void take(const Statement& row, std::map<std::string, std::size_t>& places, std::size_t limit,
                     std::vector<domain::SentMatch>& out) {
        auto recipient = domain::parse_address(row.text(0));
        if (!recipient)
            return; // not of ours: somebody wrote into the file
        domain::SentMatch match;
        match.recipient = std::move(*recipient);
        match.provider = row.text(1);
        match.source_ip = domain::parse_ip(row.text(2));
        match.at = row.number(3);
        match.status = static_cast<domain::SentStatus>(row.number(4));
        const auto [place, is_new] = places.try_emplace(match.recipient.key(), out.size());
        if (!is_new) {
            if (outranks(match, out[place->second]))
                out[place->second] = std::move(match);
        } else if (out.size() < limit) {
            out.push_back(std::move(match));
        }
    }

    Options options_;
    mutable std::mutex mutex_;
    mutable std::vector<std::unique_ptr<Reader>> idle_;
};

} // namespace

std::unique_ptr<domain::SendLog> open_send_log(const Options& options) {
    return std::make_unique<StoredSendLog>(options);
}

} // namespace jmrp::store
