#pragma once
// The sign-in: a refresh token in a file of its own. It changes at every use, and who uses an old one may end them all; so it is
// used under a lock, and the new one is on the disk before anything else is done.
#include <string>
#include <variant>

#include "cli/config.hpp"
#include "network/snds_client.hpp"
#include "snds/sign_in.hpp"

namespace jmrp::network {

snds::SignIn sign_in_of(const cli::Config::Snds& config);

/// "it says invalid_grant (AADSTS70000)"
std::string told(const snds::Denied& denied);

/// Writes the refresh token of a new sign-in. Waits for the lock.
void keep_sign_in(const std::filesystem::path& file, const std::string& refresh_token);

/// Uses the refresh token for an access token, and keeps the one that takes its place. Waits while another process does.
/// Throws Fault: what reading a secret throws, and what SndsClient does.
std::variant<std::string, snds::Denied> new_access_token(SndsClient& client, const cli::Config::Snds& config);

} // namespace jmrp::network
