#include "imap/mailbox.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

#include "imap/command.hpp"
#include "util/kill_point.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::imap {

using util::Fault;
using util::FaultKind;

namespace {

// Two commands are under way, so that the server has the next one at hand when it is through with one.
constexpr std::size_t commands_under_way = 2;
constexpr std::size_t most_in_command = 500;
constexpr std::size_t first_command = 50; ///< before anything is known about the size of messages
constexpr std::uint64_t command_bytes = std::uint64_t{2} << 20U;
/// As many durable messages are disposed of together.
constexpr std::size_t group = 500;
/// A server that refuses more than that does not refuse messages, it does not work.
constexpr std::size_t most_failed = 1000;
/// Whoever tells us to stop soon kills us.
constexpr std::chrono::seconds patience_at_stop{5};

/// What was begun on the server is brought to its end, whoever says stop meanwhile.
class InSpiteOfStop {
  public:
    explicit InSpiteOfStop(Session& session) : session_(session), usual_(session.patience()) {
        const bool stopped = usual_.stop && *usual_.stop;
        session.be({stopped ? std::min(usual_.most, patience_at_stop) : usual_.most, nullptr});
    }
    ~InSpiteOfStop() { session_.be(usual_); }
    InSpiteOfStop(const InSpiteOfStop&) = delete;
    InSpiteOfStop& operator=(const InSpiteOfStop&) = delete;

  private:
    Session& session_;
    transfer::Patience usual_;
};

} // namespace

Mailbox::Mailbox(Session& session, const domain::Mailbox& mailbox, const std::string& feed, std::size_t message_limit,
                 const domain::FolderPosition& position, KeepPosition keep_position)
    : session_(session), mailbox_(mailbox), origin_("imap:" + feed + "/" + mailbox.folder + ";UID="),
      message_limit_(message_limit), keep_position_(std::move(keep_position)),
      folder_(session.select(mailbox.folder, mailbox.afterwards == domain::Afterwards::leave)),
      disposal_(session, mailbox_, folder_) {
    kept_.uid_validity = folder_.uid_validity;
    if (folder_.uid_validity != 0 && position.uid_validity == folder_.uid_validity)
        kept_ = position;
    else if (position.uid_validity != 0)
        util::log(util::LogLevel::info, "the server numbers the messages anew: reading the folder " +
                                            Session::in_quotes(mailbox.folder) + " at " + session.place() +
                                            " from its beginning");
    failed_.insert(kept_.failed.begin(), kept_.failed.end());
    alone_.assign(failed_.begin(), failed_.end());
    highest_ = kept_.last_uid;
    if (kept_.last_uid < std::numeric_limits<std::uint32_t>::max()) {
        // "N:*" holds the last message in any case, also where its number is smaller (RFC 3501 section 6.4.8).
        const auto found = session.search("UID " + std::to_string(kept_.last_uid + 1) + ":*");
        wanted_.assign(std::upper_bound(found.begin(), found.end(), kept_.last_uid), found.end());
    }
    if (!wanted_.empty())
        highest_ = wanted_.back();
    wanted_count_ = wanted_.size() + alone_.size();

    for (const std::uint32_t uid : disposal_.left_over(kept_.last_uid))
        if (failed_.count(uid) == 0)
            done_.push_back(uid);
    const auto larger = disposal_.larger_than(done_, message_limit);
    oversized_.insert(larger.begin(), larger.end());
    if (!done_.empty())
        follow_up();
}

std::optional<domain::RawMessage> Mailbox::next() {
    try {
        while (came_.empty() && !lost_) {
            if (under_way_.empty() && done_.size() >= group)
                follow_up();
            send_more();
            if (under_way_.empty() && !look_for_missing())
                return std::nullopt;
            if (under_way_.empty())
                continue;
            auto response = session_.read();
            if (!response)
                return std::nullopt;
            take(*response);
        }
    } catch (const Fault& fault) {
        if (fault.kind() != FaultKind::network)
            throw;
        lost_ = fault;
    }
    if (came_.empty())
        return std::nullopt;
    domain::RawMessage message = std::move(came_.front());
    came_.pop_front();
    return message;
}

void Mailbox::send_more() {
    while (under_way_.size() < commands_under_way && done_.size() < group) {
        Fetch fetch;
        // Those that failed come last: the connection may not outlive them.
        fetch.alone = wanted_.empty() && !alone_.empty();
        if (fetch.alone) {
            fetch.uids.push_back(alone_.front());
            alone_.pop_front();
        } else {
            fetch.uids = next_wanted();
        }
        if (fetch.uids.empty())
            return;
        asked_.insert(fetch.uids.begin(), fetch.uids.end());
        unresolved_.insert(fetch.uids.begin(), fetch.uids.end());
        // One byte more than the limit tells a message at the limit from one beyond it, whatever size the server believes in.
        const std::string tag = session_.send("UID FETCH " + sequence_set(fetch.uids) + " (UID BODY.PEEK[]<0." +
                                              std::to_string(message_limit_ + 1) + ">)");
        under_way_.emplace(tag, std::move(fetch));
    }
}

std::vector<std::uint32_t> Mailbox::next_wanted() {
    std::size_t count = first_command;
    if (messages_came_ > 0)
        count = static_cast<std::size_t>(std::clamp<std::uint64_t>(
            command_bytes / std::max<std::uint64_t>(1, bytes_came_ / messages_came_), 1, most_in_command));
    count = std::min(count, wanted_.size());
    const auto end = wanted_.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<std::uint32_t> uids(wanted_.begin(), end);
    wanted_.erase(wanted_.begin(), end);
    return uids;
}

void Mailbox::take(Response& response) {
    if (const auto found = under_way_.find(response.tag); found != under_way_.end()) {
        const Fetch fetch = std::move(found->second);
        under_way_.erase(found);
        end_fetch(fetch, response);
    } else if (response.name == "FETCH") {
        auto fetched = fetched_of(response);
        if (!fetched)
            throw session_.fault("read a message", "the answer is not well formed");
        take_message(std::move(*fetched));
    }
}

void Mailbox::take_message(Fetched fetched) {
    // The server tells of flags without being asked; and no message comes without a byte of it.
    if (!fetched.body || fetched.body->empty() || asked_.erase(fetched.uid) == 0)
        return;
    ++messages_came_;
    bytes_came_ += fetched.body->size();
    if (finishing_)
        return;
    domain::RawMessage message;
    message.bytes = std::move(*fetched.body);
    message.truncated = message.bytes.size() > message_limit_;
    if (message.truncated) {
        message.bytes.resize(message_limit_);
        oversized_.insert(fetched.uid);
    }
    message.token = std::to_string(fetched.uid);
    message.origin = origin_ + message.token;
    came_.push_back(std::move(message));
}

void Mailbox::end_fetch(const Fetch& fetch, const Response& status) {
    for (const std::uint32_t uid : fetch.uids) {
        if (asked_.erase(uid) == 0)
            continue;
        if (status.kind == Response::Kind::ok)
            missing_.push_back(uid);
        else if (!fetch.alone)
            alone_.push_back(uid);
        else
            fail(uid, Session::quote(status));
    }
}

/// Of what the server passed over: is it gone, or will the server not give it? True: there was something to look for.
bool Mailbox::look_for_missing() {
    if (missing_.empty())
        return false;
    std::sort(missing_.begin(), missing_.end());
    const std::size_t count = std::min(missing_.size(), most_in_command);
    const auto end = missing_.begin() + static_cast<std::ptrdiff_t>(count);
    const auto there = session_.search("UID " + sequence_set(std::span(missing_).first(count)));
    std::for_each(missing_.begin(), end, [&](std::uint32_t uid) {
        if (std::binary_search(there.begin(), there.end(), uid))
            fail(uid, "the server shows it and does not give it");
        else
            resolve(uid);
    });
    missing_.erase(missing_.begin(), end);
    return true;
}

void Mailbox::resolve(std::uint32_t uid) {
    unresolved_.erase(uid);
    failed_.erase(uid);
}

void Mailbox::fail(std::uint32_t uid, const std::string& why) {
    unresolved_.erase(uid);
    failed_.insert(uid);
    util::log(util::LogLevel::warning, "cannot read message " + std::to_string(uid) + " of the folder " +
                                           Session::in_quotes(mailbox_.folder) + " at " + session_.place() + ": " +
                                           why + " (it stays there, and each poll tries it again)");
    if (failed_.size() > most_failed)
        throw session_.fault("read messages", "it gives none of the last " + std::to_string(most_failed));
}

void Mailbox::acknowledge(const std::string& token) {
    const auto uid = static_cast<std::uint32_t>(util::parse_unsigned(token).value_or(0));
    resolve(uid);
    done_.push_back(uid);
    ++acknowledged_;
}

domain::FolderPosition Mailbox::reached() const {
    domain::FolderPosition reached{folder_.uid_validity, highest_, {}};
    // Numbers that failed once and are asked for again lie below what was read before.
    for (const std::uint32_t uid : unresolved_)
        if (failed_.count(uid) == 0) {
            reached.last_uid = std::min(reached.last_uid, uid - 1);
            break;
        }
    if (!wanted_.empty())
        reached.last_uid = std::min(reached.last_uid, wanted_.front() - 1);
    reached.failed.assign(failed_.begin(), failed_.upper_bound(reached.last_uid));
    return reached;
}

void Mailbox::follow_up() {
    if (const domain::FolderPosition position = reached(); position != kept_) {
        keep_position_(position);
        kept_ = position;
    }
    util::kill_point("poll.position");
    if (lost_ || done_.empty())
        return;
    const InSpiteOfStop undisturbed(session_);
    std::sort(done_.begin(), done_.end());
    std::vector<std::uint32_t> ordinary;
    std::vector<std::uint32_t> oversized;
    for (const std::uint32_t uid : std::exchange(done_, {}))
        (oversized_.count(uid) > 0 ? oversized : ordinary).push_back(uid);
    disposal_.dispose(ordinary, false);
    disposal_.dispose(oversized, true);
    util::kill_point("poll.disposed");
}

/// After a stop: what was asked for still comes, and is dropped.
void Mailbox::end_what_is_under_way() {
    using Clock = std::chrono::steady_clock;
    const auto until = Clock::now() + patience_at_stop;
    while (!under_way_.empty()) {
        if (Clock::now() > until)
            throw session_.fault("end what is under way", "it takes too long");
        if (auto response = session_.read())
            take(*response);
    }
}

void Mailbox::finish() {
    const InSpiteOfStop undisturbed(session_);
    finishing_ = true;
    try {
        if (!lost_)
            end_what_is_under_way();
    } catch (const Fault& fault) {
        lost_ = fault;
    }
    // Perhaps it is the first of them that ends the connection, and it would do so again before any other came.
    if (lost_ && messages_came_ == 0 && !asked_.empty())
        failed_.insert(*asked_.begin());
    follow_up();
    if (lost_)
        throw Fault(*lost_);
}

} // namespace jmrp::imap
