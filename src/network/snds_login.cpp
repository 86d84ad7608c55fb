// jmrp snds login: a person signs in with a browser, and the answer comes back to a listener on this host, or is pasted.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>

#include "cli/output.hpp"
#include "cli/stop.hpp"
#include "network/snds.hpp"
#include "network/snds_token.hpp"
#include "util/base_codes.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/seal.hpp"
#include "util/text.hpp"

namespace jmrp::network {

namespace {

using util::Fault;
using util::FaultKind;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes most_patience{10};
constexpr std::chrono::seconds most_of_a_browser{5};
constexpr std::size_t most_bytes = 16U << 10U;
constexpr const char* attempted = "sign in to SNDS";

template <std::size_t Size>
std::string text_of(const std::array<unsigned char, Size>& bytes) {
    return util::base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// Whether it can be read before then. Throws Fault(busy) where somebody wants to stop.
bool wait_for(int fd, Clock::time_point until) {
    while (Clock::now() < until) {
        if (cli::stop_wanted)
            throw Fault(FaultKind::busy, attempted, "it was told to stop");
        pollfd one{fd, POLLIN, 0};
        if (::poll(&one, 1, 100) > 0)
            return true;
    }
    return false;
}

/// On this host alone, where no other host can reach it.
class Listener {
  public:
    explicit Listener(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const int yes = 1;
        socklen_t size = sizeof address;
        auto* where = reinterpret_cast<sockaddr*>(&address);
        if (!fd_ || ::setsockopt(fd_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
            ::bind(fd_.get(), where, size) != 0 || ::listen(fd_.get(), 16) != 0 ||
            ::getsockname(fd_.get(), where, &size) != 0)
            throw util::system_fault("listen for the browser on 127.0.0.1", errno,
                                     "'jmrp snds login --paste' does without");
        port_ = ntohs(address.sin_port);
    }

    std::uint16_t port() const noexcept { return port_; }

    /// What a browser brings that knows `state`. Others are told that they are wrong here.
    snds::Returned wait(const std::string& state) {
        const auto until = Clock::now() + most_patience;
        while (wait_for(fd_.get(), until)) {
            const util::Fd browser(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (!browser)
                continue;
            const auto returned = snds::read_redirect(path_asked_by(browser.get()));
            const bool is_ours = returned && returned->state == state;
            answer(browser.get(), is_ours, is_ours && returned->error.empty());
            if (is_ours)
                return *returned;
        }
        throw Fault(FaultKind::busy, attempted, "no browser came back within ten minutes",
                    "where the browser runs on another host, 'jmrp snds login --paste' takes the address by hand");
    }

  private:
    /// The second word of the first line of a request; empty where there is none in time.
    static std::string path_asked_by(int browser) {
        std::string text;
        const auto until = Clock::now() + most_of_a_browser;
        while (text.size() < most_bytes && text.find("\r\n\r\n") == std::string::npos && wait_for(browser, until)) {
            char bytes[4096];
            const ssize_t count = ::recv(browser, bytes, sizeof bytes, 0);
            if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR))
                break;
            text.append(bytes, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        }
        const auto words = util::split(std::string_view(text).substr(0, text.find("\r\n")), ' ');
        return words.size() == 3 && words[0] == "GET" ? std::string(words[1]) : std::string();
    }

    static void answer(int browser, bool is_ours, bool signed_in) {
        const std::string body = signed_in ? "Signed in. This page can be closed.\n"
                                 : is_ours ? "Not signed in: the terminal says why.\n"
                                           : "There is nothing here.\n";
        const std::string text = std::string(is_ours ? "HTTP/1.1 200 OK" : "HTTP/1.1 404 Not Found") +
                                 "\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n"
                                 "Referrer-Policy: no-referrer\r\nConnection: close\r\nContent-Length: " +
                                 std::to_string(body.size()) + "\r\n\r\n" + body;
        static_cast<void>(
            ::send(browser, text.data(), text.size(), MSG_NOSIGNAL)); // who does not read it misses nothing
    }

    util::Fd fd_;
    std::uint16_t port_ = 0;
};

/// Port of "http://localhost:PORT"; 0: any.
std::uint16_t port_of(const std::string& redirect) {
    const auto colon = redirect.rfind(':');
    return static_cast<std::uint16_t>(util::parse_unsigned(std::string_view(redirect).substr(colon + 1)).value_or(0));
}

snds::Returned pasted(const std::string& state) {
    std::fputs(
        "Then the browser shows an error, because nothing listens there. Paste the whole address that it shows:\n",
        stdout);
    std::fflush(stdout);
    std::string line;
    char c = 0;
    while (line.size() < most_bytes && wait_for(STDIN_FILENO, Clock::now() + most_patience) &&
           util::read_some(STDIN_FILENO, &c, 1, "standard input") == 1 && c != '\n')
        line += c;
    const auto returned = snds::read_redirect(line);
    if (!returned)
        throw Fault(FaultKind::usage, attempted, "what was pasted is no address with a code in it",
                    "it begins with http://localhost and holds code= and state=");
    if (returned->state != state)
        throw Fault(FaultKind::usage, attempted, "that address belongs to another attempt",
                    "open the address that was shown last, and paste what that leads to");
    return *returned;
}

void show(const std::string& url) {
    std::printf(
        "Open this address in a browser, and sign in with the Microsoft account that has access to SNDS:\n\n%s\n\n",
        url.c_str());
    std::fflush(stdout);
}

} // namespace

cli::ExitStatus log_in_to_snds(const cli::Invocation& invocation) {
    const cli::Config::Snds& config = invocation.config.snds;
    cli::stop_on_signals();
    store::Store store = cli::open_store(invocation); // its folder is where the sign-in goes
    snds::SignIn sign_in = sign_in_of(config);
    const std::string state = text_of(util::random_nonce());
    const std::string verifier = text_of(util::new_secret_key());
    snds::Returned returned;
    if (invocation.has("paste")) {
        show(snds::authorize_url(sign_in, state, verifier));
        returned = pasted(state);
    } else {
        Listener listener(port_of(sign_in.redirect));
        sign_in.redirect = "http://localhost:" + std::to_string(listener.port());
        show(snds::authorize_url(sign_in, state, verifier));
        returned = listener.wait(state);
    }
    if (!returned.error.empty())
        throw Fault(FaultKind::permission, attempted, "Microsoft says " + returned.error);
    SndsClient client(config);
    const transfer::HttpReply reply =
        client.post(config.authority + "/token", snds::redeem_form(sign_in, returned.code, verifier));
    const auto answer = snds::read_token_answer(reply.status, reply.body);
    if (const auto* denied = std::get_if<snds::Denied>(&answer))
        throw Fault(FaultKind::permission, attempted, origin_of(config.authority) + ": " + told(*denied),
                    "a code lives about a minute; begin anew");
    const auto& tokens = std::get<snds::Tokens>(answer);
    if (tokens.refresh.empty())
        throw Fault(FaultKind::configuration, attempted, "it gives no refresh token",
                    "snds.scope holds offline_access, or is empty");
    keep_sign_in(config.token_file, tokens.refresh);
    domain::SndsAnswer signed_in;
    signed_in.source = "rest";
    signed_in.kind = domain::SndsKind::sign_in;
    signed_in.at = util::now();
    signed_in.outcome = domain::SndsOutcome::rows;
    store.keep_snds(signed_in);
    if (!invocation.quiet)
        cli::print_line("Signed in; " + config.token_file.string() +
                        " keeps that. 'jmrp snds fetch' asks for what there is.");
    return cli::ExitStatus::ok;
}

} // namespace jmrp::network
