#include "dns/spf.hpp"

#include <netinet/in.h>

extern "C" {
#include <spf2/spf.h>
}

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::dns {

namespace {

using domain::DnsAnswer;
using domain::DnsOutcome;
using domain::Ip;
using domain::RecordType;
using domain::SpfFinding;
using domain::SpfResult;

constexpr int most_voids = 2;

struct TypePair {
    ns_type theirs;
    RecordType ours;
};
constexpr TypePair types[] = {{ns_t_a, RecordType::a},
                              {ns_t_aaaa, RecordType::aaaa},
                              {ns_t_mx, RecordType::mx},
                              {ns_t_ptr, RecordType::ptr},
                              {ns_t_txt, RecordType::txt}};

/// What the look-ups of one check go through.
struct Hook {
    Resolver& resolver;
    int voids = 0;
    std::vector<std::string> ptr_names; ///< a name of the address that is not there is not the domain owner's doing
    std::string failure;
};

struct Freed {
    void operator()(SPF_server_t* one) const { ::SPF_server_free(one); }
    void operator()(SPF_request_t* one) const { ::SPF_request_free(one); }
    void operator()(SPF_response_t* one) const { ::SPF_response_free(one); }
};

int error_number(const DnsAnswer& answer) {
    switch (answer.outcome) {
    case DnsOutcome::answer:
        return NETDB_SUCCESS;
    case DnsOutcome::no_such_name:
        return HOST_NOT_FOUND;
    case DnsOutcome::no_data:
        return NO_DATA;
    case DnsOutcome::failure:
        break;
    }
    return TRY_AGAIN;
}

/// The library takes texts to end with their first NUL, and so would not see what comes after it in a record.
std::string without_nul(std::string text) {
    std::ranges::replace(text, '\0', '\x01');
    return text;
}

void add(SPF_dns_rr_t* records, RecordType type, const std::string& value) {
    const int at = records->num_rr;
    const std::string text = without_nul(value);
    const std::size_t size = std::max(text.size() + 1, sizeof(SPF_dns_rr_data_t));
    if (::SPF_dns_rr_buf_realloc(records, at, size) != SPF_E_SUCCESS)
        throw std::bad_alloc();
    void* place = records->rr[at];
    if (type == RecordType::a || type == RecordType::aaaa) {
        const auto ip = domain::parse_ip(value);
        if (!ip || ip->is_v4() != (type == RecordType::a)) // an AAAA record may hold an IPv4-mapped address
            return;
        std::memcpy(place, domain::bytes_of(*ip).data(), ip->is_v4() ? 4 : 16);
    } else {
        std::memcpy(place, text.c_str(), text.size() + 1);
    }
    ++records->num_rr;
}

SPF_dns_rr_t* look_up(SPF_dns_server_t* server, const char* domain, ns_type type, int) {
    auto& hook = *static_cast<Hook*>(server->hook);
    const auto* pair = std::ranges::find(types, type, &TypePair::theirs);
    std::string name = domain;
    if (!name.empty() && name.back() == '.')
        name.pop_back();
    DnsAnswer answer{DnsOutcome::no_data, {}, {}, 0};
    if (pair != std::end(types))
        answer = hook.resolver.ask({name, pair->ours, {}});
    if (answer.outcome == DnsOutcome::failure)
        hook.failure = answer.why;
    if (type == ns_t_ptr)
        hook.ptr_names = answer.values;
    const bool counts = type == ns_t_a || type == ns_t_aaaa || type == ns_t_mx;
    if (answer.is_void() && counts &&
        std::ranges::find(hook.ptr_names, util::lower(name)) == hook.ptr_names.end())
        ++hook.voids;
    SPF_dns_rr_t* records = ::SPF_dns_rr_new_init(server, domain, type, 0, error_number(answer));
    if (!records)
        throw std::bad_alloc();
    for (const std::string& value : answer.values)
        add(records, pair->ours, value);
    return records;
}

void say_nothing(const char*, int, const char*) {}

struct ResultRow {
    SPF_result_t theirs;
    SpfResult ours;
    const char* reason;
};
constexpr ResultRow results[] = {
    {SPF_RESULT_PASS, SpfResult::pass, ""},
    {SPF_RESULT_FAIL, SpfResult::fail, "the record does not allow the address"},
    {SPF_RESULT_SOFTFAIL, SpfResult::softfail, "the record hardly allows the address"},
    {SPF_RESULT_NEUTRAL, SpfResult::neutral, "the record does not say whether the address is allowed"},
    {SPF_RESULT_NONE, SpfResult::none, "there is no SPF record"},
    {SPF_RESULT_TEMPERROR, SpfResult::temperror, "the DNS did not answer"},
    {SPF_RESULT_PERMERROR, SpfResult::permerror, "the record is wrong"},
};

void set_ip(SPF_request_t* request, const Ip& ip) {
    if (ip.is_v4()) {
        in_addr address{};
        std::memcpy(&address, domain::bytes_of(ip).data(), sizeof address);
        ::SPF_request_set_ipv4(request, address);
    } else {
        in6_addr address{};
        std::memcpy(&address, domain::bytes_of(ip).data(), sizeof address);
        ::SPF_request_set_ipv6(request, address);
    }
}

void evaluate(Hook& hook, const SpfQuestion& question, const std::string& sender, SpfFinding& out) {
    ::SPF_warning_handler = say_nothing;
    ::SPF_info_handler = say_nothing;
    ::SPF_debug_handler = say_nothing;
    SPF_dns_server_t dns{};
    dns.lookup = look_up;
    dns.name = "jmrp";
    dns.hook = &hook;
    const std::unique_ptr<SPF_server_t, Freed> server(::SPF_server_new_dns(&dns, 0));
    if (!server)
        throw std::bad_alloc();
    ::SPF_server_set_rec_dom(server.get(), "unknown");
    const std::unique_ptr<SPF_request_t, Freed> request(::SPF_request_new(server.get()));
    if (!request)
        throw std::bad_alloc();
    set_ip(request.get(), question.ip);
    ::SPF_request_set_helo_dom(request.get(), question.helo.empty() ? "unknown" : question.helo.c_str());
    ::SPF_request_set_env_from(request.get(), sender.c_str());
    SPF_response_t* answered = nullptr;
    ::SPF_request_query_mailfrom(request.get(), &answered);
    const std::unique_ptr<SPF_response_t, Freed> response(answered);
    if (!response)
        return;
    const auto* row = std::ranges::find(results, ::SPF_response_result(response.get()), &ResultRow::theirs);
    if (row == std::end(results))
        return;
    out.result = row->ours;
    out.reason = row->reason;
    const SPF_errcode_t error = ::SPF_response_errcode(response.get());
    if (out.result == SpfResult::permerror && error != SPF_E_SUCCESS)
        out.reason = util::lower(::SPF_strerror(error));
    if (out.result == SpfResult::temperror && !hook.failure.empty())
        out.reason = hook.failure;
}

/// With a dot in it (section 4.3).
bool is_domain(const std::string& text) {
    return text.find('.') != std::string::npos && util::domain_to_ascii(text);
}

} // namespace

SpfFinding check_spf(Resolver& resolver, const SpfQuestion& question) {
    Oldest oldest(resolver);
    SpfFinding out;
    out.of_helo = question.sender.empty();
    const std::size_t at = question.sender.rfind('@');
    const std::string local = question.sender.substr(0, at == std::string::npos ? 0 : at);
    out.domain = out.of_helo ? question.helo : question.sender.substr(at == std::string::npos ? 0 : at + 1);
    if (!is_domain(out.domain)) {
        out.result = SpfResult::none;
        out.reason = "it is no full domain name";
        return out;
    }
    Hook hook{oldest, 0, {}, {}};
    evaluate(hook, question, (local.empty() ? "postmaster" : local) + "@" + out.domain, out);
    if (hook.voids > most_voids && out.result != SpfResult::temperror) {
        out.result = SpfResult::permerror;
        out.reason = "more than two look-ups found nothing";
    }
    out.asked_at = oldest.at();
    return out;
}

} // namespace jmrp::dns
