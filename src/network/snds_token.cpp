#include "network/snds_token.hpp"

#include "cli/secret.hpp"
#include "store/locks.hpp"
#include "util/fd.hpp"
#include "util/kill_point.hpp"

namespace jmrp::network {

namespace {

/// Under the lock.
void write_token(const std::filesystem::path& file, const std::string& refresh_token) {
    util::write_atomically(file, refresh_token + "\n", 0600);
    util::kill_point("snds.token_kept");
}

} // namespace

snds::SignIn sign_in_of(const cli::Config::Snds& config) {
    return {config.authority, config.client_id, config.scope, config.redirect};
}

std::string told(const snds::Denied& denied) {
    if (denied.error.empty())
        return "it answers something else than a sign-in does";
    return "it says " + denied.error + (denied.code.empty() ? "" : " (" + denied.code + ")");
}

void keep_sign_in(const std::filesystem::path& file, const std::string& refresh_token) {
    const store::SignInLock lock(file);
    write_token(file, refresh_token);
}

std::variant<std::string, snds::Denied> new_access_token(SndsClient& client, const cli::Config::Snds& config) {
    const store::SignInLock lock(config.token_file);
    const std::string before =
        cli::read_secret({config.token_file, {}, {}}); // another process may just have changed it
    const transfer::HttpReply reply =
        client.post(config.authority + "/token", snds::refresh_form(sign_in_of(config), before));
    auto answer = snds::read_token_answer(reply.status, reply.body);
    if (auto* denied = std::get_if<snds::Denied>(&answer))
        return std::move(*denied);
    auto& tokens = std::get<snds::Tokens>(answer);
    util::kill_point("snds.token_answered");
    if (!tokens.refresh.empty() && tokens.refresh != before)
        write_token(config.token_file, tokens.refresh);
    return std::move(tokens.access);
}

} // namespace jmrp::network
