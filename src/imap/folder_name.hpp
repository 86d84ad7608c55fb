#pragma once
// Names of folders: people write UTF-8, IMAP a form of UTF-7 of its own (RFC 3501 section 5.1.3). Pure.
#include <optional>
#include <string>
#include <string_view>

namespace jmrp::imap {

/// ASCII without control characters, whatever comes in. Nothing: `name` is no UTF-8.
std::optional<std::string> to_modified_utf7(std::string_view name);
/// What is not well formed stays as it is.
std::string from_modified_utf7(std::string_view name);

/// INBOX is the same folder in any case of its letters; all others are what they are.
bool is_inbox(std::string_view name);

} // namespace jmrp::imap
