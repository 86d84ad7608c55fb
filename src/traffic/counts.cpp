#include "traffic/counts.hpp"

#include <algorithm>
#include <tuple>

#include "domain/scope.hpp"
#include "traffic/columns.hpp"
#include "util/csv.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

using domain::TrafficCount;
using Places = std::array<std::optional<std::size_t>, CountRows::fields>;

constexpr std::pair<std::string_view, CountRows::Field> names[] = {
    {"date", CountRows::date},
    {"day", CountRows::date},
    {"time", CountRows::date},
    {"ip", CountRows::ip},
    {"source_ip", CountRows::ip},
    {"domain", CountRows::domain},
    {"sending_domain", CountRows::domain},
    {"list", CountRows::list},
    {"campaign", CountRows::campaign},
    {"provider", CountRows::provider},
    {"relay", CountRows::relay},
    {"attempted", CountRows::attempted},
    {"accepted", CountRows::accepted},
    {"delivered", CountRows::accepted},
    {"deferred", CountRows::deferred},
    {"rejected", CountRows::rejected},
    {"bounced", CountRows::rejected},
};
constexpr std::size_t longest_name = 255;
constexpr std::uint64_t most = 1'000'000'000'000'000; ///< sums of many of them fit into 64 bits

std::optional<util::Day> day_of(std::string_view text, const Zone& zone) {
    if (const auto day = util::parse_iso_day(text))
        return day;
    const auto at = read_any_time(text, zone);
    return at ? std::optional(util::day_of(*at)) : std::nullopt;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= longest_name && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

/// What is wrong, or null.
using Problem = const char*;

class Row {
  public:
    Row(const Places& places, const std::vector<std::string>& fields) : places_(places), fields_(fields) {}

    /// Empty where there is no such column.
    std::string_view text(CountRows::Field field) const {
        const auto place = places_[field];
        return place && *place < fields_.size() ? util::trim(fields_[*place]) : std::string_view();
    }
    /// 0 where the field is empty.
    bool number(CountRows::Field field, std::int64_t& out) const {
        const std::string_view said = text(field);
        const auto value = util::parse_unsigned(said.empty() ? "0" : said);
        if (!value || *value > most)
            return false;
        out = static_cast<std::int64_t>(*value);
        return true;
    }

  private:
    const Places& places_;
    const std::vector<std::string>& fields_;
};

Problem read_names(const Row& row, const Context& context, TrafficCount& out) {
    if (const auto said = row.text(CountRows::ip); !said.empty()) {
        const auto ip = domain::parse_ip(said);
        if (!ip)
            return "an IP address that is none";
        out.source_ip = ip->text();
    }
    for (const auto& [kind, said, name] : {std::tuple{"domain:", row.text(CountRows::domain), &out.domain},
                                           std::tuple{"list:", row.text(CountRows::list), &out.list}}) {
        if (said.empty())
            continue;
        auto scope = domain::parse_scope(kind + std::string(said));
        if (!scope)
            return "a domain or list that is none";
        *name = std::move(scope->name);
    }
    if (const auto said = row.text(CountRows::campaign); !said.empty()) {
        if (!is_name(said))
            return "a campaign that is none";
        out.campaign = util::to_valid_utf8(said);
    }
    if (out.source_ip.empty() && out.domain.empty() && out.list.empty() && out.campaign.empty())
        return "no IP address, domain, list or campaign";
    out.provider = util::lower(row.text(CountRows::provider));
    if (out.provider.empty() && !row.text(CountRows::relay).empty())
        out.provider = provider_of(row.text(CountRows::relay), context.providers);
    return is_name(out.provider) ? nullptr : "no provider";
}

Problem read_numbers(const Row& row, TrafficCount& out) {
    if (row.text(CountRows::accepted).empty())
        return "nothing accepted, not even 0";
    if (!row.number(CountRows::accepted, out.accepted) || !row.number(CountRows::deferred, out.deferred) ||
        !row.number(CountRows::rejected, out.rejected) || !row.number(CountRows::attempted, out.attempted))
        return "a number that is none";
    const std::int64_t sum = out.accepted + out.deferred + out.rejected;
    if (row.text(CountRows::attempted).empty())
        out.attempted = sum;
    return out.attempted >= sum ? nullptr : "fewer attempted than accepted, deferred and rejected";
}

} // namespace

CountRows::CountRows(std::string_view header_line, const Context& context) : context_(context) {
    const Columns columns(header_line);
    for (const auto& [name, field] : names)
        if (!places_[field])
            places_[field] = columns.place(name);
    const bool named = places_[ip] || places_[domain] || places_[list] || places_[campaign];
    if (!places_[date] || !named || !(places_[provider] || places_[relay]) || !places_[accepted])
        throw util::Fault(util::FaultKind::damaged, "read counts of sent mail",
                          "the header line lacks one of date, ip (or domain, list, campaign), provider and accepted",
                          columns.has("recipient") ? "'jmrp import sent' reads a table of recipients" : "");
}

std::variant<TrafficCount, const char*> CountRows::read(std::string_view record) const {
    const auto said = util::csv_fields(record);
    if (!said)
        return "a quote that is not closed";
    const Row row(places_, *said);
    TrafficCount out;
    const auto day = day_of(row.text(date), context_.zone);
    if (!day)
        return "a date that is none";
    if (*day > util::day_of(context_.latest) + 1)
        return "a date in the future";
    out.day = *day;
    if (const Problem problem = read_names(row, context_, out))
        return problem;
    if (const Problem problem = read_numbers(row, out))
        return problem;
    return out;
}

} // namespace jmrp::traffic
