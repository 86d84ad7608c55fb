#include "milter/serve.hpp"

#include <arpa/inet.h>
#include <libmilter/mfapi.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstring>
#include <exception>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>

#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/log.hpp"
#include "util/text.hpp"

namespace jmrp::milter {

namespace {

using util::Fault;
using util::FaultKind;

constexpr std::size_t most_kept = 2000; ///< bytes of a field's value; a token is shorter

/// libmilter hands its callbacks no word of ours.
Stamper* stamper_of_process = nullptr;

/// Letters between MAIL FROM and their end: what a stop waits for.
std::atomic<int> letters_under_way = 0;
constexpr auto longest_stop = std::chrono::seconds(5);

struct Session {
    Client client;
    Letter letter;
    bool under_way = false;
    unsigned long silent = 0; ///< SMFIP_NR_*: the steps the mail server wants no answer to
};

Session* session_of(SMFICTX* context) {
    return static_cast<Session*>(smfi_getpriv(context));
}

Session& session_for(SMFICTX* context) {
    if (Session* there = session_of(context))
        return *there;
    auto made = std::make_unique<Session>();
    smfi_setpriv(context, made.get());
    return *made.release();
}

void under_way(Session& session, bool now) {
    letters_under_way += static_cast<int>(now) - static_cast<int>(session.under_way);
    session.under_way = now;
}

void empty_letter(Session& session) {
    under_way(session, false);
    session.letter = {};
    session.letter.stamps.resize(stamper_of_process->rules().headers.size());
}

sfsistat on_trouble() {
    return stamper_of_process->rules().on_trouble == domain::OnTrouble::tempfail ? SMFIS_TEMPFAIL : SMFIS_ACCEPT;
}

/// No exception leaves into C, and no mail is held up by one.
template <typename Work>
sfsistat guarded(const Work& work) noexcept {
    try {
        return work();
    } catch (const std::exception& error) {
        try {
            util::log(util::LogLevel::error, std::string("mail goes without a token: ") + error.what());
        } catch (...) { // not even memory for that
        }
        return on_trouble();
    }
}

sfsistat go_on(const Session& session, unsigned long step) {
    return (session.silent & step) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

std::optional<domain::Ip> ip_of(const sockaddr* address) {
    char text[INET6_ADDRSTRLEN] = "";
    if (address && address->sa_family == AF_INET)
        ::inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text, sizeof text);
    else if (address && address->sa_family == AF_INET6)
        ::inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr, text, sizeof text);
    return domain::parse_ip(text);
}

std::string macro(SMFICTX* context, const char* name) {
    std::string writable(name);
    const char* value = smfi_getsymval(context, writable.data());
    return value ? value : "";
}

// The callbacks, in the order of a conversation.

sfsistat on_negotiate(SMFICTX* context, unsigned long offered_actions, unsigned long offered_steps, unsigned long,
                      unsigned long, unsigned long* actions, unsigned long* steps, unsigned long* unused_1,
                      unsigned long* unused_2) {
    return guarded([&]() -> sfsistat {
        constexpr unsigned long needed = SMFIF_ADDHDRS | SMFIF_CHGHDRS;
        if ((offered_actions & needed) != needed) {
            util::log(util::LogLevel::error,
                      "the mail server lets nobody change a header; its mail goes without a token");
            return SMFIS_REJECT;
        }
        constexpr unsigned long unwanted = SMFIP_NOHELO | SMFIP_NOBODY | SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_NOEOH;
        constexpr unsigned long unanswered = SMFIP_NR_CONN | SMFIP_NR_MAIL | SMFIP_NR_RCPT | SMFIP_NR_HDR;
        Session& session = session_for(context);
        session.silent = offered_steps & unanswered;
        *actions = needed | (offered_actions & SMFIF_SETSYMLIST);
        *steps = offered_steps & (unwanted | unanswered);
        *unused_1 = 0;
        *unused_2 = 0;
        if ((offered_actions & SMFIF_SETSYMLIST) != 0) {
            char login[] = "{auth_authen}";
            char queue_id[] = "i";
            smfi_setsymlist(context, SMFIM_ENVFROM, login);
            smfi_setsymlist(context, SMFIM_EOM, queue_id);
        }
        return SMFIS_CONTINUE;
    });
}

sfsistat on_connect(SMFICTX* context, char*, sockaddr* address) {
    return guarded([&] {
        Session& session = session_for(context);
        session.client = {ip_of(address), false};
        return go_on(session, SMFIP_NR_CONN);
    });
}

sfsistat on_sender(SMFICTX* context, char** arguments) {
    return guarded([&] {
        Session& session = session_for(context);
        empty_letter(session);
        under_way(session, true);
        session.letter.sender = arguments && arguments[0] ? arguments[0] : "";
        session.client.authenticated = !macro(context, "{auth_authen}").empty();
        return go_on(session, SMFIP_NR_MAIL);
    });
}

sfsistat on_recipient(SMFICTX* context, char** arguments) {
    return guarded([&] {
        Session& session = session_for(context);
        if (session.letter.recipients.size() >= most_recipients)
            session.letter.too_many_recipients = true;
        else
            session.letter.recipients.emplace_back(arguments && arguments[0] ? arguments[0] : "");
        return go_on(session, SMFIP_NR_RCPT);
    });
}

void keep_first(std::string& kept, std::string_view value) {
    if (kept.empty())
        kept = value.substr(0, most_kept);
}

// libmilter gives the type. NOLINTNEXTLINE(readability-non-const-parameter)
sfsistat on_header(SMFICTX* context, char* name, char* value) {
    return guarded([&] {
        Session& session = session_for(context);
        Letter& letter = session.letter;
        const std::string_view field = name ? name : "";
        const std::string_view text = value ? value : "";
        if (util::equal_ignoring_case(field, "From"))
            keep_first(letter.from, text);
        else if (util::equal_ignoring_case(field, "Message-ID"))
            keep_first(letter.message_id, text);
        const auto& headers = stamper_of_process->rules().headers;
        for (std::size_t i = 0; i < headers.size() && i < letter.stamps.size(); ++i)
            if (util::equal_ignoring_case(field, headers[i])) // with two of them none is read
                letter.stamps[i].emplace_back(letter.stamps[i].empty() ? text.substr(0, most_kept) : "");
        return go_on(session, SMFIP_NR_HDR);
    });
}

/// False where the mail server does not do it.
bool apply(SMFICTX* context, const Change& change) {
    std::string header = change.header;
    for (std::size_t i = change.remove; i > 0; --i)
        if (smfi_chgheader(context, header.data(), static_cast<int>(i), nullptr) != MI_SUCCESS)
            return false;
    std::string value = change.add;
    return value.empty() || smfi_addheader(context, header.data(), value.data()) == MI_SUCCESS;
}

sfsistat answer(SMFICTX* context, const Session& session) {
    return guarded([&]() -> sfsistat {
        const Outcome outcome = stamper_of_process->stamp(session.client, session.letter, macro(context, "i"));
        for (const Change& change : outcome.changes)
            if (!apply(context, change)) {
                util::log(util::LogLevel::error, "the mail server does not take a change of the header");
                return on_trouble();
            }
        return outcome.kind == Outcome::Kind::unstamped ? on_trouble() : SMFIS_CONTINUE;
    });
}

sfsistat on_end(SMFICTX* context) {
    return guarded([&] {
        Session& session = session_for(context);
        const sfsistat result = answer(context, session);
        empty_letter(session);
        return result;
    });
}

sfsistat on_abort(SMFICTX* context) {
    return guarded([&]() -> sfsistat {
        empty_letter(session_for(context));
        return SMFIS_CONTINUE;
    });
}

sfsistat on_close(SMFICTX* context) {
    if (Session* session = session_of(context)) {
        under_way(*session, false);
        delete session;
    }
    smfi_setpriv(context, nullptr);
    return SMFIS_CONTINUE;
}

std::string_view file_of(std::string_view socket) {
    for (const std::string_view prefix : {"unix:", "local:"})
        if (socket.starts_with(prefix))
            return socket.substr(prefix.size());
    return {};
}

/// Taking the socket of a process that lives would leave it deaf.
void expect_nobody_at(const std::string& file) {
    sockaddr_un address{};
    if (file.size() >= sizeof address.sun_path)
        throw Fault(FaultKind::configuration, "listen at " + file, "the path of a socket is shorter than 108 bytes");
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, file.data(), file.size());
    struct stat found {};
    if (::lstat(file.c_str(), &found) != 0)
        return;
    if (!S_ISSOCK(found.st_mode))
        throw Fault(FaultKind::configuration, "listen at " + file, "there is something else, no socket");
    const util::Fd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (probe && ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
        throw Fault(FaultKind::busy, "listen at " + file, "another process does");
}

smfiDesc description() {
    static char name[] = "jmrp";
    smfiDesc filter{};
    filter.xxfi_name = name;
    filter.xxfi_version = SMFI_VERSION;
    filter.xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_SETSYMLIST;
    filter.xxfi_connect = on_connect;
    filter.xxfi_envfrom = on_sender;
    filter.xxfi_envrcpt = on_recipient;
    filter.xxfi_header = on_header;
    filter.xxfi_eom = on_end;
    filter.xxfi_abort = on_abort;
    filter.xxfi_close = on_close;
    filter.xxfi_negotiate = on_negotiate;
    return filter;
}

} // namespace

void check_socket(const std::string& socket) {
    for (const std::string_view prefix : {"unix:/", "local:/", "inet:", "inet6:"})
        if (socket.starts_with(prefix) && socket.size() > prefix.size())
            return;
    throw Fault(FaultKind::configuration, "listen at '" + util::for_terminal(socket) + "'", "it is no socket",
                "such as unix:/run/jmrp/milter.sock or inet:8899@127.0.0.1");
}

void block_stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void serve(Stamper& stamper, const std::string& socket, const std::function<void()>& ready) {
    check_socket(socket);
    const std::string file(file_of(socket));
    if (!file.empty())
        expect_nobody_at(file);
    stamper_of_process = &stamper;
    std::string writable = socket;
    if (smfi_setconn(writable.data()) != MI_SUCCESS || smfi_register(description()) != MI_SUCCESS)
        throw Fault(FaultKind::system, "start libmilter", "it takes neither the socket nor the filter");
    const mode_t mask = ::umask(0117); // 0660: the mail server's user is in the group
    const int opened = smfi_opensocket(true);
    ::umask(mask);
    if (opened != MI_SUCCESS)
        throw Fault(FaultKind::system, "listen at " + util::for_terminal(socket), "libmilter cannot make the socket",
                    "is its folder there, may this user write there, and is the port free?");
    ready();
    if (smfi_main() != MI_SUCCESS)
        throw Fault(FaultKind::system, "answer mail servers at " + util::for_terminal(socket), "libmilter gave up");
    if (!file.empty())
        ::unlink(file.c_str());
    // The threads of libmilter outlive it.
    const auto end = std::chrono::steady_clock::now() + longest_stop;
    while (letters_under_way > 0 && std::chrono::steady_clock::now() < end)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
}

} // namespace jmrp::milter
