#include "bench/gate/history.hpp"

#include <algorithm>
#include <cmath>

namespace jmrp::simulation {

namespace {

constexpr util::Day first_day = 20'000;
constexpr util::Seconds slot_seconds = 43'200;
constexpr int days = days_before + days_after;
constexpr int oldest_age = 30; ///< in days; older complaints count as this old
constexpr Slot longest_delay = oldest_age * slots_per_day;

double log_uniform(Random& random, double from, double to) {
    return std::exp(std::uniform_real_distribution<double>(std::log(from), std::log(to))(random));
}

double between(Random& random, double from, double to) {
    return std::uniform_real_distribution<double>(from, to)(random);
}

bool happens(Random& random, double chance) {
    return between(random, 0, 1) < chance;
}

Slot slots(double of_days) {
    return static_cast<Slot>(std::lround(of_days * slots_per_day));
}

void draw_volume(Random& random, Sender& sender) {
    sender.volume = log_uniform(random, 100, 1e6);
    sender.weekend = between(random, 0.2, 1);
    const bool campaigns = happens(random, 0.2);
    for (bool& sends : sender.sends_on)
        sends = !campaigns || happens(random, 0.35);
    sender.sends_on[random() % 7] = true;
    sender.log_missing = happens(random, 0.15) ? between(random, 0, 0.3) : 0;
}

void draw_rates(Random& random, const World& world, Sender& sender) {
    sender.block = days_before * slots_per_day + static_cast<Slot>(random() % slots_per_day);
    sender.good_rate = log_uniform(random, 0.0001, 0.001);
    const bool by_complaints = happens(random, 0.7);
    sender.bad_rate = by_complaints ? log_uniform(random, 0.002, 0.03) : log_uniform(random, 0.0001, 0.0015);
    sender.trouble = sender.block - slots(between(random, 2, 20));

    const double kind = between(random, 0, 1);
    const double middling = world.works + world.middling;
    const double fails = middling + world.fails;
    sender.repair = kind < world.works              ? RepairKind::works
                    : kind < middling               ? RepairKind::middling
                    : kind < fails                  ? RepairKind::fails
                    : kind < fails + world.relapses ? RepairKind::relapses
                                                    : RepairKind::none;
    if (sender.repair == RepairKind::none)
        return;
    sender.repair_told = happens(random, 0.4)
                             ? sender.block - slots(between(random, 0.5, 6))
                             : sender.block + slots(std::exponential_distribution<double>(0.5)(random));
    // What is queued or planned already still goes out, and people write down the hour at which they pressed the key.
    sender.repair_works = sender.repair_told + slots(std::exponential_distribution<double>(2)(random));
    sender.repaired_rate =
        sender.repair == RepairKind::middling ? between(random, 0.001, 0.003) : log_uniform(random, 0.00005, 0.001);
    if (sender.repair == RepairKind::fails)
        sender.repaired_rate = sender.bad_rate * between(random, world.failed_from, world.failed_to);
    else
        sender.repaired_rate = std::min(sender.repaired_rate, sender.bad_rate);
    if (sender.repair == RepairKind::relapses)
        sender.relapse = sender.repair_works + slots(between(random, 1, 12));
}

void draw_loop(Random& random, Sender& sender) {
    sender.forwarded = between(random, 0.1, 1);
    sender.forwarded_drift = std::normal_distribution<double>(0, 0.005)(random);
    constexpr Slot batches[] = {1, 1, 1, 1, 2, 2, 4, 10};
    sender.batch = batches[random() % std::size(batches)];
    sender.delay_median = between(random, 0.5, 2);
    sender.delay_sigma = between(random, 1.1, 1.9);
    if (happens(random, 0.1))
        sender.dead = sender.block + slots(between(random, -20, 10));
    if (happens(random, 0.1)) {
        sender.gap_from = sender.block + slots(between(random, -15, 10));
        sender.gap_to = sender.gap_from + slots(between(random, 1, 8));
    }
    sender.in_snds = happens(random, 0.7);
    sender.snds_missing = between(random, 0, 0.5);
}

void draw_elsewhere(Random& random, const World& world, Sender& sender) {
    const double kind = between(random, 0, 1);
    if (kind < 0.7) {
        sender.elsewhere_from = kind < 0.35 ? 0 : sender.block;
        sender.elsewhere = between(random, 0.05, 1);
    }
    sender.elsewhere_factor = std::exp(std::normal_distribution<double>(0, 0.15)(random));
    sender.takes_advice = happens(random, world.takes_advice);
}

void draw_leak(Random& random, const World& world, Sender& sender) {
    sender.leak_logged = happens(random, world.recipients_logged);
    sender.leaks = happens(random, 0.15);
    if (!sender.leaks)
        return;
    if (happens(random, 0.5) && sender.repair_works < never)
        sender.leak_ends = sender.repair_told;
    sender.leak_share = between(random, 0.1, 1);
    sender.leak_complains = between(random, 0.05, 0.5);
}

void draw_block(Random& random, Sender& sender) {
    sender.pause_asked = happens(random, 0.25);
    if (happens(random, 0.1))
        sender.spamhaus_until = sender.block + slots(between(random, 0, 4));
    sender.incident = happens(random, 0.05);
    if (happens(random, 0.1))
        sender.refused_at = sender.block + slots(between(random, 0.5, 2));
}

domain::Ip address() {
    return *domain::parse_ip("192.0.2.10");
}

template <typename T>
domain::Known<T> known(T value, util::Seconds at) {
    return domain::Seen<T>{std::move(value), "simulation", at};
}

} // namespace

util::Seconds History::time_of(Slot slot) {
    return util::Seconds{first_day} * 86'400 + slot * slot_seconds;
}

History::History(Random random, const World& world) : random_(random) {
    draw_volume(random_, sender_);
    draw_rates(random_, world, sender_);
    draw_loop(random_, sender_);
    draw_elsewhere(random_, world, sender_);
    draw_leak(random_, world, sender_);
    draw_block(random_, sender_);
    batch_phase_ = static_cast<Slot>(random_() % static_cast<unsigned long>(sender_.batch));

    double drift = 0; // an Ornstein-Uhlenbeck process over half days
    for (Slot slot = 0; slot < last_slot; ++slot) {
        drift = 0.97 * drift + std::normal_distribution<double>(0, 0.06)(random_);
        const bool good = slot < sender_.trouble;
        const bool repaired = slot >= sender_.repair_works && slot < sender_.relapse;
        rate_.push_back(std::exp(drift) * (good       ? sender_.good_rate
                                           : repaired ? sender_.repaired_rate
                                                      : sender_.bad_rate));
    }
    for (int day = 0; day < days; ++day) {
        day_noise_.push_back(std::exp(std::normal_distribution<double>(-0.06, 0.35)(random_)));
        snds_row_.push_back(!happens(random_, sender_.snds_missing));
        log_day_.push_back(!happens(random_, sender_.log_missing));
    }
    double before = 0;
    for (Slot slot = 0; slot <= longest_delay; ++slot) {
        const double z = std::log((slot + 0.5) / sender_.delay_median) / sender_.delay_sigma;
        const double until = slot == longest_delay ? 1 : 0.5 * std::erfc(-z / std::sqrt(2));
        delay_.push_back(until - before);
        before = until;
    }
    arriving_.resize(last_slot);
    made_here_.resize(days);
    made_elsewhere_.resize(days);
    sent_here_.resize(days);
    sent_elsewhere_.resize(days);
    by_age_.assign(days, std::vector<std::int64_t>(oldest_age + 1));
}

double History::rate_at(Slot slot) const {
    return rate_[static_cast<std::size_t>(slot)];
}

std::int64_t History::poisson(double mean) {
    return mean > 0 ? std::poisson_distribution<std::int64_t>(mean)(random_) : 0;
}

std::int64_t History::binomial(std::int64_t of, double share) {
    if (of <= 0 || share <= 0)
        return 0;
    return share >= 1 ? of : std::binomial_distribution<std::int64_t>(of, share)(random_);
}

double History::uniform(double from, double to) {
    return between(random_, from, to);
}

Slot History::received_at(Slot made) const {
    const Slot wait = (sender_.batch - (made + batch_phase_) % sender_.batch) % sender_.batch;
    const Slot at = made + wait;
    if (at >= last_slot || at >= sender_.dead || (made >= sender_.gap_from && made < sender_.gap_to))
        return never;
    return at;
}

void History::complain(Slot slot, bool elsewhere, std::int64_t complaints) {
    double rest = 1;
    auto& made = elsewhere ? made_elsewhere_ : made_here_;
    for (Slot delay = 0; delay <= longest_delay && complaints > 0; ++delay) {
        const double share = delay_[static_cast<std::size_t>(delay)];
        const std::int64_t now = binomial(complaints, rest > share ? share / rest : 1);
        rest -= share;
        complaints -= now;
        const Slot at = slot + delay;
        if (now == 0 || at >= last_slot)
            continue;
        made[static_cast<std::size_t>(at / slots_per_day)] += static_cast<double>(now);
        const double drift = std::exp(sender_.forwarded_drift * at / slots_per_day);
        const std::int64_t told = binomial(now, std::min(1.0, sender_.forwarded * drift));
        if (const Slot received = received_at(at); told > 0 && received < last_slot)
            arriving_[static_cast<std::size_t>(received)].push_back({slot, told, elsewhere, false, false});
    }
}

void History::leak(Slot slot, double accepted_share) {
    if (!leak_open_at(slot))
        return;
    // Everybody gets a mail a week.
    const std::int64_t mails = poisson(static_cast<double>(suppressed_) * sender_.leak_share / (7 * slots_per_day));
    if (mails == 0)
        return;
    if (sender_.leak_logged && log_day_[static_cast<std::size_t>(slot / slots_per_day)])
        evidence_.leaks->value.last_in_log = time_of(slot);
    const std::int64_t complaints = binomial(binomial(mails, accepted_share), sender_.leak_complains);
    const std::int64_t told = binomial(complaints, sender_.forwarded);
    const auto delay = static_cast<Slot>(sender_.delay_median *
                                         std::exp(std::normal_distribution<double>(0, sender_.delay_sigma)(random_)));
    if (told > 0)
        if (const Slot received = received_at(slot + std::min(delay, longest_delay)); received < last_slot)
            arriving_[static_cast<std::size_t>(received)].push_back({slot, told, false, true, false});
}

void History::send(Slot slot) {
    const auto day = static_cast<std::size_t>(slot / slots_per_day);
    const std::size_t weekday = day % 7;
    if (sender_.sends_on[weekday]) {
        const double volume = sender_.volume / slots_per_day * (weekday >= 5 ? sender_.weekend : 1);
        const double noise = day_noise_[day];
        const double rate = rate_at(slot);
        if (slot < sender_.block) {
            const std::int64_t mails = poisson(volume);
            sent_here_[day] += static_cast<double>(mails);
            complain(slot, false, poisson(static_cast<double>(mails) * std::min(1.0, rate * noise)));
        }
        if (slot >= sender_.elsewhere_from) {
            const std::int64_t mails = poisson(volume * sender_.elsewhere);
            sent_elsewhere_[day] += static_cast<double>(mails);
            complain(slot, true,
                     poisson(static_cast<double>(mails) * std::min(1.0, rate * noise * sender_.elsewhere_factor)));
        }
    }
    const double elsewhere = slot >= sender_.elsewhere_from ? sender_.elsewhere / (1 + sender_.elsewhere) : 0;
    leak(slot, slot < sender_.block ? 1 : elsewhere);
}

void History::receive(Slot slot) {
    const int today = slot / slots_per_day;
    for (const Report& report : arriving_[static_cast<std::size_t>(slot)]) {
        evidence_.feed->value.last_report = time_of(slot);
        if (report.trial) {
            evidence_.feed->value.trials_reported += report.count;
            continue;
        }
        if (report.about_leak) {
            evidence_.leaks->value.complained.push_back(time_of(report.sent));
            continue;
        }
        suppressed_ += report.count;
        const int sent = report.sent / slots_per_day;
        auto& mail_days = report.elsewhere ? evidence_.complaints->value.elsewhere : evidence_.complaints->value.days;
        mail_days[static_cast<std::size_t>(sent)].complaints += report.count;
        mail_days[static_cast<std::size_t>(today)].reported += report.count;
        by_age_[static_cast<std::size_t>(sent)][static_cast<std::size_t>(std::min(today - sent, oldest_age))] +=
            report.count;
    }
}

void History::let_some_leave_elsewhere(Slot from) {
    if (sender_.elsewhere_from <= from)
        return;
    sender_.elsewhere_from = from;
    sender_.elsewhere = uniform(0.02, 0.2);
}

void History::try_the_feed(Slot at, int mails) {
    evidence_.feed->value.trials += mails;
    const std::int64_t told = binomial(mails, sender_.forwarded);
    if (const Slot received = received_at(at + 1); told > 0 && received < last_slot)
        arriving_[static_cast<std::size_t>(received)].push_back({at, told, false, false, true});
}

void History::fill_snds(std::vector<domain::MailDay>& mail_days, const std::vector<double>& made, util::Day today) {
    constexpr double least_recipients = 100;
    constexpr int published_after = 2;
    // Rows come once; what was filled before stays.
    const int newest = today - first_day - published_after;
    if (newest < 0 || !sender_.in_snds)
        return;
    for (int day = std::max(0, newest - 1); day <= newest; ++day) {
        const auto index = static_cast<std::size_t>(day);
        const double sent = (&made == &made_here_ ? sent_here_ : sent_elsewhere_)[index];
        if (!snds_row_[index] || sent < least_recipients)
            continue;
        domain::MailDay::Snds row;
        row.recipients = std::llround(sent);
        const double percent = 100 * made[index] / sent;
        const double rounded = std::round(percent * 10) / 10;
        row.complaint_rate = percent < 0.1 ? domain::RateBounds{0, 0.1} : domain::RateBounds{rounded, rounded};
        mail_days[index].snds = row;
    }
}

double History::leaked_a_week_at(Slot slot) const {
    return sender_.leaks && slot < sender_.leak_ends ? static_cast<double>(suppressed_) * sender_.leak_share : 0;
}

const domain::Evidence& History::observe(Slot now) {
    const util::Seconds at = time_of(now);
    if (!evidence_.complaints) {
        std::vector<domain::MailDay> empty(days);
        for (int day = 0; day < days; ++day)
            empty[static_cast<std::size_t>(day)].day = first_day + day;
        evidence_.complaints = known(domain::ComplaintHistory{empty, empty, {}}, at);
        evidence_.leaks = known(domain::Leaks{{}, {}, sender_.leak_logged}, at);
        evidence_.feed = known(domain::FeedLife{}, at);
    }
    for (; done_ < now; ++done_) {
        send(done_);
        receive(done_);
        const util::Day today = first_day + (done_ + 1) / slots_per_day;
        fill_snds(evidence_.complaints->value.days, made_here_, today);
        fill_snds(evidence_.complaints->value.elsewhere, made_elsewhere_, today);
    }

    domain::Evidence& out = evidence_;
    out.ip = address();
    out.now = at;
    const int today = now / slots_per_day;
    auto& complaints = out.complaints->value;
    complaints.ages.assign(oldest_age + 1, 0);
    for (int day = 0; day < days; ++day) {
        const auto index = static_cast<std::size_t>(day);
        const bool logged = log_day_[index] && day <= today;
        complaints.days[index].accepted = logged ? std::optional(std::llround(sent_here_[index])) : std::nullopt;
        complaints.elsewhere[index].accepted =
            logged ? std::optional(std::llround(sent_elsewhere_[index])) : std::nullopt;
        if (day <= today - oldest_age)
            for (std::size_t age = 0; age <= oldest_age; ++age)
                complaints.ages[age] += by_age_[index][age];
    }
    const Slot pause = sender_.block + 1;
    out.refusals =
        known(std::vector<domain::Refusals>{{domain::RejectionCategory::ip_block, domain::BlockList::outlook_com,
                                             sender_.pause_asked ? "S3150" : "S3140", now - sender_.block + 1,
                                             time_of(sender_.block), at - 3600}},
              at);
    domain::Deliveries deliveries;
    deliveries.last_accepted = time_of(sender_.block) - 60;
    if (now >= pause)
        deliveries.pause = {time_of(pause),
                            now > pause + slots_per_day ? std::optional(time_of(pause + slots_per_day)) : std::nullopt};
    if (deliveries.pause && !deliveries.pause->ended)
        out.refusals->value[0].last = time_of(pause);
    out.deliveries = known(deliveries, at);
    out.address = known(domain::AddressStanding{true, true}, at);
    out.pointer = known(
        domain::PtrFinding{
            domain::PtrStanding::confirmed, {"mail.sender.example"}, {"mail.sender.example"}, false, true, "", at},
        at);
    const bool listed = sender_.spamhaus_until < never && now < sender_.spamhaus_until;
    domain::ListFinding zen{
        "zen.spamhaus.org", "192.0.2.10", listed ? domain::Listing::listed : domain::Listing::clean, {}, "", at,
        std::nullopt};
    const domain::ListFinding dbl{"dbl.spamhaus.org", "sender.example", domain::Listing::clean, {}, "", at,
                                  std::nullopt};
    if (sender_.spamhaus_until < never)
        zen.last_listed = std::min(at, time_of(sender_.spamhaus_until));
    out.spamhaus = known(std::vector<domain::ListFinding>{zen, dbl}, at);
    out.from_domains = known(std::vector<domain::FromDomain>{{"sender.example", true, true, true}}, at);
    if (now >= sender_.repair_told)
        out.repair =
            known(domain::Repair{"a list that was bought", "the list is gone", time_of(sender_.repair_told)}, at);
    out.complainants = known(domain::Complainants{suppressed_, suppressed_, suppressed_, suppressed_ / 50}, at);
    out.fleet = known(
        sender_.incident ? domain::Fleet{6, 5, time_of(sender_.block), false} : domain::Fleet{6, 1, 0, false}, at);
    out.snds = known(domain::SndsAccess{sender_.in_snds, std::nullopt, 0}, at);
    std::vector<domain::Request> requests;
    if (sender_.refused_at <= now)
        requests.push_back({"1234567890", time_of(sender_.refused_at - 1), domain::MitigationOutcome::not_qualified,
                            time_of(sender_.refused_at)});
    out.requests = known(requests, at);
    out.contact = known(domain::Contact{true, false}, at);
    return out;
}

} // namespace jmrp::simulation
