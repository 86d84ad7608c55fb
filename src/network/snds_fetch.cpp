// jmrp snds fetch: the links with a key, and the interface of 2026 for who is signed in.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <system_error>
#include <utility>

#include "cli/json.hpp"
#include "cli/secret.hpp"
#include "cli/stop.hpp"
#include "ingest/snds.hpp"
#include "network/snds.hpp"
#include "network/snds_token.hpp"
#include "snds/plan.hpp"
#include "util/digest.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"

namespace jmrp::network {

namespace {

using cli::ExitStatus;
using domain::SndsAnswer;
using domain::SndsKind;
using domain::SndsOutcome;
using util::Fault;
using util::FaultKind;

/// What came of a run.
struct Totals {
    std::int64_t with_data = 0; ///< answers
    std::int64_t no_data = 0;
    std::int64_t failed = 0;
    std::int64_t refused = 0; ///< rows
};

struct Question {
    const char* source;
    SndsKind kind;
    std::string url;
    std::string form;
    std::optional<util::Day> day;
};

std::string name_of(const SndsAnswer& answer) {
    return answer.source + ", " + std::string(to_text(answer.kind)) +
           (answer.day ? " of " + util::iso_day(*answer.day) : std::string());
}

void fail(SndsAnswer& answer, std::string why, bool needs_person) {
    answer.outcome = SndsOutcome::failed;
    answer.why = std::move(why);
    answer.needs_person = needs_person;
}

void read_reply(SndsAnswer& answer, const std::string& origin, transfer::HttpReply&& reply) {
    const std::string says = origin + " answers " + std::to_string(reply.status);
    if (reply.status == 404 && answer.kind == SndsKind::data && answer.day) {
        answer.outcome = SndsOutcome::no_data;
    } else if (reply.status == 200 || reply.status == 204) {
        answer.raw = std::move(reply.body);
        ingest::read_snds(answer);
    } else if (!reply.location.empty()) {
        fail(answer,
             says + " and points to " + origin_of(reply.location) + ": the link expired, or nobody is signed in", true);
    } else if (reply.status == 401 || reply.status == 403) {
        fail(answer,
             says + ": " +
                 (answer.source == "rest" ? "the account has no access, or the sign-in is no good any more: 'jmrp snds "
                                            "login'"
                                          : "the link expired"),
             true);
    } else {
        fail(answer, says, true);
    }
}

class Fetch {
  public:
    explicit Fetch(const cli::Invocation& invocation)
        : config_(invocation.config.snds), store_(cli::open_store(invocation)), client_(config_) {}

    void take_in() {
        std::error_code error;
        const bool signed_in = std::filesystem::exists(config_.token_file, error);
        if (!signed_in && config_.data_link.empty() && config_.status_link.empty())
            throw Fault(FaultKind::configuration, "fetch from SNDS", "there is neither a sign-in nor a link",
                        "'jmrp snds login' signs in; snds.data_link_file names a link");
        follow("data-link", SndsKind::data, config_.data_link);
        follow("status-link", SndsKind::status, config_.status_link);
        if (signed_in && !cli::stop_wanted)
            ask_as_signed_in();
        store_.prune_snds(util::now() - util::Seconds{config_.retention_days} * 86'400);
    }

    const Totals& totals() const noexcept { return totals_; }
    bool needs_person() const noexcept { return needs_person_; }

  private:
    SndsAnswer answer_to(const Question& question) const {
        SndsAnswer answer;
        answer.source = question.source;
        answer.kind = question.kind;
        answer.form = question.form;
        answer.day = question.day;
        answer.zone = config_.zone;
        answer.at = util::now();
        return answer;
    }

    /// Durable, counted and, where it failed, told.
    bool keep(const SndsAnswer& answer) {
        store_.keep_snds(answer);
        totals_.refused += answer.refused;
        if (answer.refused > 0)
            util::log(util::LogLevel::warning, "SNDS, " + name_of(answer) + ": " + std::to_string(answer.refused) +
                                                   " rows could not be read, " + answer.first_refused);
        if (answer.drifted)
            util::log(util::LogLevel::warning,
                      "SNDS, " + name_of(answer) + ": it has other columns than this version of jmrp knows");
        if (answer.outcome != SndsOutcome::failed) {
            ++(answer.outcome == SndsOutcome::rows ? totals_.with_data : totals_.no_data);
            return true;
        }
        ++totals_.failed;
        needs_person_ = needs_person_ || answer.needs_person;
        util::log(util::LogLevel::error, "SNDS, " + name_of(answer) + ": " + answer.why);
        return false;
    }

    /// Without a bearer for a link.
    SndsAnswer ask(const Question& question, const std::string& bearer) {
        SndsAnswer answer = answer_to(question);
        if (snds::is_retired(question.url)) {
            fail(answer,
                 origin_of(question.url) + " is retired since June 2026: make a new link on the page of SNDS, or "
                                           "'jmrp snds login'",
                 true);
            return answer;
        }
        try {
            transfer::HttpReply reply = client_.get(question.url, bearer);
            if (reply.status == 401 && !bearer.empty() && !std::exchange(renewed_, true) && renew())
                reply = client_.get(question.url, access_);
            shut_out_ = shut_out_ || (reply.status == 401 && !bearer.empty());
            read_reply(answer, origin_of(question.url), std::move(reply));
        } catch (const Fault& fault) {
            if (fault.kind() != FaultKind::network && fault.kind() != FaultKind::configuration)
                throw;
            fail(answer, fault.what(), fault.kind() == FaultKind::configuration);
        }
        return answer;
    }

    void follow(const char* source, SndsKind kind, const domain::SecretSource& link) {
        if (link.empty() || cli::stop_wanted)
            return;
        Question question{source, kind, {}, {}, std::nullopt};
        try {
            question.url = cli::read_secret(link);
            question.form = util::hex(util::digest("snds link", question.url));
            if (!question.url.starts_with("https://"))
                throw Fault(FaultKind::configuration, "follow the link", "it does not begin with https://");
        } catch (const Fault& fault) {
            if (fault.kind() == FaultKind::system)
                throw;
            SndsAnswer answer = answer_to(question);
            fail(answer, fault.what(), fault.kind() != FaultKind::busy);
            keep(answer);
            return;
        }
        keep(ask(question, {}));
    }

    /// Takes a new access token, and keeps how that went. The first is taken by the first question.
    bool renew() {
        SndsAnswer answer = answer_to({"rest", SndsKind::sign_in, {}, {}, std::nullopt});
        try {
            auto token = new_access_token(client_, config_);
            if (auto* denied = std::get_if<snds::Denied>(&token)) {
                fail(answer,
                     origin_of(config_.authority) + ": " + told(*denied) +
                         (denied->is_final ? "; sign in again: 'jmrp snds login'" : ""),
                     denied->is_final);
            } else {
                access_ = std::move(std::get<std::string>(token));
                answer.outcome = SndsOutcome::no_data;
            }
        } catch (const Fault& fault) {
            if (cli::stop_wanted)
                throw;
            fail(answer, fault.what(), fault.kind() != FaultKind::network && fault.kind() != FaultKind::busy);
        }
        if (answer.outcome != SndsOutcome::failed) {
            store_.keep_snds(answer);
            return true;
        }
        keep(answer);
        return false;
    }

    /// The newest day first. A day that fails does not hold up the others; several do, which wait for the next run.
    void ask_as_signed_in() {
        constexpr int most_failures = 3;
        if (!renew())
            return;
        const std::string reports = config_.base_url + "/api/report/";
        keep(ask({"rest", SndsKind::status, reports + "status/ip", {}, std::nullopt}, access_));
        const util::Day newest = snds::newest_day(util::now());
        const auto asked = store_.snds_asked(newest - config_.history_days, newest, "rest");
        int failures = 0;
        for (const util::Day day : snds::days_to_ask(asked, config_.history_days, util::now())) {
            if (cli::stop_wanted || shut_out_ || failures == most_failures)
                return;
            const Question question{"rest", SndsKind::data, reports + "data/" + util::iso_day(day), {}, day};
            failures += keep(ask(question, access_)) ? 0 : 1;
        }
    }

    const cli::Config::Snds& config_;
    store::Store store_;
    SndsClient client_;
    std::string access_;
    bool renewed_ = false;  ///< once more in this run
    bool shut_out_ = false; ///< and still it is not taken
    Totals totals_;
    bool needs_person_ = false;
};

void tell(const cli::Invocation& invocation, const Totals& totals) {
    if (invocation.json()) {
        cli::print_json({{"format_version", cli::format_version},
                         {"with_data", totals.with_data},
                         {"no_data", totals.no_data},
                         {"failed", totals.failed},
                         {"refused_rows", totals.refused},
                         {"stopped", cli::stop_wanted.load()}});
        return;
    }
    if (!invocation.quiet && (invocation.verbose || ::isatty(STDERR_FILENO) == 1))
        std::fprintf(stderr, "%s answers with data, %s without, %s failed; 'jmrp snds show' shows what is kept\n",
                     cli::grouped(totals.with_data).c_str(), cli::grouped(totals.no_data).c_str(),
                     cli::grouped(totals.failed).c_str());
}

} // namespace

ExitStatus fetch_snds(const cli::Invocation& invocation) {
    cli::stop_on_signals();
    Fetch fetch(invocation);
    try {
        fetch.take_in();
    } catch (const Fault&) {
        if (!cli::stop_wanted)
            throw;
    }
    tell(invocation, fetch.totals());
    if (fetch.needs_person())
        return ExitStatus::configuration;
    return fetch.totals().failed > 0 || cli::stop_wanted ? ExitStatus::try_again : ExitStatus::ok;
}

} // namespace jmrp::network
