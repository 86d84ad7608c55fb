#pragma once
// Requests over HTTP and HTTPS, one after the other.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace jmrp::transfer {

/// User and secret, where the protocol itself carries them.
struct HttpLogin {
    enum class Kind {
        none,
        basic, ///< RFC 7617
        aws,   ///< Signature Version 4
    };
    Kind kind = Kind::none;
    std::string user;
    std::string secret;
    std::string signed_for; ///< of aws: "aws:amz:REGION:SERVICE"
};

struct HttpRequest {
    std::string method;
    std::string url;
    std::vector<std::string> headers; ///< "Name: value"; without control characters
    std::string body;                 ///< empty: none
};

struct HttpReply {
    int status = 0;
    std::optional<std::chrono::seconds> retry_after;
    std::string location; ///< of a redirect, a whole URL; empty: none
    std::string body;
};

struct HttpOptions {
    std::filesystem::path ca_file; ///< in place of the system's authorities; empty: those
    std::chrono::seconds timeout{30};
    std::size_t most_bytes = std::size_t{1} << 20U; ///< of an answer
    HttpLogin login;
    std::string place;                       ///< names the server in what is thrown
    const std::atomic<bool>* stop = nullptr; ///< ends a request under way
};

/// Keeps its connection from one request to the next. Redirects are answers like others: none is followed.
class HttpClient {
  public:
    explicit HttpClient(HttpOptions options);
    ~HttpClient();
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;

    /// Throws Fault(configuration) where a person has to change something, as the certificate; Fault(network) where trying
    /// again may help; Fault(busy) where `stop` was raised. None holds the secret, a header, or a word of the server's.
    HttpReply ask(const HttpRequest& request);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace jmrp::transfer
