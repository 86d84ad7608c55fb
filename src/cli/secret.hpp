#pragma once
// Passwords and access tokens. They stand in no configuration, log or message of ours, and on no command line.
#include <string>

#include "domain/feed.hpp"

namespace jmrp::cli {

/// Fetches the secret from where it is found. Throws Fault, whose text holds the file, the variable or the program, and
/// nothing of what they said. A file that others may read is refused. A program has half a minute.
std::string read_secret(const domain::SecretSource& source);

/// Why a file of that mode is no place for a secret, as "everybody may read it"; null where it is one.
const char* why_open(unsigned mode) noexcept;

} // namespace jmrp::cli
