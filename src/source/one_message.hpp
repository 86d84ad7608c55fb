#pragma once
#include <cstddef>
#include <string>

#include "domain/raw_message.hpp"
#include "util/fd.hpp"

namespace jmrp::source {

/// Reads `fd` to its end as one message; a leading From_ line becomes the envelope.
domain::RawMessage read_message(int fd, std::size_t message_limit, std::string origin);

/// Opens an entry of a directory for reading, if it is a regular file, without ever waiting for one (a FIFO with the
/// name of a message). With `follow` off a symbolic link is refused. Throws Fault; `origin` names the file.
util::Fd open_entry(int directory, const std::string& name, bool follow, const std::string& origin);

} // namespace jmrp::source
