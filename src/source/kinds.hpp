#pragma once
// What open.cpp chooses from. Inside of source/ only.
#include <cstddef>
#include <memory>
#include <string>

#include "source/source.hpp"

namespace jmrp::source {

/// One message from file descriptor 0, which stays open. Throws Fault when there is not a single byte: no mail server
/// delivers that, so whoever should have written it died.
std::unique_ptr<Source> open_stdin(const std::string& path, std::size_t message_limit);

std::unique_ptr<Source> open_file(const std::string& path, std::size_t message_limit);

/// The *.eml files that stand in the directory now, in order of name.
std::unique_ptr<Source> open_directory(const std::string& path, std::size_t message_limit);

/// What stands in new/ now, in order of name. acknowledge() moves a message to cur/, unseen; it never replaces a file
/// there.
std::unique_ptr<Source> open_maildir(const std::string& path, std::size_t message_limit);

/// Memory is one message and one block, whatever the size of the file. Text before the first separator is a message
/// too.
std::unique_ptr<Source> open_mbox(const std::string& path, std::size_t message_limit);
/// The same with blocks of another size, so that tests can put a block's end at every byte.
std::unique_ptr<Source> open_mbox(const std::string& path, std::size_t message_limit, std::size_t block);

} // namespace jmrp::source
