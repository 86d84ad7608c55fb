#pragma once
// Requests to Microsoft, for SNDS and for the sign-in.
#include <string>
#include <vector>

#include "cli/config.hpp"
#include "network/patience.hpp"
#include "transfer/http.hpp"

namespace jmrp::network {

/// "https://host", without what may be a secret.
std::string origin_of(std::string_view url);

/// Keeps trying what fails for the moment, as long as the run's patience lasts, and goes along with redirects within one host alone.
class SndsClient {
  public:
    explicit SndsClient(const cli::Config::Snds& config);

    /// `bearer` may be empty. Throws Fault as HttpClient does; network: patience is at its end.
    transfer::HttpReply get(const std::string& url, const std::string& bearer);
    transfer::HttpReply post(const std::string& url, const std::string& form);

  private:
    transfer::HttpReply ask(transfer::HttpRequest request);
    transfer::HttpReply ask_until_answered(const transfer::HttpRequest& request);

    transfer::HttpClient client_;
    Patience patience_;
};

} // namespace jmrp::network
