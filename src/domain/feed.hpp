#pragma once
// A feed: one stream of feedback mail under one name, and where its mail waits when nobody pipes it to us.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "domain/authenticity.hpp"
#include "domain/names.hpp"

namespace jmrp::domain {

/// What becomes of a message on the server once its bytes are durable here.
enum class Afterwards { move, flag, erase, leave };
template <>
struct Names<Afterwards> {
    static constexpr std::pair<Afterwards, std::string_view> table[] = {{Afterwards::move, "move"},
                                                                        {Afterwards::flag, "flag"},
                                                                        {Afterwards::erase, "delete"},
                                                                        {Afterwards::leave, "leave"}};
};

/// How the mailbox's owner is told: by password, or by an access token (RFC 7628, and the older form of Microsoft 365 and
/// Gmail).
enum class Login { password, oauthbearer, xoauth2 };
template <>
struct Names<Login> {
    static constexpr std::pair<Login, std::string_view> table[] = {
        {Login::password, "password"}, {Login::oauthbearer, "oauthbearer"}, {Login::xoauth2, "xoauth2"}};
};

/// Where a secret is found; at most one is set. The secret itself is nowhere in the configuration.
struct SecretSource {
    std::filesystem::path file;       ///< its first line
    std::vector<std::string> command; ///< its words; the first line of what it prints
    std::string environment;          ///< name of the variable
    bool empty() const { return file.empty() && command.empty() && environment.empty(); }
    friend bool operator==(const SecretSource&, const SecretSource&) = default;
};

/// A mailbox on an IMAP server.
struct Mailbox {
    std::string url;               ///< "imap://host[:port]" (STARTTLS) or "imaps://host[:port]"; no user, no path
    bool allow_no_tls = false;     ///< imap:// without STARTTLS, for a server on this host
    std::filesystem::path ca_file; ///< in place of the system's authorities
    std::string user;
    Login login = Login::password;
    SecretSource secret;          ///< the password, or the access token
    std::string folder = "INBOX"; ///< UTF-8, as the server shows it
    Afterwards afterwards = Afterwards::move;
    std::string archive = "jmrp";             ///< for move
    std::string oversized = "jmrp-oversized"; ///< where messages beyond the size limit go, unless all are left
    std::string keyword = "$Jmrp";            ///< for flag
    int timeout_seconds = 60;                 ///< of silence
    int interval_seconds = 300;               ///< between the rounds of `jmrp poll --watch`
    friend bool operator==(const Mailbox&, const Mailbox&) = default;
};

/// 1 to 64 of a-z, 0-9, ".", "_" and "-", which is not the first, so that it can stand in file names, command lines and labels of graphs.
bool is_feed_name(std::string_view name) noexcept;

/// The feed of a message whose feed nobody names.
inline constexpr const char* default_feed = "default";

struct Feed {
    std::string name;
    std::optional<Mailbox> mailbox; ///< nothing: its mail is piped or read from files
};

/// How far a folder of a mailbox was read. UIDs grow; they mean nothing under another UIDVALIDITY (RFC 3501 section 2.3.1.1).
struct FolderPosition {
    std::uint32_t uid_validity = 0;
    std::uint32_t last_uid = 0;        ///< this one and all below are durable here, or in `failed`
    std::vector<std::uint32_t> failed; ///< the server would not give them; ascending
    friend bool operator==(const FolderPosition&, const FolderPosition&) = default;
};

} // namespace jmrp::domain
