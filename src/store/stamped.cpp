#include "store/stamped.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>

#include "store/connection.hpp"
#include "store/sqlite.hpp"
#include "util/text.hpp"

namespace jmrp::store {

namespace {

constexpr int log_pages = 1000;

std::filesystem::path made(const Options& options) {
    std::filesystem::path path = stamped_path(options.path);
    struct stat found {};
    if (::stat(path.c_str(), &found) != 0)
        create_database(path, {"stamped.sql"}, stamped_id, stamped_version);
    return path;
}

std::string lines_of(const std::vector<domain::Address>& recipients) {
    std::string out;
    for (const domain::Address& recipient : recipients) // an address holds no line end
        out += (out.empty() ? "" : "\n") + recipient.text();
    return out;
}

/// Microsoft's consumer domains, hotmail.com to live.co.uk: what the send log tells by the receiving server.
std::string provider_of_domain(std::string_view domain) {
    static constexpr std::array<std::string_view, 4> names = {"hotmail", "outlook", "live", "windowslive"};
    const auto labels = util::split(domain, '.');
    const bool country = labels.size() == 3 && labels[1].size() <= 3 && labels[2].size() == 2;
    if (domain == "msn.com" || domain == "passport.com" ||
        ((labels.size() == 2 || country) && std::find(names.begin(), names.end(), labels[0]) != names.end()))
        return "outlook.com";
    return "other";
}

std::vector<domain::SentMatch> find_stamped(const Options& options, std::string_view condition, std::string_view key,
                                            std::optional<util::Seconds> around, std::size_t limit) {
    std::vector<domain::SentMatch> out;
    const std::filesystem::path path = stamped_path(options.path);
    if (key.empty() || limit == 0 || ::access(path.c_str(), F_OK) != 0)
        return out;
    const Sqlite database(path, Sqlite::Access::read, options.busy_timeout_ms, stamped_id, stamped_version);
    Statement select(database, "SELECT at, recipients FROM stamped WHERE " + std::string(condition) +
                                   " ORDER BY abs(at - ?2), id DESC LIMIT 1");
    select.bind(1, key).bind(2, around.value_or(std::numeric_limits<std::int32_t>::max()));
    if (!select.step())
        return out;
    for (const std::string_view line : util::split(select.text(1), '\n')) {
        auto recipient = domain::parse_address(line);
        if (!recipient)
            continue; // not of ours: somebody wrote into the file
        if (out.size() == limit)
            break;
        domain::SentMatch match;
        match.provider = provider_of_domain(recipient->domain);
        match.recipient = std::move(*recipient);
        match.at = select.number(0);
        match.status = domain::SentStatus::accepted;
        out.push_back(std::move(match));
    }
    return out;
}

class WithStamped : public domain::SendLog {
  public:
    WithStamped(std::unique_ptr<domain::SendLog> log, Options options)
        : log_(std::move(log)), options_(std::move(options)) {}

    std::vector<domain::SentMatch> by_message_id(std::string_view message_id, std::optional<util::Seconds> around,
                                                 std::size_t limit) const override {
        return joined(log_->by_message_id(message_id, around, limit),
                      find_stamped_by_message_id(options_, message_id, around, limit), limit);
    }

    std::vector<domain::SentMatch> by_queue_id(std::string_view queue_id, std::optional<util::Seconds> around,
                                               std::size_t limit) const override {
        return joined(log_->by_queue_id(queue_id, around, limit), find_stamped_by_id(options_, queue_id, around, limit),
                      limit);
    }

  private:
    static std::vector<domain::SentMatch> joined(std::vector<domain::SentMatch> logged,
                                                 std::vector<domain::SentMatch> stamped, std::size_t limit) {
        std::set<std::string> known;
        for (const domain::SentMatch& match : logged)
            known.insert(match.recipient.key());
        for (domain::SentMatch& match : stamped)
            if (logged.size() < limit && known.insert(match.recipient.key()).second)
                logged.push_back(std::move(match));
        return logged;
    }

    std::unique_ptr<domain::SendLog> log_;
    Options options_;
};

} // namespace

std::filesystem::path stamped_path(const std::filesystem::path& database) {
    return database.string() + ".stamped";
}

struct StampedWriter::State {
    explicit State(const Options& options)
        : database(made(options), Sqlite::Access::write, options.busy_timeout_ms, stamped_id, stamped_version) {
        database.run("PRAGMA synchronous = NORMAL");
    }

    Sqlite database;
    Statement insert{database, "INSERT INTO stamped (token_id, message_id, at, recipients) VALUES (?1, ?2, ?3, ?4)"};
    Statement remove{database,
                     "DELETE FROM stamped WHERE id IN (SELECT id FROM stamped ORDER BY id LIMIT ?2) AND at < ?1"};
};

StampedWriter::StampedWriter(const Options& options) : state_(std::make_unique<State>(options)) {}
StampedWriter::~StampedWriter() = default;
StampedWriter::StampedWriter(StampedWriter&&) noexcept = default;
StampedWriter& StampedWriter::operator=(StampedWriter&&) noexcept = default;

void StampedWriter::add(std::span<const domain::StampedMessage> messages) {
    state_->database.in_transaction([&] {
        for (const domain::StampedMessage& message : messages) {
            const std::string recipients = lines_of(message.recipients);
            state_->insert.bind(1, message.id).bind(2, message.message_id).bind(3, message.at).bind(4, recipients);
            state_->insert.step();
        }
    });
    state_->database.shorten_log(log_pages);
}

std::size_t StampedWriter::expire(util::Seconds before, std::size_t limit) {
    std::size_t removed = 0;
    state_->database.in_transaction([&] {
        state_->remove.bind(1, before).bind(2, static_cast<std::int64_t>(limit));
        state_->remove.step();
        removed = static_cast<std::size_t>(state_->database.changes());
    });
    return removed;
}

std::optional<StampedStatus> stamped_status(const Options& options) {
    const std::filesystem::path path = stamped_path(options.path);
    if (::access(path.c_str(), F_OK) != 0)
        return std::nullopt;
    const Sqlite database(path, Sqlite::Access::read, options.busy_timeout_ms, stamped_id, stamped_version);
    StampedStatus out;
    Statement rows(database, "SELECT coalesce(max(id) - min(id) + 1, 0) FROM stamped");
    if (rows.step())
        out.messages = rows.number(0);
    Statement newest(database, "SELECT at FROM stamped ORDER BY id DESC LIMIT 1");
    if (newest.step())
        out.newest = newest.number(0);
    return out;
}

std::vector<domain::SentMatch> find_stamped_by_id(const Options& options, std::string_view id,
                                                  std::optional<util::Seconds> around, std::size_t limit) {
    return find_stamped(options, "token_id = ?1", id, around, limit);
}

std::vector<domain::SentMatch> find_stamped_by_message_id(const Options& options, std::string_view message_id,
                                                          std::optional<util::Seconds> around, std::size_t limit) {
    return find_stamped(options, "message_id = ?1 AND message_id <> ''", message_id, around, limit);
}

std::unique_ptr<domain::SendLog> with_stamped(std::unique_ptr<domain::SendLog> log, const Options& options) {
    return std::make_unique<WithStamped>(std::move(log), options);
}

} // namespace jmrp::store
