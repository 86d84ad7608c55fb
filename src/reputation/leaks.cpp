#include "reputation/leaks.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <span>

namespace jmrp::reputation {

namespace {

using domain::ExportRun;
using domain::SuppressionEvent;
using util::Seconds;

constexpr Seconds for_ever = std::numeric_limits<Seconds>::max();

/// What is in force at a time, as the store sums it up: a removal holds until a message speaks that was kept after it.
class Standing {
  public:
    explicit Standing(const domain::Scope& scope) { one_.scope = scope; }

    void apply(const SuppressionEvent& event) {
        switch (event.kind) {
        case SuppressionEvent::Kind::report: {
            std::int64_t& newest = newest_[static_cast<std::size_t>(event.reason)];
            newest = std::max(newest, event.message_id);
            return;
        }
        case SuppressionEvent::Kind::add:
            added_ = &event;
            return;
        case SuppressionEvent::Kind::remove:
            added_ = nullptr;
            lifted_until_ = std::max(lifted_until_, event.message_id);
        }
    }

    void expire(const SuppressionEvent& event) {
        if (added_ == &event)
            added_ = nullptr;
    }

    bool is_taken_by(const domain::SuppressionFilter& filter) {
        one_.active = false;
        for (const auto& [reason, name] : domain::Names<domain::Reason>::table) { // the strongest first
            const bool by_mail = newest_[static_cast<std::size_t>(reason)] > lifted_until_;
            if (!one_.active && (by_mail || (added_ && added_->reason == reason))) {
                one_.active = true;
                one_.reason = reason;
            }
        }
        return one_.active && filter.takes(one_);
    }

  private:
    domain::Suppression one_;
    std::array<std::int64_t, std::size(domain::Names<domain::Reason>::table)> newest_{}; ///< message of each reason
    std::int64_t lifted_until_ = 0;                                                      ///< message
    const SuppressionEvent* added_ = nullptr; ///< the last word of a person, where it is in force
};

struct Step {
    Seconds at = 0;
    bool expiry = false;
    const SuppressionEvent* event = nullptr;
};

} // namespace

std::vector<Period> listed_periods(const std::vector<SuppressionEvent>& events, const domain::Scope& scope,
                                   const domain::SuppressionFilter& filter) {
    std::vector<Step> steps;
    for (const SuppressionEvent& event : events)
        if (event.scope == scope) {
            steps.push_back({event.at, false, &event});
            if (event.expires_at)
                steps.push_back({std::max(*event.expires_at, event.at), true, &event});
        }
    std::ranges::stable_sort(steps, {}, &Step::at);
    std::vector<Period> out;
    Standing standing(scope);
    bool taken = false;
    for (auto step = steps.begin(); step != steps.end();) {
        const Seconds at = step->at;
        for (; step != steps.end() && step->at == at; ++step)
            step->expiry ? standing.expire(*step->event) : standing.apply(*step->event);
        if (standing.is_taken_by(filter) == taken)
            continue;
        taken = !taken;
        if (taken)
            out.push_back({at, for_ever});
        else
            out.back().end = at;
    }
    return out;
}

namespace {

/// The runs of one consumer up to `at` that asked for the same as the last of them; empty where there is none.
std::span<const ExportRun> runs_in_force(const std::vector<ExportRun>& runs, Seconds at) {
    const auto end = std::ranges::upper_bound(runs, at, {}, &ExportRun::at);
    auto begin = end;
    while (begin != runs.begin() && std::prev(begin)->filter == std::prev(end)->filter)
        --begin;
    return {begin, end};
}

/// Whether a consumer that asks for `filter` sends such mail.
bool serves(const domain::SuppressionFilter& filter, const domain::Scope& mail) {
    return mail.kind == domain::ScopeKind::global || filter.takes(mail) || !filter.scope ||
           filter.scope->kind == domain::ScopeKind::global;
}

/// The periods of one person, worked out once for each scope and filter.
class Listed {
  public:
    explicit Listed(const std::vector<SuppressionEvent>& events) : events_(events) {
        for (const SuppressionEvent& event : events)
            if (std::ranges::find(scopes_, event.scope) == scopes_.end())
                scopes_.push_back(event.scope);
    }

    /// Since when the person was listed at `at` for mail of that scope, by the first of its suppressions; nothing: was not.
    std::optional<Seconds> since(const domain::SuppressionFilter& filter, const domain::Scope& mail, Seconds at) {
        std::optional<Seconds> out;
        for (std::size_t i = 0; i < scopes_.size(); ++i) {
            if (!covers(scopes_[i], mail))
                continue;
            const std::vector<Period>& periods = periods_of(i, filter);
            auto found = std::ranges::upper_bound(periods, at, {}, &Period::begin);
            if (found != periods.begin() && (--found)->contains(at))
                out = std::min(out.value_or(found->begin), found->begin);
        }
        return out;
    }

  private:
    const std::vector<Period>& periods_of(std::size_t scope, const domain::SuppressionFilter& filter) {
        const auto found =
            std::ranges::find_if(known_, [&](const Known& one) { return one.scope == scope && one.filter == filter; });
        if (found != known_.end())
            return found->periods;
        known_.push_back({scope, filter, listed_periods(events_, scopes_[scope], filter)});
        return known_.back().periods;
    }

    struct Known {
        std::size_t scope;
        domain::SuppressionFilter filter;
        std::vector<Period> periods;
    };
    const std::vector<SuppressionEvent>& events_;
    std::vector<domain::Scope> scopes_;
    std::vector<Known> known_;
};

} // namespace

LeakFinder::LeakFinder(const std::vector<ExportRun>& runs, Seconds grace) : grace_(grace) {
    for (const ExportRun& run : runs)
        runs_[run.consumer].push_back(run);
}

namespace {

/// What a consumer with these runs had of the person at that time.
std::optional<domain::Leak::Export> export_of(const std::string& consumer, const std::vector<ExportRun>& all,
                                              Listed& listed, const domain::Scope& mail, Seconds at) {
    const std::span<const ExportRun> runs = runs_in_force(all, at);
    if (runs.empty() || !serves(runs.back().filter, mail))
        return std::nullopt;
    const auto since = listed.since(runs.back().filter, mail, at);
    if (!since)
        return std::nullopt;
    const auto exported = std::ranges::find_if(runs, [&](const ExportRun& run) { return run.covers_until >= *since; });
    return exported == runs.end() ? std::nullopt : std::optional(domain::Leak::Export{consumer, *since, exported->at});
}

} // namespace

void LeakFinder::find(const domain::PersonHistory& person, const std::function<void(const domain::Leak&)>& each) const {
    Listed listed(person.events);
    for (const domain::RepeatedComplaint& complaint : person.complaints) {
        const Seconds sent_at = complaint.sent_at.value_or(complaint.received_at - 1); // before it suppressed by itself
        domain::Leak leak{person.address, complaint, {}};
        for (const auto& [consumer, all] : runs_)
            if (auto exported = export_of(consumer, all, listed, complaint.scope, sent_at);
                exported && exported->exported_at + grace_ < sent_at)
                leak.exports.push_back(std::move(*exported));
        std::ranges::sort(leak.exports, {}, &domain::Leak::Export::exported_at);
        if (!leak.exports.empty())
            each(leak);
    }
}

bool LeakFinder::would_leak(const domain::PersonHistory& person, const domain::Scope& mail, Seconds sent_at) const {
    Listed listed(person.events);
    return std::ranges::any_of(runs_, [&](const auto& of_consumer) {
        const auto exported = export_of(of_consumer.first, of_consumer.second, listed, mail, sent_at);
        return exported && exported->exported_at + grace_ < sent_at;
    });
}

LeakFinder::Standing LeakFinder::standing(const domain::PersonHistory& person,
                                          const std::vector<domain::Consumer>& consumers, Seconds at) const {
    Listed listed(person.events);
    Standing out{true, true};
    bool asked_for = false;
    for (const domain::RepeatedComplaint& complaint : person.complaints) {
        if (!listed.since({}, complaint.scope, at))
            return {};
        for (const domain::Consumer& consumer : consumers) {
            if (!serves(consumer.filter, complaint.scope) || !listed.since(consumer.filter, complaint.scope, at))
                continue;
            asked_for = true;
            const auto runs = runs_.find(consumer.name);
            out.exported = out.exported && runs != runs_.end() &&
                           export_of(consumer.name, runs->second, listed, complaint.scope, at) &&
                           runs_in_force(runs->second, at).back().filter == consumer.filter;
        }
    }
    out.exported = out.exported && asked_for;
    return out;
}

Finding judge_leaks(const domain::LeakCount& leaks, bool has_exports, int days, const Bounds& bounds) {
    const auto certain = static_cast<double>(leaks.certain);
    Finding out;
    out.figures = {{"leaks", certain, "", bounds}};
    out.level = certain >= bounds.critical ? Level::critical : certain >= bounds.warning ? Level::warning : Level::ok;
    const std::string in_time = " in the last " + std::to_string(days) + " days";
    if (leaks.certain == 0)
        out.sentence = has_exports ? "no complaint" + in_time + " is about mail sent to somebody exported as suppressed"
                                   : "no export is configured";
    else
        out.sentence = std::to_string(leaks.certain) + (leaks.certain == 1 ? " complaint" : " complaints") + in_time +
                       " about mail that was sent after its recipient was exported as suppressed: some sender ignores "
                       "the list";
    std::string names;
    for (const auto& [consumer, count] : leaks.by_consumer)
        names += (names.empty() ? "" : ", ") + consumer + " " + std::to_string(count);
    if (!names.empty())
        out.sentence += " (" + names + "): 'jmrp leaks'";
    if (leaks.unverified > 0)
        out.sentence += "; " + std::to_string(leaks.unverified) + " more told by reports that are held";
    return out;
}

} // namespace jmrp::reputation
