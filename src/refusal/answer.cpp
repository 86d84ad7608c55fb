#include "refusal/answer.hpp"

#include <array>
#include <vector>

#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::refusal {

namespace {

constexpr std::size_t read_bytes = 4096;

// Each names the host in its first group.
const std::vector<util::Regex>& host_wordings() {
    static const std::vector<util::Regex> wordings = [] {
        std::vector<util::Regex> out;
        for (const std::string_view pattern : {
                 R"(\bhost ([a-z0-9-]+(?:\.[a-z0-9-]+)+) ?\[)",                                  // Postfix, Exim
                 R"(\bhost: ([a-z0-9-]+(?:\.[a-z0-9-]+)+) \()",                                  // GMX, web.de
                 R"(\bhost ([a-z0-9][a-z0-9.-]*)(?::\d+)? says\b)",                              // KumoMTA
                 R"(\bwhile talking to ([a-z0-9][a-z0-9.-]*?)\.?:)",                             // Sendmail
                 R"(\bRemote Server at ([a-z0-9][a-z0-9.-]*)(?: \([^)]*\))? ret)",               // Exchange
                 R"(\bby ([a-z0-9-]+(?:\.[a-z0-9-]+)+)\.? \[)",                                  // Gmail
                 R"(\b([a-z0-9-]+(?:\.[a-z0-9-]+)+) \[[0-9a-f.:]+\] did not like)",              // DragonFly
                 R"(<([a-z0-9-]+(?:\.[a-z0-9-]+)+) #[245]\.)",                                   // Exchange 2007
                 R"(\b([a-z0-9-]+(?:\.[a-z0-9-]+)+) (?:gave this error|rejected your message))", // Microsoft 365
                 R"((?<![\d.])(\d{1,3}(?:\.\d{1,3}){3}) (?:does not like|failed after I sent))", // qmail
             })
            out.emplace_back(pattern);
        return out;
    }();
    return wordings;
}

struct Known {
    std::string_view suffix;
    Door door;
};
// The first that fits. Old names as well: bounces quote them, and archives are read.
constexpr std::array hosts = {
    Known{".olc.protection.outlook.com", Door::outlook_com},
    Known{".hotmail.com", Door::outlook_com}, // mx1 to mx4 until about 2018, and front ends before
    Known{".mail.protection.outlook.com", Door::office365},
    Known{".mail.eo.outlook.com", Door::office365},
    Known{".mail.messaging.microsoft.com", Door::office365},
    Known{".mx.microsoft", Door::office365},
    Known{".protection.office365.us", Door::office365},
    Known{".partner.outlook.cn", Door::office365},
    Known{".outlook.com", Door::microsoft},
    Known{".exchangelabs.com", Door::microsoft},
    Known{".office365.us", Door::microsoft},
    Known{".microsoft.com", Door::microsoft},
};

// Exchange Online and Outlook.com, as Microsoft publishes them for firewalls, and Hotmail's before 2018.
constexpr std::array networks = {"40.92.0.0/15",    "40.107.0.0/16",      "52.100.0.0/14",     "104.47.0.0/17",
                                 "65.54.0.0/15",    "134.170.0.0/16",     "207.46.8.0/24",     "207.46.100.0/24",
                                 "207.46.163.0/24", "2a01:111:f400::/48", "2a01:111:f403::/48"};

std::optional<util::Seconds> time_of(std::string_view day, std::string_view hour, std::string_view minute,
                                     std::string_view second) {
    const auto days = util::parse_iso_day(day);
    const auto h = util::parse_unsigned(hour), m = util::parse_unsigned(minute), s = util::parse_unsigned(second);
    if (!days || !h || !m || !s || *h > 23 || *m > 59 || *s > 60)
        return std::nullopt;
    return util::Seconds{*days} * 86'400 + static_cast<util::Seconds>(*h * 3600 + *m * 60 + *s);
}

} // namespace

std::optional<std::string> find_status(std::string_view text) {
    static const util::Regex code(R"((?<![0-9.])[245]\.[0-9]{1,3}\.[0-9]{1,3}(?!\.?[0-9]))");
    const auto match = code.search(text.substr(0, read_bytes));
    return match ? std::optional<std::string>(match->front()) : std::nullopt;
}

std::string find_host(std::string_view text) {
    text = text.substr(0, read_bytes);
    for (const util::Regex& wording : host_wordings())
        if (const auto match = wording.search(text))
            return util::lower((*match)[1]);
    return {};
}

std::optional<Signature> find_signature(std::string_view text) {
    // Their outbound servers, which others quote, have no ".prod." in their names.
    static const util::Regex signature(
        R"(\[([a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:outlook\.com|exchangelabs\.com|office365\.us|outlook\.cn)))"
        R"((?: (\d{4}-\d\d-\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?Z [0-9A-Z]{1,32}|(?<=\.prod\.protection\.outlook\.com))\])");
    std::optional<Signature> last;
    text = text.substr(0, read_bytes);
    while (const auto match = signature.search(text)) {
        last = Signature{util::lower((*match)[1]), time_of((*match)[2], (*match)[3], (*match)[4], (*match)[5])};
        text.remove_prefix(static_cast<std::size_t>(match->front().data() - text.data()) + match->front().size());
    }
    return last;
}

Door door_of_host(std::string_view host) {
    if (host.ends_with('.'))
        host.remove_suffix(1);
    if (host.empty())
        return Door::unknown;
    if (const auto ip = domain::parse_ip(host))
        return is_microsoft_server(*ip) ? Door::microsoft : Door::unknown;
    const std::string lowered = util::lower(host);
    for (const Known& row : hosts)
        if (lowered.size() > row.suffix.size() && lowered.ends_with(row.suffix))
            return row.door;
    // "localhost", "mx1", "unknown": no name that could tell.
    return lowered.find('.') == std::string::npos ? Door::unknown : Door::elsewhere;
}

Door door_of_domain(std::string_view domain) {
    static const util::Regex consumers(
        R"(^(?:(?:hotmail|live|outlook)\.(?:[a-z]{2,3}|com?\.[a-z]{2})|msn\.com|windowslive\.com|passport\.com)$)");
    return consumers.search(domain) ? Door::outlook_com : Door::unknown;
}

bool is_microsoft_server(const domain::Ip& ip) {
    static const std::vector<domain::Network> own = [] {
        std::vector<domain::Network> out;
        for (const char* text : networks)
            out.push_back(*domain::parse_network(text));
        return out;
    }();
    return domain::any_contains(own, ip);
}

} // namespace jmrp::refusal
