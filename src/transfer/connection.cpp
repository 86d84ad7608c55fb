#include "transfer/connection.hpp"

#include <curl/curl.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>

#include "transfer/trouble.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::transfer {

namespace {

using util::Fault;
using util::FaultKind;

constexpr const char* forms_of_url = "'url' is imap://HOST[:PORT] or imaps://HOST[:PORT]";

/// Codes of a refused login that say nothing about who logs in (RFC 5530).
constexpr std::string_view passing_codes[] = {"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG", "CONTACTADMIN"};

std::string hint_at_login(const domain::SecretSource& secret) {
    const char* key = !secret.file.empty() ? "secret_file" : !secret.command.empty() ? "secret_command" : "secret_env";
    return "are 'user', 'login' and what '" + std::string(key) + "' gives right?";
}

/// What is kept of the talk before the connection is ours: whether and how the server refused.
struct Refusal {
    bool refused = false;
    std::string code;
};

int listen(CURL*, curl_infotype type, char* data, std::size_t size, void* into) {
    if (type != CURLINFO_HEADER_IN)
        return 0;
    const std::string_view line(data, size);
    const auto space = line.find(' ');
    if (space == 0 || space == std::string_view::npos || line.front() == '*' || line.front() == '+')
        return 0;
    std::string_view answer = line.substr(space + 1);
    Refusal& refusal = *static_cast<Refusal*>(into);
    refusal.refused = !util::starts_with_ignoring_case(answer, "OK");
    refusal.code.clear();
    answer.remove_prefix(std::min(answer.find(' '), answer.size()));
    if (answer = util::trim(answer); refusal.refused && !answer.empty() && answer.front() == '[')
        for (const char c : answer.substr(1)) {
            if ((!util::is_alnum(c) && c != '-') || refusal.code.size() >= 32)
                break;
            refusal.code += c;
        }
    return 0;
}

int keep_waiting(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return *static_cast<const std::atomic<bool>*>(stop) ? 1 : 0;
}

class Connection final : public Channel {
  public:
    Connection(const domain::Mailbox& mailbox, std::string_view place, const std::atomic<bool>& stop)
        : mailbox_(mailbox), place_(place), curl_(curl_easy_init(), curl_easy_cleanup) {
        if (!curl_)
            throw Fault(FaultKind::full, "connect to " + place_, "libcurl does not start");
        set(CURLOPT_URL, mailbox.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "imap,imaps");
        set(CURLOPT_CONNECT_ONLY, 1L);
        set(CURLOPT_USE_SSL, static_cast<long>(mailbox.allow_no_tls ? CURLUSESSL_NONE : CURLUSESSL_ALL));
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!mailbox.ca_file.empty()) {
            set(CURLOPT_CAINFO, mailbox.ca_file.c_str());
            set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
        }
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TCP_KEEPALIVE, 1L);
        set(CURLOPT_TIMEOUT, static_cast<long>(mailbox.timeout_seconds)); // of the talk until we are logged in
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, keep_waiting);
        set(CURLOPT_XFERINFODATA, &stop);
        set(CURLOPT_ERRORBUFFER, error_.data());
        set(CURLOPT_VERBOSE, 1L);
        set(CURLOPT_DEBUGFUNCTION, listen);
        set(CURLOPT_DEBUGDATA, &refusal_);
    }

    /// False: the server knows none of these ways, and nothing was given away.
    bool log_in(const std::string& secret, const char* ways) {
        set(CURLOPT_USERNAME, mailbox_.user.c_str());
        set(mailbox_.login == domain::Login::password ? CURLOPT_PASSWORD : CURLOPT_XOAUTH2_BEARER, secret.c_str());
        set(CURLOPT_LOGIN_OPTIONS, ways);
        refusal_ = {};
        error_[0] = '\0';
        const CURLcode code = curl_easy_perform(curl_.get());
        if (code == CURLE_LOGIN_DENIED && !refusal_.refused && mailbox_.login == domain::Login::password)
            return false;
        check(code, "log in to");
        if (curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket_) != CURLE_OK || socket_ == CURL_SOCKET_BAD)
            throw Fault(FaultKind::network, "log in to " + place_, "the connection is gone");
        curl_easy_setopt(curl_.get(), CURLOPT_VERBOSE, 0L);
        return true;
    }

    [[noreturn]] void refuse_without_a_way() const {
        throw Fault(FaultKind::configuration, "log in to " + place_, "the server offers no login by password",
                    "does it want a token, 'login' = xoauth2 or oauthbearer?");
    }

    void send(std::string_view bytes) override {
        while (!bytes.empty()) {
            std::size_t sent = 0;
            const CURLcode code = curl_easy_send(curl_.get(), bytes.data(), bytes.size(), &sent);
            if (code == CURLE_AGAIN)
                wait(POLLOUT, {std::chrono::seconds(mailbox_.timeout_seconds)});
            else
                check(code, "talk to");
            bytes.remove_prefix(sent);
        }
    }

    std::size_t receive(std::span<char> into, const Patience& patience) override {
        while (true) { // before any waiting: bytes that were decrypted already do not show at the socket
            std::size_t received = 0;
            const CURLcode code = curl_easy_recv(curl_.get(), into.data(), into.size(), &received);
            if (code == CURLE_AGAIN) {
                if (!wait(POLLIN, patience))
                    return 0;
                continue;
            }
            check(code, "hear from");
            if (received == 0)
                throw Fault(FaultKind::network, "hear from " + place_, "the server closed the connection");
            return received;
        }
    }

  private:
    template <typename Value>
    void set(CURLoption option, Value value) {
        if (const CURLcode code = curl_easy_setopt(curl_.get(), option, value); code != CURLE_OK)
            throw Fault(FaultKind::system, "connect to " + place_, curl_easy_strerror(code));
    }

    void check(CURLcode code, std::string_view attempt) const {
        if (code == CURLE_OK)
            return;
        const Trouble trouble = trouble_of(code, forms_of_url);
        FaultKind kind = trouble.kind;
        std::string hint = trouble.hint ? trouble.hint : hint_at_login(mailbox_.secret);
        std::string why = error_[0] != '\0' ? util::for_terminal(error_.data()) : curl_easy_strerror(code);
        if (code == CURLE_LOGIN_DENIED) {
            why = "the server refuses the login";
            if (!refusal_.code.empty())
                why += " [" + refusal_.code + "]";
            for (const std::string_view passing : passing_codes)
                if (util::equal_ignoring_case(passing, refusal_.code)) {
                    kind = FaultKind::network;
                    hint.clear();
                }
        }
        throw Fault(kind, std::string(attempt) + " " + place_, std::move(why), std::move(hint));
    }

    /// False: `stop` was raised.
    bool wait(short events, const Patience& patience) const {
        using Clock = std::chrono::steady_clock;
        constexpr int look_up_milliseconds = 250;
        const auto until = Clock::now() + patience.most;
        while (!patience.stop || !*patience.stop) {
            pollfd one{socket_, events, 0};
            const int ready = ::poll(&one, 1, look_up_milliseconds);
            if (ready > 0)
                return true;
            if (ready < 0 && errno != EINTR)
                throw util::system_fault("wait for " + place_, errno);
            if (Clock::now() >= until)
                throw Fault(FaultKind::network, "hear from " + place_,
                            "it was silent for " + std::to_string(patience.most.count()) + " s");
        }
        return false;
    }

    domain::Mailbox mailbox_;
    std::string place_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    Refusal refusal_;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
    curl_socket_t socket_ = CURL_SOCKET_BAD;
};

} // namespace

std::unique_ptr<Channel> connect(const domain::Mailbox& mailbox, const std::string& secret, std::string_view place,
                                 const std::atomic<bool>& stop) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK)
        throw Fault(FaultKind::system, "start libcurl", curl_easy_strerror(started));
    auto connection = std::make_unique<Connection>(mailbox, place, stop);
    switch (mailbox.login) {
    case domain::Login::oauthbearer:
        connection->log_in(secret, "AUTH=OAUTHBEARER");
        break;
    case domain::Login::xoauth2:
        connection->log_in(secret, "AUTH=XOAUTH2");
        break;
    case domain::Login::password:
        // Left to itself libcurl tries Kerberos first where a server offers it. Where there is no way of ours it may choose.
        if (!connection->log_in(secret, "AUTH=PLAIN;AUTH=LOGIN") && !connection->log_in(secret, ""))
            connection->refuse_without_a_way();
        break;
    }
    return connection;
}

} // namespace jmrp::transfer
