#include "cli/evidence_json.hpp"

#include <unistd.h>

#include <cmath>
#include <concepts>
#include <type_traits>
#include <utility>

#include "cli/json.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using util::Day;
using util::Seconds;

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw util::Fault(util::FaultKind::damaged, "read evidence", util::for_terminal(path) + ": " + why);
}

/// "2026-11-22T08:00:00Z"
std::optional<Seconds> parse_iso8601(std::string_view text) {
    constexpr std::string_view form = "dddd-dd-ddTdd:dd:ddZ";
    if (text.size() != form.size())
        return std::nullopt;
    for (std::size_t at = 0; at < form.size(); ++at)
        if (form[at] == 'd' ? !util::is_digit(text[at]) : text[at] != form[at])
            return std::nullopt;
    const auto two = [&](std::size_t at) { return static_cast<Seconds>(*util::parse_unsigned(text.substr(at, 2))); };
    const auto day = util::parse_iso_day(text.substr(0, 10));
    if (!day || two(11) > 23 || two(14) > 59 || two(17) > 59)
        return std::nullopt;
    return Seconds{*day} * 86'400 + two(11) * 3600 + two(14) * 60 + two(17);
}

/// The same types as times and days, which JSON writes as text.
struct AsTime {};
struct AsDay {};
struct Plain {};

template <typename T>
constexpr bool is_wrapped = false; ///< an optional or a vector
template <typename T>
constexpr bool is_wrapped<std::optional<T>> = true;
template <typename T>
constexpr bool is_wrapped<std::vector<T>> = true;
template <typename T>
constexpr bool is_optional = false;
template <typename T>
constexpr bool is_optional<std::optional<T>> = true;

class Writer;
class Reader;
template <typename T>
concept Described = requires(Writer& visit, const T& value) {
    describe(visit, value);
};

/// Writes an object, a member a call.
class Writer {
  public:
    template <typename T, typename As = Plain>
    void operator()(const char* name, const T& value, As as = {}) {
        json[name] = write(value, as);
    }
    Json json = Json::object();

  private:
    template <typename T, typename As>
    static Json write(const std::optional<T>& value, As as) {
        return value ? write(*value, as) : Json(nullptr);
    }
    template <typename T, typename As>
    static Json write(const std::vector<T>& values, As as) {
        Json out = Json::array();
        for (const T& value : values)
            out.push_back(write(value, as));
        return out;
    }
    static Json write(Seconds at, AsTime) { return util::iso8601(at); }
    static Json write(Day day, AsDay) { return util::iso_day(day); }
    template <typename T>
    requires(!is_wrapped<T>) static Json write(const T& value, Plain) {
        if constexpr (std::is_enum_v<T>) {
            return std::string(domain::to_text(value));
        } else if constexpr (std::same_as<T, domain::Ip>) {
            return value.text();
        } else if constexpr (Described<T>) {
            Writer inner;
            describe(inner, value);
            return inner.json;
        } else {
            return value;
        }
    }
};

/// Reads an object, a member a call; done() refuses members that no call asked for.
class Reader {
  public:
    Reader(const Json& json, std::string path) : json_(json), path_(std::move(path)) {
        if (!json.is_object())
            refuse(path_, "is no object");
    }
    template <typename T, typename As = Plain>
    void operator()(const char* name, T& value, As as = {}) {
        ++known_;
        const std::string path = path_ + (path_.empty() ? "" : ".") + name;
        const auto member = json_.find(name);
        if (member != json_.end()) {
            read(*member, value, path, as);
            return;
        }
        if constexpr (is_optional<T>)
            ++absent_;
        else
            refuse(path, "is missing");
    }
    void done() const {
        if (json_.size() != known_ - absent_)
            refuse(path_.empty() ? "the object" : path_, "has a member that means nothing");
    }

  private:
    template <typename T, typename As>
    static void read(const Json& json, std::optional<T>& value, const std::string& path, As as) {
        value.reset();
        if (json.is_null())
            return;
        T inner{}; // clang 14 takes nested types with defaults for not constructible in emplace()
        read(json, inner, path, as);
        value = std::move(inner);
    }
    template <typename T, typename As>
    static void read(const Json& json, std::vector<T>& values, const std::string& path, As as) {
        if (!json.is_array())
            refuse(path, "is no array");
        values.clear();
        values.resize(json.size());
        for (std::size_t at = 0; at < values.size(); ++at)
            read(json[at], values[at], path + "[" + std::to_string(at) + "]", as);
    }
    static void read(const Json& json, Seconds& at, const std::string& path, AsTime) {
        const auto parsed = parse_iso8601(text(json, path));
        if (!parsed)
            refuse(path, "is no time such as 2026-11-22T08:00:00Z");
        at = *parsed;
    }
    static void read(const Json& json, Day& day, const std::string& path, AsDay) {
        const auto parsed = util::parse_iso_day(text(json, path));
        if (!parsed)
            refuse(path, "is no day such as 2026-11-22");
        day = *parsed;
    }
    template <typename T>
    requires(!is_wrapped<T>) static void read(const Json& json, T& value, const std::string& path, Plain) {
        if constexpr (std::is_enum_v<T>) {
            const auto parsed = domain::from_text<T>(text(json, path));
            if (!parsed)
                refuse(path, "is none of the words known there");
            value = *parsed;
        } else if constexpr (std::same_as<T, domain::Ip>) {
            const auto parsed = domain::parse_ip(text(json, path));
            if (!parsed)
                refuse(path, "is no address");
            value = *parsed;
        } else if constexpr (std::same_as<T, bool>) {
            if (!json.is_boolean())
                refuse(path, "is neither true nor false");
            value = json.get<bool>();
        } else if constexpr (std::same_as<T, double>) {
            if (!json.is_number() || !std::isfinite(json.get<double>()) || json.get<double>() < 0)
                refuse(path, "is no number from 0 on");
            value = json.get<double>();
        } else if constexpr (std::integral<T>) {
            constexpr std::int64_t most = std::int64_t{1} << 40; // sums of them stay within bounds
            if (!json.is_number_integer() || json.get<double>() < 0 || json.get<double>() > static_cast<double>(most))
                refuse(path, "is no count");
            value = static_cast<T>(json.get<std::int64_t>());
        } else if constexpr (std::same_as<T, std::string>) {
            value = text(json, path);
        } else {
            Reader inner(json, path);
            describe(inner, value);
            inner.done();
        }
    }
    static std::string text(const Json& json, const std::string& path) {
        if (!json.is_string())
            refuse(path, "is no text");
        return json.get<std::string>();
    }

    const Json& json_;
    std::string path_;
    std::size_t known_ = 0;
    std::size_t absent_ = 0;
};

/// A T that is read or written.
template <typename V, typename T>
concept Of = std::same_as<std::remove_const_t<V>, T>;

// ---- the members, once for reading and writing

template <typename T>
concept IsSeen = requires(T& seen) {
    seen.value;
    seen.source;
};
void describe(auto& visit, IsSeen auto& seen) {
    visit("value", seen.value);
    visit("source", seen.source);
    visit("at", seen.at, AsTime{});
}
void describe(auto& visit, Of<domain::Refusals::Sample> auto& sample) {
    visit("text", sample.text);
    visit("host", sample.host);
}
void describe(auto& visit, Of<domain::Refusals> auto& refusals) {
    visit("category", refusals.category);
    visit("list", refusals.list);
    visit("code", refusals.code);
    visit("count", refusals.count);
    visit("first", refusals.first, AsTime{});
    visit("last", refusals.last, AsTime{});
    visit("newest", refusals.newest);
}
void describe(auto& visit, Of<domain::Deliveries::Pause> auto& pause) {
    visit("began", pause.began, AsTime{});
    visit("ended", pause.ended, AsTime{});
}
void describe(auto& visit, Of<domain::Deliveries> auto& deliveries) {
    visit("last_accepted", deliveries.last_accepted, AsTime{});
    visit("pause", deliveries.pause);
    visit("most_per_minute", deliveries.most_per_minute);
}
void describe(auto& visit, Of<domain::Fleet> auto& fleet) {
    visit("addresses", fleet.addresses);
    visit("hit", fleet.hit);
    visit("first_hit", fleet.first_hit, AsTime{});
    visit("complaints_rose", fleet.complaints_rose);
}
void describe(auto& visit, Of<domain::AddressStanding> auto& address) {
    visit("is_public", address.is_public);
    visit("own", address.own);
}
void describe(auto& visit, Of<domain::PtrFinding> auto& pointer) {
    visit("standing", pointer.standing);
    visit("names", pointer.names);
    visit("confirmed", pointer.confirmed);
    visit("generic", pointer.generic);
    visit("equals_helo", pointer.equals_helo);
    visit("reason", pointer.reason);
    visit("asked_at", pointer.asked_at, AsTime{});
}
void describe(auto& visit, Of<domain::ListFinding> auto& answer) {
    visit("zone", answer.zone);
    visit("subject", answer.subject);
    visit("listing", answer.listing);
    visit("codes", answer.codes);
    visit("reason", answer.reason);
    visit("asked_at", answer.asked_at, AsTime{});
    visit("last_listed", answer.last_listed, AsTime{});
}
void describe(auto& visit, Of<domain::FromDomain> auto& domain) {
    visit("domain", domain.domain);
    visit("spf_includes", domain.spf_includes);
    visit("dkim_seen", domain.dkim_seen);
    visit("dmarc", domain.dmarc);
}
void describe(auto& visit, Of<domain::Repair> auto& repair) {
    visit("cause", repair.cause);
    visit("fix", repair.fix);
    visit("at", repair.at, AsTime{});
}
void describe(auto& visit, Of<domain::Complainants> auto& complainants) {
    visit("known", complainants.known);
    visit("suppressed", complainants.suppressed);
    visit("exported", complainants.exported);
    visit("unnamed", complainants.unnamed);
}
void describe(auto& visit, Of<domain::Leaks> auto& leaks) {
    visit("complained", leaks.complained, AsTime{});
    visit("last_in_log", leaks.last_in_log, AsTime{});
    visit("log_was_read", leaks.log_was_read);
}
void describe(auto& visit, Of<domain::RateBounds> auto& rate) {
    visit("lower", rate.lower);
    visit("upper", rate.upper);
}
void describe(auto& visit, Of<domain::MailDay::Snds> auto& snds) {
    visit("recipients", snds.recipients);
    visit("complaint_rate", snds.complaint_rate);
}
void describe(auto& visit, Of<domain::MailDay> auto& mail) {
    visit("day", mail.day, AsDay{});
    visit("accepted", mail.accepted);
    visit("complaints", mail.complaints);
    visit("reported", mail.reported);
    visit("snds", mail.snds);
}
void describe(auto& visit, Of<domain::ComplaintHistory> auto& complaints) {
    visit("days", complaints.days);
    visit("elsewhere", complaints.elsewhere);
    visit("ages", complaints.ages);
}
void describe(auto& visit, Of<domain::FeedLife> auto& feed) {
    visit("last_report", feed.last_report, AsTime{});
    visit("trials", feed.trials);
    visit("trials_reported", feed.trials_reported);
}
void describe(auto& visit, Of<domain::SndsStatus> auto& status) {
    visit("first", status.first);
    visit("last", status.last);
    visit("blocked", status.blocked);
    visit("details", status.details);
}
void describe(auto& visit, Of<domain::SndsAccess> auto& snds) {
    visit("enrolled", snds.enrolled);
    visit("status", snds.status);
    visit("trap_hits_since_repair", snds.trap_hits_since_repair);
}
void describe(auto& visit, Of<domain::Request> auto& request) {
    visit("ticket", request.ticket);
    visit("sent", request.sent, AsTime{});
    visit("verdict", request.verdict);
    visit("answered", request.answered, AsTime{});
    visit("withdrawn", request.withdrawn);
}
void describe(auto& visit, Of<domain::Contact> auto& contact) {
    visit("hears_microsoft", contact.hears_microsoft);
    visit("sends_through_address", contact.sends_through_address);
}
void describe(auto& visit, Of<domain::Evidence> auto& evidence) {
    visit("ip", evidence.ip);
    visit("list", evidence.list);
    visit("now", evidence.now, AsTime{});
    visit("refusals", evidence.refusals);
    visit("deliveries", evidence.deliveries);
    visit("fleet", evidence.fleet);
    visit("address", evidence.address);
    visit("pointer", evidence.pointer);
    visit("spamhaus", evidence.spamhaus);
    visit("from_domains", evidence.from_domains);
    visit("repair", evidence.repair);
    visit("complainants", evidence.complainants);
    visit("leaks", evidence.leaks);
    visit("complaints", evidence.complaints);
    visit("feed", evidence.feed);
    visit("snds", evidence.snds);
    visit("requests", evidence.requests);
    visit("contact", evidence.contact);
}
void describe(auto& visit, Of<domain::EvidenceFigure> auto& figure) {
    visit("label", figure.label);
    visit("value", figure.value);
    visit("unit", figure.unit);
}
void describe(auto& visit, Of<domain::Ruling> auto& reason) {
    visit("rule", reason.rule);
    visit("state", reason.state);
    visit("remedy", reason.remedy);
    visit("sentence", reason.sentence);
    visit("figures", reason.figures);
    visit("earliest", reason.earliest, AsTime{});
    visit("action", reason.action);
}
void describe(auto& visit, Of<domain::Decision> auto& decision) {
    visit("ip", decision.ip);
    visit("list", decision.list);
    visit("now", decision.now, AsTime{});
    visit("outcome", decision.outcome);
    visit("wait_until", decision.wait_until, AsTime{});
    visit("door", decision.door);
    visit("reasons", decision.reasons);
    visit("also", decision.also);
}

template <typename T>
std::string written(const T& value) {
    Writer writer;
    writer("format_version", format_version);
    describe(writer, value);
    return one_line(writer.json);
}

} // namespace

std::string evidence_json(const domain::Evidence& evidence) {
    return written(evidence);
}

std::string decision_json(const domain::Decision& decision) {
    return written(decision);
}

domain::Evidence read_evidence(const std::string& file) {
    constexpr std::size_t most_bytes = std::size_t{16} << 20U;
    const util::BoundedBytes read =
        file == "-" ? util::read_to_end(STDIN_FILENO, most_bytes, "standard input") : util::read_file(file, most_bytes);
    if (read.truncated)
        throw util::Fault(util::FaultKind::damaged, "read " + file, "it is longer than any evidence");
    return parse_evidence(read.bytes);
}

domain::Evidence parse_evidence(std::string_view text) {
    const Json json = Json::parse(text, nullptr, false);
    if (json.is_discarded())
        refuse("the text", "is no JSON");
    Reader reader(json, "");
    int version = 0;
    reader("format_version", version);
    if (version != format_version)
        throw util::Fault(util::FaultKind::newer, "read evidence",
                          "its format is not " + std::to_string(format_version));
    domain::Evidence out;
    describe(reader, out);
    reader.done();
    if (out.list == domain::BlockList::spamhaus)
        refuse("list", "is none of Microsoft's");
    return out;
}

} // namespace jmrp::cli
