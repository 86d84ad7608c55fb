#include "network/snds_client.hpp"

#include <algorithm>

#include "cli/stop.hpp"
#include "snds/parse.hpp"
#include "util/fault.hpp"

namespace jmrp::network {

namespace {

using util::Fault;
using util::FaultKind;

constexpr int most_redirects = 3;

transfer::HttpOptions options_of(const cli::Config::Snds& config) {
    transfer::HttpOptions out;
    out.ca_file = config.ca_file;
    out.timeout = std::chrono::seconds(config.timeout_seconds);
    out.most_bytes = snds::most_bytes;
    out.place = "Microsoft's server";
    out.stop = &cli::stop_wanted;
    return out;
}

/// Asking again later may help.
bool is_passing(int status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

bool is_redirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

} // namespace

std::string origin_of(std::string_view url) {
    const auto scheme = url.find("://");
    const auto path = url.find_first_of("/?#", scheme == std::string_view::npos ? 0 : scheme + 3);
    return std::string(url.substr(0, path));
}

SndsClient::SndsClient(const cli::Config::Snds& config)
    : client_(options_of(config)), patience_(std::chrono::seconds(config.patience_seconds), "ask Microsoft's server") {}

transfer::HttpReply SndsClient::get(const std::string& url, const std::string& bearer) {
    transfer::HttpRequest request{"GET", url, {"Accept: text/csv, application/octet-stream, application/json"}, {}};
    if (!bearer.empty())
        request.headers.push_back("Authorization: Bearer " + bearer);
    return ask(std::move(request));
}

// No Origin header: with one, Microsoft takes this for the program of a web page (AADSTS90023).
transfer::HttpReply SndsClient::post(const std::string& url, const std::string& form) {
    return ask_until_answered(
        {"POST", url, {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json"}, form});
}

transfer::HttpReply SndsClient::ask(transfer::HttpRequest request) {
    const std::string origin = origin_of(request.url);
    for (int redirects = 0;; ++redirects) {
        transfer::HttpReply reply = ask_until_answered(request);
        // Another host would be given the key, or the access token.
        if (!is_redirect(reply.status) || origin_of(reply.location) != origin || redirects == most_redirects)
            return reply;
        request.url = reply.location;
    }
}

transfer::HttpReply SndsClient::ask_until_answered(const transfer::HttpRequest& request) {
    patience_.begin();
    while (true) {
        std::chrono::seconds asked_for{0};
        std::string why;
        try {
            transfer::HttpReply reply = client_.ask(request);
            if (!is_passing(reply.status))
                return reply;
            asked_for = reply.retry_after.value_or(asked_for);
            why = origin_of(request.url) + " answers " + std::to_string(reply.status);
        } catch (const Fault& fault) {
            if (fault.kind() != FaultKind::network)
                throw;
            why = fault.what();
        }
        patience_.wait(asked_for, why);
    }
}

} // namespace jmrp::network
