#include "dns/resolver.hpp"

#include <ares.h>
#include <netdb.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::dns {

namespace {

using domain::DnsAnswer;
using domain::DnsOutcome;
using domain::DnsQuestion;
using domain::RecordType;

constexpr std::size_t most_records = 256;
constexpr std::size_t most_name_bytes = 253;
constexpr std::size_t most_label_bytes = 63;
constexpr int edns_bytes = 1232; // what passes without fragments
constexpr auto most_seconds = std::chrono::seconds(30);
constexpr int silent_questions = 3; // unanswered ones after which servers are taken for dead

bool can_be_asked(std::string_view name) {
    if (name.empty() || name.size() > most_name_bytes)
        return false;
    const auto labels = util::split(name, '.');
    return std::ranges::all_of(labels, [](auto label) { return !label.empty() && label.size() <= most_label_bytes; });
}

/// c-ares reads names in the form of RFC 1035 section 5.1, where a backslash is not itself.
std::string for_ares(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '\\')
            out += '\\';
        out += c;
    }
    return out;
}

std::string host_name(const char* text) {
    std::string name = util::lower(text);
    if (!name.empty() && name.back() == '.')
        name.pop_back();
    return name;
}

struct Bytes {
    const unsigned char* data;
    int size;
};

/// Each fills in values and returns the status of c-ares.
int read_a(Bytes bytes, std::vector<std::string>& values) {
    std::array<ares_addrttl, most_records + 1> found{};
    int count = found.size();
    const int status = ::ares_parse_a_reply(bytes.data, bytes.size, nullptr, found.data(), &count);
    for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
        std::array<char, INET6_ADDRSTRLEN> text{};
        ::ares_inet_ntop(AF_INET, &found[static_cast<std::size_t>(i)].ipaddr, text.data(), text.size());
        values.emplace_back(text.data());
    }
    return status;
}

int read_aaaa(Bytes bytes, std::vector<std::string>& values) {
    std::array<ares_addr6ttl, most_records + 1> found{};
    int count = found.size();
    const int status = ::ares_parse_aaaa_reply(bytes.data, bytes.size, nullptr, found.data(), &count);
    for (int i = 0; status == ARES_SUCCESS && i < count; ++i) {
        std::array<char, INET6_ADDRSTRLEN> text{};
        ::ares_inet_ntop(AF_INET6, &found[static_cast<std::size_t>(i)].ip6addr, text.data(), text.size());
        values.emplace_back(text.data());
    }
    return status;
}

int read_mx(Bytes bytes, std::vector<std::string>& values) {
    ares_mx_reply* first = nullptr;
    const int status = ::ares_parse_mx_reply(bytes.data, bytes.size, &first);
    std::vector<std::pair<unsigned, std::string>> found;
    for (const ares_mx_reply* one = first; one; one = one->next)
        found.emplace_back(one->priority, host_name(one->host));
    ::ares_free_data(first);
    std::ranges::stable_sort(found, {}, [](const auto& one) { return one.first; });
    for (auto& [priority, host] : found)
        values.push_back(std::move(host));
    return status;
}

int read_ptr(Bytes bytes, std::vector<std::string>& values) {
    hostent* host = nullptr;
    const int status = ::ares_parse_ptr_reply(bytes.data, bytes.size, nullptr, 0, AF_INET, &host);
    if (status == ARES_SUCCESS && host)
        for (char** alias = host->h_aliases; *alias; ++alias)
            values.push_back(host_name(*alias));
    if (host)
        ::ares_free_hostent(host);
    return status;
}

int read_txt(Bytes bytes, std::vector<std::string>& values) {
    ares_txt_ext* first = nullptr;
    const int status = ::ares_parse_txt_reply_ext(bytes.data, bytes.size, &first);
    for (const ares_txt_ext* one = first; one; one = one->next) {
        if (one->record_start || values.empty())
            values.emplace_back();
        values.back().append(reinterpret_cast<const char*>(one->txt), one->length);
    }
    ::ares_free_data(first);
    return status;
}

struct Reader {
    RecordType type;
    int number; ///< RFC 1035 section 3.2.2, RFC 3596
    int (*read)(Bytes bytes, std::vector<std::string>& values);
};
constexpr Reader readers[] = {{RecordType::a, 1, read_a},
                              {RecordType::aaaa, 28, read_aaaa},
                              {RecordType::mx, 15, read_mx},
                              {RecordType::ptr, 12, read_ptr},
                              {RecordType::txt, 16, read_txt}};

struct Trouble {
    int status;
    const char* why;
};
constexpr Trouble troubles[] = {
    {ARES_ETIMEOUT, "no answer in time"},
    {ARES_ECANCELLED, "no answer in time"},
    {ARES_ESERVFAIL, "the server could not find out (SERVFAIL)"},
    {ARES_EREFUSED, "the server refused (REFUSED)"},
    {ARES_ENOTIMP, "the server cannot do that (NOTIMP)"},
    {ARES_EFORMERR, "the server did not understand (FORMERR)"},
    {ARES_ECONNREFUSED, "no server could be reached"},
    {ARES_EBADRESP, "the answer cannot be read"},
};

DnsAnswer failure(std::string why) {
    return {DnsOutcome::failure, {}, std::move(why), util::now()};
}

DnsAnswer answer_without_records(int status) {
    if (status == ARES_ENOTFOUND)
        return {DnsOutcome::no_such_name, {}, {}, util::now()};
    if (status == ARES_ENODATA)
        return {DnsOutcome::no_data, {}, {}, util::now()};
    for (const Trouble& one : troubles)
        if (one.status == status)
            return failure(one.why);
    return failure(::ares_strerror(status));
}

DnsAnswer answer_of(const Reader& reader, int status, Bytes bytes) {
    if (status != ARES_SUCCESS)
        return answer_without_records(status);
    std::vector<std::string> values;
    const int read = reader.read(bytes, values);
    if (read != ARES_SUCCESS)
        return answer_without_records(read);
    if (values.size() > most_records)
        return failure("the answer has more than " + std::to_string(most_records) + " records");
    if (values.empty())
        return answer_without_records(ARES_ENODATA);
    return {DnsOutcome::answer, std::move(values), {}, util::now()};
}

/// One server. c-ares would go on to the next one itself, but forgets over it that a server said SERVFAIL or REFUSED.
class Ares : public Resolver {
  public:
    Ares(const Servers& servers, const std::string& address) {
        [[maybe_unused]] static const int started = ::ares_library_init(ARES_LIB_INIT_ALL);
        ares_options options{};
        options.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP;
        options.ednspsz = edns_bytes;
        options.timeout = servers.timeout_ms;
        options.tries = servers.tries;
        const int status = ::ares_init_options(&channel_, &options,
                                               ARES_OPT_FLAGS | ARES_OPT_EDNSPSZ | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
        if (status != ARES_SUCCESS)
            throw util::Fault(util::FaultKind::system, "start the resolver", ::ares_strerror(status));
        if (!address.empty() && ::ares_set_servers_ports_csv(channel_, address.c_str()) != ARES_SUCCESS) {
            ::ares_destroy(channel_);
            throw util::Fault(util::FaultKind::configuration, "ask the name servers of dns.servers",
                              "'" + util::for_terminal(address) + "' is no address");
        }
    }
    ~Ares() override { ::ares_destroy(channel_); }
    Ares(const Ares&) = delete;
    Ares& operator=(const Ares&) = delete;

    /// Those of the system, where it was made without an address.
    std::vector<std::string> addresses() const {
        std::vector<std::string> out;
        ares_addr_port_node* first = nullptr;
        if (::ares_get_servers_ports(channel_, &first) != ARES_SUCCESS)
            return out;
        for (const ares_addr_port_node* one = first; one; one = one->next) {
            std::array<char, INET6_ADDRSTRLEN> text{};
            ::ares_inet_ntop(one->family, &one->addr, text.data(), text.size());
            const std::string host = one->family == AF_INET ? text.data() : "[" + std::string(text.data()) + "]";
            out.push_back(host + ":" + std::to_string(one->udp_port == 0 ? 53 : one->udp_port));
        }
        ::ares_free_data(first);
        return out;
    }

    DnsAnswer ask(const DnsQuestion& question) override {
        if (!can_be_asked(question.name))
            return {DnsOutcome::no_such_name, {}, {}, util::now()};
        if (!heard_ && silent_ >= silent_questions)
            return failure("no name server answers");
        const auto* reader = std::ranges::find(readers, question.type, &Reader::type);
        Waiting waiting{reader, {}, false, false};
        constexpr int internet = 1;
        ::ares_query(channel_, for_ares(question.name).c_str(), internet, reader->number, take, &waiting);
        wait_for(waiting);
        heard_ = heard_ || waiting.heard;
        silent_ = waiting.heard ? 0 : silent_ + 1;
        return std::move(waiting.answer);
    }

  private:
    struct Waiting {
        const Reader* reader;
        DnsAnswer answer;
        bool done;
        bool heard; ///< a server said something
    };

    // c-ares gives the type. NOLINTNEXTLINE(readability-non-const-parameter)
    static void take(void* context, int status, int, unsigned char* bytes, int size) {
        auto& waiting = *static_cast<Waiting*>(context);
        waiting.answer = answer_of(*waiting.reader, status, {bytes, size});
        waiting.heard = status != ARES_ETIMEOUT && status != ARES_ECANCELLED && status != ARES_ECONNREFUSED;
        waiting.done = true;
    }

    void wait_for(const Waiting& waiting) {
        const auto end = std::chrono::steady_clock::now() + most_seconds;
        while (!waiting.done) {
            if (std::chrono::steady_clock::now() > end) {
                ::ares_cancel(channel_); // calls take()
                return;
            }
            process();
        }
    }

    void process() {
        std::array<ares_socket_t, ARES_GETSOCK_MAXNUM> sockets{};
        const auto wanted =
            static_cast<unsigned>(::ares_getsock(channel_, sockets.data(), static_cast<int>(sockets.size())));
        std::vector<pollfd> polled;
        for (unsigned i = 0; i < sockets.size(); ++i) {
            const bool reads = ARES_GETSOCK_READABLE(wanted, i);
            const bool writes = ARES_GETSOCK_WRITABLE(wanted, i);
            if (reads || writes)
                polled.push_back({sockets[i], static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0});
        }
        timeval most{1, 0};
        timeval left{};
        const timeval* until = ::ares_timeout(channel_, &most, &left);
        const auto milliseconds = static_cast<int>(until->tv_sec * 1000 + until->tv_usec / 1000 + 1);
        if (::poll(polled.data(), polled.size(), milliseconds) <= 0) {
            ::ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
            return;
        }
        constexpr short readable = POLLIN | POLLERR | POLLHUP;
        for (const pollfd& one : polled)
            ::ares_process_fd(channel_, (one.revents & readable) != 0 ? one.fd : ARES_SOCKET_BAD,
                              (one.revents & POLLOUT) != 0 ? one.fd : ARES_SOCKET_BAD);
    }

    ares_channel channel_ = nullptr;
    bool heard_ = false;
    int silent_ = 0;
};

/// One after the other, until one knows.
class Several : public Resolver {
  public:
    void add(std::unique_ptr<Resolver> one) { servers_.push_back(std::move(one)); }
    DnsAnswer ask(const DnsQuestion& question) override {
        DnsAnswer answer = failure("there is no name server");
        for (const auto& server : servers_) {
            answer = server->ask(question);
            if (answer.outcome != DnsOutcome::failure)
                break;
        }
        return answer;
    }

  private:
    std::vector<std::unique_ptr<Resolver>> servers_;
};

} // namespace

std::unique_ptr<Resolver> resolver_of(const Servers& servers) {
    auto out = std::make_unique<Several>();
    for (const std::string& address : servers.addresses.empty() ? Ares(servers, {}).addresses() : servers.addresses)
        out->add(std::make_unique<Ares>(servers, address));
    return out;
}

} // namespace jmrp::dns
