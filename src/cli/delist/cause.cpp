// jmrp delist cause, and trial: what people did.
#include <algorithm>

#include "cli/delist/options.hpp"
#include "cli/delist/verbs.hpp"
#include "cli/json.hpp"
#include "cli/suppression_options.hpp"
#include "delist/requests.hpp"
#include "domain/policy.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

using util::Fault;
using util::FaultKind;

ExitStatus note_cause(const Invocation& invocation, const Arguments& arguments) {
    const util::Seconds now = util::now();
    domain::BlockCause cause;
    cause.networks = network_arguments(invocation, arguments);
    if (cause.networks.empty())
        throw Fault(FaultKind::usage, "note the cause", "it says no address", "name the addresses that it was true of");
    cause.cause = text_option(invocation, "text", "what was wrong: the form asks for it, and so do people there");
    cause.fix = text_option(invocation, "fix", "what was changed: a request without it is refused");
    cause.at = time_option(invocation, now).value_or(now);
    cause.noted = noted(invocation, now);
    store::Store store = open_store(invocation);
    const std::vector<domain::BlockCause> before = store.causes();
    store.keep_cause(cause);
    const auto newest = std::find_if(before.rbegin(), before.rend(), [&](const domain::BlockCause& one) {
        return any_overlap(one.networks, cause.networks);
    });
    const bool older = newest != before.rend() && newest->at > cause.at;
    if (invocation.json())
        print_json({{"format_version", format_version}, {"repaired_at", util::iso8601(cause.at)}, {"counts", !older}});
    else if (older)
        print_line("Noted. What counts is the newest, of " + short_time(newest->at) + ".");
    return ExitStatus::ok;
}

namespace {

ExitStatus list_trials(const Invocation& invocation) {
    const util::Seconds now = util::now();
    store::Store store = open_store(invocation);
    const auto trials = delist::trial_outcomes(store, now - delist::trials_count_for, now);
    if (invocation.json()) {
        Json all = Json::array();
        for (const delist::TrialOutcome& one : trials)
            all.push_back({{"address", one.trial.mailbox.text()},
                           {"at", util::iso8601(one.trial.at)},
                           {"reported_at", time_or_null(one.reported)},
                           {"by", one.trial.noted.by}});
        print_json({{"format_version", format_version}, {"trials", std::move(all)}});
        return ExitStatus::ok;
    }
    if (trials.empty()) {
        print_line("No trial in the last 30 days.");
        return ExitStatus::ok;
    }
    Table table({"moved to Junk", "mailbox", "report", "by"});
    for (const delist::TrialOutcome& one : trials)
        table.add({short_time(one.trial.at), one.trial.mailbox.text(),
                   one.reported ? short_time(*one.reported) : "none", one.trial.noted.by});
    table.print();
    return ExitStatus::ok;
}

} // namespace

ExitStatus note_trial(const Invocation& invocation, const Arguments& arguments) {
    if (arguments.empty())
        return list_trials(invocation);
    expect_arguments(arguments, 1, "one address of yours, or none to see what came of the trials");
    const util::Seconds now = util::now();
    const domain::Person person = read_person(arguments.front());
    const auto* mailbox = std::get_if<domain::Address>(&person);
    if (!mailbox)
        throw Fault(FaultKind::usage, "note the trial", "it takes the address of a mailbox");
    // Else the report suppresses it, and the next trial gets no mail.
    if (!is_protected(invocation.config.rules.policy, *mailbox))
        throw Fault(FaultKind::usage, "note the trial", "this address is not protected, its report would suppress it",
                    "put it into own.addresses");
    const bool fresh = open_store(invocation)
                           .keep_trial({*mailbox, time_option(invocation, now).value_or(now), noted(invocation, now)});
    if (invocation.json())
        print_json({{"format_version", format_version}, {"noted", fresh}});
    return ExitStatus::ok;
}

} // namespace jmrp::cli
