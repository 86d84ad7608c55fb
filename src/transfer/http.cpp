#include "transfer/http.hpp"

#include <curl/curl.h>

#include "transfer/trouble.hpp"
#include "util/fault.hpp"

namespace jmrp::transfer {

namespace {

using util::Fault;
using util::FaultKind;

int keep_waiting(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return stop && *static_cast<const std::atomic<bool>*>(stop) ? 1 : 0;
}

struct Body {
    std::string& text;
    std::size_t most_bytes;
};

std::size_t keep_body(char* data, std::size_t, std::size_t size, void* into) {
    const Body& body = *static_cast<const Body*>(into);
    if (body.text.size() + size > body.most_bytes)
        return 0; // CURLE_WRITE_ERROR
    body.text.append(data, size);
    return size;
}

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

} // namespace

struct HttpClient::State {
    HttpOptions options;
    std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(), curl_easy_cleanup};

    template <typename Value>
    void set(CURLoption option, Value value) {
        if (const CURLcode code = curl_easy_setopt(curl.get(), option, value); code != CURLE_OK)
            throw Fault(FaultKind::system, "ask " + options.place, curl_easy_strerror(code));
    }

    void prepare(const HttpRequest& request) {
        curl_easy_reset(curl.get()); // connections stay
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, request.url.starts_with("https://") ? "https" : "http");
        if (!request.url.starts_with("https://"))
            set(CURLOPT_NOPROXY, "*"); // a server on this host
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!options.ca_file.empty()) {
            set(CURLOPT_CAINFO, options.ca_file.c_str());
            set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
        }
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT, static_cast<long>(options.timeout.count()));
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, keep_waiting);
        set(CURLOPT_XFERINFODATA, options.stop);
        set(CURLOPT_USERAGENT, "jmrp");
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
        if (!request.body.empty()) {
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
            set(CURLOPT_POSTFIELDS, request.body.c_str());
        } else if (request.method == "POST" || request.method == "PUT") {
            set(CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
            set(CURLOPT_POSTFIELDS, "");
        }
        const HttpLogin& login = options.login;
        if (login.kind == HttpLogin::Kind::none)
            return;
        if (login.kind == HttpLogin::Kind::basic)
            set(CURLOPT_HTTPAUTH, static_cast<long>(CURLAUTH_BASIC));
        else
            set(CURLOPT_AWS_SIGV4, login.signed_for.c_str());
        set(CURLOPT_USERNAME, login.user.c_str());
        set(CURLOPT_PASSWORD, login.secret.c_str());
    }

    [[noreturn]] void fail(CURLcode code) const {
        const Trouble trouble = trouble_of(code, "'url' is https://HOST[:PORT][/PATH]");
        // libcurl's longer text may repeat what the server said
        const std::string why = code == CURLE_WRITE_ERROR
                                    ? "its answer is longer than " + std::to_string(options.most_bytes >> 20U) + " MB"
                                    : curl_easy_strerror(code);
        throw Fault(trouble.kind, "ask " + options.place, why, trouble.hint ? trouble.hint : "");
    }
};

HttpClient::HttpClient(HttpOptions options) : state_(std::make_unique<State>()) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK || !state_->curl)
        throw Fault(FaultKind::full, "ask " + options.place, "libcurl does not start");
    state_->options = std::move(options);
}

HttpClient::~HttpClient() = default;

HttpReply HttpClient::ask(const HttpRequest& request) {
    State& state = *state_;
    state.prepare(request);
    Headers headers(nullptr, curl_slist_free_all);
    const auto add = [&](const char* line) {
        curl_slist* longer = curl_slist_append(headers.get(), line);
        if (!longer)
            throw Fault(FaultKind::full, "ask " + state.options.place, "there is too little memory");
        static_cast<void>(headers.release());
        headers.reset(longer);
    };
    for (const std::string& line : request.headers) {
        for (const char c : line)
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
                throw Fault(FaultKind::configuration, "ask " + state.options.place,
                            "a header would hold a control character", "is the secret right?");
        add(line.c_str());
    }
    state.set(CURLOPT_HTTPHEADER, headers.get());
    HttpReply reply;
    state.set(CURLOPT_WRITEFUNCTION, keep_body);
    Body body{reply.body, state.options.most_bytes};
    state.set(CURLOPT_WRITEDATA, &body);
    if (const CURLcode code = curl_easy_perform(state.curl.get()); code != CURLE_OK)
        state.fail(code);
    long status = 0;
    curl_off_t retry_after = 0;
    curl_easy_getinfo(state.curl.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(state.curl.get(), CURLINFO_RETRY_AFTER, &retry_after);
    const char* location = nullptr;
    curl_easy_getinfo(state.curl.get(), CURLINFO_REDIRECT_URL, &location);
    reply.location = location ? location : "";
    reply.status = static_cast<int>(status);
    if (retry_after > 0)
        reply.retry_after = std::chrono::seconds(retry_after);
    return reply;
}

} // namespace jmrp::transfer
