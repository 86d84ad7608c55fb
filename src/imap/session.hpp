#pragma once
// A logged-in session: commands and their answers.
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imap/response.hpp"
#include "transfer/channel.hpp"
#include "util/fault.hpp"

namespace jmrp::imap {

struct Selected {
    std::uint32_t uid_validity = 0; ///< 0: the server gives none
    bool read_only = false;
    std::vector<std::string> permanent_flags; ///< what may be set; "\*": keywords of any name
    bool keeps(std::string_view flag) const;
};

/// Everything throws Fault(network) where the server does not answer, or not in IMAP.
class Session {
  public:
    /// `place` names server and feed in what is thrown. Of a message at most `literal_limit` bytes are kept.
    Session(std::unique_ptr<transfer::Channel> channel, std::string place, std::size_t literal_limit,
            const transfer::Patience& patience);

    /// Sends a command and returns its tag.
    std::string send(std::string_view command);
    /// The next response; nothing: it was told to stop while the server was silent.
    std::optional<Response> read();
    /// Sends a command and reads up to its end; `each` gets what comes before. No other command may be under way.
    using Each = std::function<void(Response&)>;
    Response run(std::string_view command, const Each& each = {});
    /// How long to wait for the server from now on.
    void be(const transfer::Patience& patience) { patience_ = patience; }
    const transfer::Patience& patience() const noexcept { return patience_; }

    bool can(std::string_view capability) const;
    /// What a folder is called on the wire: in the person's own namespace, which at some servers stands below INBOX.
    std::string wire_name(std::string_view folder) const;

    /// Throws Fault(not_found), listing what there is, where the folder does not exist.
    Selected select(std::string_view folder, bool read_only);
    /// The UIDs of what matches, ascending.
    std::vector<std::uint32_t> search(std::string_view keys);
    /// Makes the folder where it does not exist. Nothing when it is there; else how the server refused.
    std::optional<Response> ensure_folder(std::string_view folder);

    const std::string& place() const noexcept { return place_; }
    static std::string quote(const Response& response); ///< what the server said, for people
    static std::string in_quotes(std::string_view folder);
    util::Fault fault(std::string_view attempt, std::string why, std::string hint = {}) const;

  private:
    void ask_namespaces();
    std::vector<std::string> list(std::string_view pattern);

    std::unique_ptr<transfer::Channel> channel_;
    std::string place_;
    transfer::Patience patience_;
    ResponseReader reader_;
    std::vector<char> buffer_;
    std::string_view unread_; ///< in buffer_
    std::uint32_t last_tag_ = 0;
    std::vector<std::string> capabilities_;
    std::vector<std::string> prefixes_; ///< of namespaces, the person's own first
};

} // namespace jmrp::imap
