#pragma once
// Containers of messages, one file a kind, behind one small interface.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "domain/raw_message.hpp"

namespace jmrp::source {

class Source {
  public:
    virtual ~Source() = default;

    /// The next message, or nothing at the end. Throws util::Fault where the container cannot be read.
    virtual std::optional<domain::RawMessage> next() = 0;
    /// Called after the message's bytes are durable, and only then (Maildir: new/ to cur/). `token` is the message's.
    virtual void acknowledge(const std::string& token) { static_cast<void>(token); }
    /// Progress: bytes of the container read so far, and in all (0: unknown). For Maildirs and directories: messages.
    struct Position {
        std::uint64_t done = 0;
        std::uint64_t total = 0;
    };
    virtual Position position() const = 0;
    /// Entries that hold no message or could not be read: each was told in the log and left where it is.
    virtual std::uint64_t skipped() const { return 0; }
};

/// Opens what `spec` names: "-", "mbox:PATH", "maildir:PATH", or a path: a directory with cur/ and new/ is a Maildir,
/// another directory's *.eml files are taken in order of name, a file that begins with "From " and holds a header
/// behind it is an mbox, any other file is one message; what is no regular file (a pipe) is one message too, unless
/// "mbox:" says otherwise. A message keeps its first `message_limit` bytes. Throws Fault(not_found) and the like,
/// naming `spec`.
std::unique_ptr<Source> open(std::string_view spec, std::size_t message_limit);

} // namespace jmrp::source
