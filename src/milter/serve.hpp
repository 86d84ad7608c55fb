#pragma once
// The door to libmilter.
#include <string>

#include "milter/stamper.hpp"

namespace jmrp::milter {

/// "unix:/run/jmrp/milter.sock" or "inet:8899@127.0.0.1" ("inet6:..."), as libmilter reads it; "local:" is "unix:".
/// Throws Fault(configuration).
void check_socket(const std::string& socket);

/// Keeps SIGTERM, SIGINT and SIGHUP from every thread that is started from here on: libmilter waits for them.
void block_stop_signals();

/// Answers mail servers until SIGTERM, SIGINT or SIGHUP. libmilter ends its conversations then, and their mail goes on without
/// a token; its threads may live on after the return, so the stamper and what it uses have to stay. A socket file gets mode
/// 0660; one that a dead process left is replaced. `ready` is called once it listens. Throws Fault where it cannot listen.
void serve(Stamper& stamper, const std::string& socket, const std::function<void()>& ready);

} // namespace jmrp::milter
