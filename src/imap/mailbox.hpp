#pragma once
// A folder on an IMAP server as a source of messages.
#include <deque>
#include <functional>
#include <map>
#include <set>

#include "imap/disposal.hpp"
#include "imap/session.hpp"
#include "source/source.hpp"

namespace jmrp::imap {

/// Gives what was not read yet by `position`, whose uid_validity is 0 where nothing was. Where the connection is lost it ends like one that is read: what came is for
/// the caller to keep; finish() then throws.
class Mailbox final : public source::Source {
  public:
    /// Makes what it is told durable before the server is touched, so that no message is asked for twice.
    using KeepPosition = std::function<void(const domain::FolderPosition&)>;

    /// Opens the folder, and brings to its end what a former session left over. Throws Fault, as Session and Disposal do.
    Mailbox(Session& session, const domain::Mailbox& mailbox, const std::string& feed, std::size_t message_limit,
            const domain::FolderPosition& position, KeepPosition keep_position);

    std::optional<domain::RawMessage> next() override;
    void acknowledge(const std::string& token) override;
    Position position() const override { return {acknowledged_, wanted_count_}; }
    std::uint64_t skipped() const override { return failed_.size(); }

    /// To be called at the end: what was acknowledged becomes final on the server. Throws the Fault that ended the connection.
    void finish();

    std::uint64_t acknowledged() const noexcept { return acknowledged_; }
    /// The server refused something: the next session tries it again.
    bool refused() const noexcept { return disposal_.refused() || !failed_.empty(); }

  private:
    struct Fetch {
        std::vector<std::uint32_t> uids; ///< that did not come yet
        bool alone = false;              ///< of one message: what the server says, it says about that
    };

    void send_more();
    std::vector<std::uint32_t> next_wanted();
    void take(Response& response);
    void take_message(Fetched fetched);
    void end_fetch(const Fetch& fetch, const Response& status);
    bool look_for_missing();
    void resolve(std::uint32_t uid);
    void fail(std::uint32_t uid, const std::string& why);
    domain::FolderPosition reached() const;
    void follow_up();
    void end_what_is_under_way();

    Session& session_;
    domain::Mailbox mailbox_;
    std::string origin_; ///< of messages, up to the UID
    std::size_t message_limit_;
    KeepPosition keep_position_;
    Selected folder_;
    Disposal disposal_;
    domain::FolderPosition kept_; ///< what keep_position_ was told last

    std::deque<std::uint32_t> wanted_; ///< not asked for yet; ascending
    std::deque<std::uint32_t> alone_;  ///< to be asked for each by itself
    std::uint64_t wanted_count_ = 0;
    std::map<std::string, Fetch> under_way_; ///< by tag
    std::set<std::uint32_t> asked_;          ///< did not come yet
    std::vector<std::uint32_t> missing_;     ///< the server passed them over
    std::set<std::uint32_t> unresolved_;     ///< asked for, and neither durable, nor gone, nor failed
    std::set<std::uint32_t> failed_;         ///< the server would not give them
    std::uint32_t highest_ = 0;              ///< of all that are or were wanted
    std::deque<domain::RawMessage> came_;
    std::uint64_t bytes_came_ = 0;
    std::uint64_t messages_came_ = 0;

    std::uint64_t acknowledged_ = 0;
    std::set<std::uint32_t> oversized_;
    std::vector<std::uint32_t> done_; ///< acknowledged, not disposed of
    std::optional<util::Fault> lost_;
    bool finishing_ = false;
};

} // namespace jmrp::imap
