#include "network/server.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "cli/secret.hpp"
#include "cli/stop.hpp"
#include "network/patience.hpp"
#include "transfer/http.hpp"
#include "util/digest.hpp"
#include "util/fault.hpp"
#include "util/hmac.hpp"

namespace jmrp::network {

namespace {

using exports::Change;
using exports::Login;
using exports::Step;
using exports::Target;
using exports::Verdict;
using util::Fault;
using util::FaultKind;
using Clock = std::chrono::steady_clock;

constexpr std::size_t most_steps = 1000; ///< of one talk

/// A list that is not named otherwise has the name that the mail of it says (RFC 2919).
exports::Place place_of(const domain::Consumer& consumer) {
    const auto& scope = consumer.filter.scope;
    return {consumer.list.empty() && scope && scope->kind == domain::ScopeKind::list ? scope->name : consumer.list};
}

class Server {
  public:
    Server(const domain::Consumer& consumer, const Target& target)
        : consumer_(consumer), target_(target), place_(place_of(consumer)), secret_(secret_of(consumer)),
          client_(options()),
          patience_(std::chrono::seconds(consumer.server.patience_seconds), "export to " + consumer.name) {}

    Verdict take(std::span<const Change> batch) {
        std::vector<exports::Reply> replies;
        while (replies.size() < most_steps) {
            Step step = target_.talk(place_, batch, replies);
            if (auto* verdict = std::get_if<Verdict>(&step))
                return std::move(*verdict);
            replies.push_back(ask(std::get<exports::Request>(step)));
        }
        throw Fault(FaultKind::network, "export to " + consumer_.name, "the server gives no end of work");
    }

  private:
    static std::string secret_of(const domain::Consumer& consumer) {
        if (consumer.server.secret.empty())
            return {};
        try {
            return cli::read_secret(consumer.server.secret);
        } catch (const Fault& fault) {
            throw Fault::retold(fault.kind(), "export " + consumer.name + ": " + fault.what());
        }
    }

    transfer::HttpOptions options() const {
        const domain::ServerAccess& server = consumer_.server;
        transfer::HttpOptions out;
        out.ca_file = server.ca_file;
        out.timeout = std::chrono::seconds(server.timeout_seconds);
        out.place = server.url + " (export " + consumer_.name + ")";
        out.stop = &cli::stop_wanted;
        const std::string user = server.user.empty() ? target_.user : server.user;
        if (target_.login == Login::basic)
            out.login = {transfer::HttpLogin::Kind::basic, user, secret_, {}};
        if (target_.login == Login::aws)
            out.login = {transfer::HttpLogin::Kind::aws, user, secret_,
                         "aws:amz:" + server.region + ":" + target_.header};
        return out;
    }

    /// What a signature is made of is said anew for each try: its time is one of now.
    transfer::HttpRequest request_of(const exports::Request& request) const {
        transfer::HttpRequest out{request.method, consumer_.server.url + request.path, {}, request.body};
        if (*request.type != '\0')
            out.headers.push_back(std::string("Content-Type: ") + request.type);
        if (request.header)
            out.headers.emplace_back(request.header);
        if (target_.login == Login::bearer)
            out.headers.push_back("Authorization: Bearer " + secret_);
        if (target_.login == Login::header)
            out.headers.push_back(target_.header + secret_);
        if (target_.login == Login::signature) {
            const std::string at = std::to_string(util::now());
            out.headers.push_back("Jmrp-Batch: " + util::hex(util::digest("webhook batch", request.body)));
            out.headers.push_back("Jmrp-Timestamp: " + at);
            out.headers.push_back("Jmrp-Signature: sha256=" + util::hmac_sha256_hex(secret_, at + "." + request.body));
        }
        return out;
    }

    /// An answer that is none of those which ask for a later try. Throws Fault(network) where patience is at its end.
    exports::Reply ask(const exports::Request& request) {
        patience_.begin();
        while (true) {
            rest_until(due_);
            due_ = Clock::now() + std::chrono::nanoseconds(std::chrono::seconds(1)) /
                                      std::max(1, consumer_.server.requests_per_second);
            std::chrono::seconds asked_for{0};
            std::string why;
            try {
                transfer::HttpReply answer = client_.ask(request_of(request));
                exports::Reply reply{answer.status, std::move(answer.body)};
                if (!exports::is_passing(target_, reply))
                    return reply;
                asked_for = answer.retry_after.value_or(asked_for);
                why = "it answers " + std::to_string(reply.status);
            } catch (const Fault& fault) {
                if (fault.kind() != FaultKind::network)
                    throw;
                why = fault.what();
            }
            patience_.wait(asked_for, why);
        }
    }

    domain::Consumer consumer_;
    const Target& target_;
    exports::Place place_;
    std::string secret_;
    transfer::HttpClient client_;
    Patience patience_;
    Clock::time_point due_; ///< for the next request
};

} // namespace

handover::Receiver server_receiver(const domain::Consumer& consumer) {
    const Target* target = exports::find_target(consumer.format);
    if (!target)
        throw Fault(FaultKind::configuration, "export to " + consumer.name,
                    "'" + consumer.format + "' is a format of files, and 'url' names a server");
    handover::Receiver receiver;
    receiver.most_added = target->most_added;
    receiver.most_removed = target->most_removed;
    receiver.has_scopes = target->has_scopes;
    receiver.carries = [target, place = place_of(consumer)](const domain::Suppression& one) {
        return exports::carries(*target, place, one);
    };
    auto server = std::make_shared<std::optional<Server>>(); // none where there is nothing to say
    receiver.take = [server, consumer, target](std::span<const Change> batch) {
        if (!*server)
            server->emplace(consumer, *target);
        return (*server)->take(batch);
    };
    receiver.stop = &cli::stop_wanted;
    return receiver;
}

} // namespace jmrp::network
