#pragma once
// Who is handed the list of suppressions, and how far they have it.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/feed.hpp"
#include "domain/suppression.hpp"

namespace jmrp::domain {

/// How far somebody has read the journal of changes, and up to when expiries were looked at.
struct Cursor {
    std::int64_t seq = 0;
    util::Seconds at = 0;

    std::string text() const; ///< "4711@1795305600"
    auto operator<=>(const Cursor&) const = default;
};
/// Reads what text() writes, and "0", the beginning.
std::optional<Cursor> parse_cursor(std::string_view text);

/// How a server is asked to take what is new.
struct ServerAccess {
    std::string url; ///< "https://host[:port][/path]", or "http://" on this host; no user; empty: no server
    std::filesystem::path ca_file; ///< in place of the system's authorities
    std::string user;
    SecretSource secret;
    std::string region;           ///< of a provider that has some
    int requests_per_second = 10; ///< at most
    int timeout_seconds = 30;     ///< of one request
    int patience_seconds = 120;   ///< how long one run goes on trying what fails
};

/// A section [export.NAME] of the configuration. It has one of `to`, `command` and `server.url`.
struct Consumer {
    std::string name;
    std::string format; ///< of exports::formats(), and for a server of exports::targets()
    std::filesystem::path to;
    std::vector<std::string> after; ///< the words of a command that runs when the file is in place; it must end with 0
    std::vector<std::string> command; ///< the words of a program that reads what is new from its standard input
    ServerAccess server;
    SuppressionFilter filter;
    std::string list; ///< name of the list, for formats that say it

    /// What the target's content follows from: with another form the target gets everything again.
    std::string form() const;
};

/// What is remembered of a consumer between runs.
struct ConsumerState {
    std::int64_t id = 0;
    std::string name;
    std::string form; ///< empty: it never had anything
    Cursor cursor;
    /// Everybody up to this key has been told of since `cursor`, and the others are still to be; nothing: all have been.
    std::optional<std::string> full_after;
    std::optional<util::Seconds> last_ok;
    std::optional<util::Seconds> last_tried;
    std::int64_t failures = 0; ///< since the last success
    std::string last_error;
};

/// What a consumer has not got yet.
struct Lag {
    std::int64_t changes = 0;
    std::optional<util::Seconds> since;
};

/// The same with the consumer it is about.
struct ConsumerLag {
    std::string name;
    Lag lag;
    std::optional<util::Seconds> last_ok;
    std::int64_t failures = 0; ///< since the last success
    std::string last_error;
};

} // namespace jmrp::domain
