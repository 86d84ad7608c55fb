#include "transfer/trouble.hpp"

namespace jmrp::transfer {

namespace {

using util::FaultKind;

struct Row {
    CURLcode code;
    Trouble trouble;
};
// What is not here is trouble of the network.
constexpr Row rows[] = {
    {CURLE_COULDNT_RESOLVE_HOST, {FaultKind::network, "is the host in 'url' right?"}},
    {CURLE_COULDNT_CONNECT, {FaultKind::network, "are host and port in 'url' right, and does the server run?"}},
    {CURLE_USE_SSL_FAILED,
     {FaultKind::configuration,
      "the server offers no STARTTLS: use imaps://, or 'allow_no_tls' for a server on this host"}},
    {CURLE_PEER_FAILED_VERIFICATION,
     {FaultKind::configuration,
      "the certificate is not for this host, has run out, or is signed by none of the authorities: see 'ca_file'"}},
    {CURLE_SSL_CACERT_BADFILE, {FaultKind::configuration, "see 'ca_file'"}},
    {CURLE_LOGIN_DENIED, {FaultKind::configuration, nullptr}},
    {CURLE_AUTH_ERROR, {FaultKind::configuration, nullptr}},
    {CURLE_ABORTED_BY_CALLBACK, {FaultKind::busy, "it was told to stop"}},
};

} // namespace

Trouble trouble_of(CURLcode code, const char* url_hint) {
    if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL)
        return {FaultKind::configuration, url_hint};
    for (const Row& row : rows)
        if (row.code == code)
            return row.trouble;
    return {};
}

} // namespace jmrp::transfer
