#pragma once
#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "domain/feed.hpp"
#include "transfer/channel.hpp"

namespace jmrp::transfer {

/// Connects to the mailbox's server, secures the connection, checks the server's certificate and logs in; what is sent and
/// received from then on is for the caller. `place` names server and feed in what is thrown: Fault(configuration) where a
/// person has to change something (certificate, password), Fault(network) where trying again may help. Neither holds the
/// secret, the user or more of the server's answer to them than its response code.
std::unique_ptr<Channel> connect(const domain::Mailbox& mailbox, const std::string& secret, std::string_view place,
                                 const std::atomic<bool>& stop);

} // namespace jmrp::transfer
