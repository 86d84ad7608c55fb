// Logs of KumoMTA: a JSON object a line (https://docs.kumomta.com/reference/log_record/).
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "domain/message_id.hpp"
#include "traffic/reader.hpp"
#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

using Json = nlohmann::json;

constexpr std::pair<std::string_view, domain::SentStatus> types[] = {
    {"Delivery", domain::SentStatus::accepted},
    {"Bounce", domain::SentStatus::rejected},
    {"TransientFailure", domain::SentStatus::deferred},
    {"Expiration", domain::SentStatus::rejected},
};

/// A member that is a text; empty where it is not there or something else.
std::string_view text_of(const Json& object, const char* name) {
    if (!object.is_object())
        return {};
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? std::string_view(found->get_ref<const std::string&>())
                                                       : std::string_view();
}

const Json& member(const Json& object, const char* name) {
    static const Json nothing;
    if (!object.is_object())
        return nothing;
    const auto found = object.find(name);
    return found == object.end() ? nothing : *found;
}

std::vector<std::string_view> recipients_of(const Json& record) {
    const Json& said = member(record, "recipient");
    std::vector<std::string_view> out;
    if (said.is_string())
        out.emplace_back(said.get_ref<const std::string&>());
    if (said.is_array())
        for (const Json& one : said)
            out.emplace_back(one.is_string() ? std::string_view(one.get_ref<const std::string&>())
                                             : std::string_view());
    return out;
}

std::optional<util::Seconds> time_of(const Json& record) {
    for (const char* name : {"event_time", "timestamp"}) {
        const Json& said = member(record, name);
        if (said.is_string())
            if (const auto at = read_any_time(said.get_ref<const std::string&>(), Zone{false, 0}))
                return at;
        constexpr double year_9999 = 253402300799.0;
        if (said.is_number()) {
            const auto value = said.get<double>();
            if (value >= 0 && value <= year_9999)
                return static_cast<util::Seconds>(value);
        }
    }
    return std::nullopt;
}

/// A header, by a name in any case; a text or a list of texts.
std::optional<std::string> message_id_of(const Json& record) {
    const Json& headers = member(record, "headers");
    if (!headers.is_object())
        return std::nullopt;
    for (const auto& [name, value] : headers.items()) {
        if (!util::equal_ignoring_case(name, "Message-ID"))
            continue;
        const Json& one = value.is_array() && !value.empty() ? value.front() : value;
        if (one.is_string())
            return domain::bare_message_id(one.get_ref<const std::string&>());
    }
    return std::nullopt;
}

/// "192.0.2.1:25", "[2001:db8::1]:25".
std::optional<domain::Ip> ip_before_port(std::string_view text) {
    if (text.starts_with('['))
        return domain::parse_ip(text.substr(0, text.find(']') + 1));
    if (const auto ip = domain::parse_ip(text))
        return ip;
    const std::size_t colon = text.rfind(':');
    return colon == std::string_view::npos ? std::nullopt : domain::parse_ip(text.substr(0, colon));
}

class KumomtaReader : public Reader {
  public:
    explicit KumomtaReader(const Context& context) : context_(context) {}

    void begin(std::string_view) override {}

    Reading read(std::string_view line) override {
        if (util::trim(line).empty())
            return {};
        const Json record = Json::parse(line, nullptr, false);
        if (!record.is_object())
            return {{}, "no JSON object"};
        const std::string_view said = text_of(record, "type");
        const auto type =
            std::find_if(std::begin(types), std::end(types), [&](const auto& row) { return row.first == said; });
        if (type == std::end(types))
            return {{}, said.empty() ? "object without a type" : nullptr};
        const auto at = time_of(record);
        if (!at)
            return {{}, "time that is none"};
        domain::SentRecord common;
        common.queue_id = text_of(record, "id");
        if (common.queue_id.empty())
            return {{}, "no id"};
        common.message_id = message_id_of(record);
        common.relay = util::lower(text_of(member(record, "peer_address"), "name"));
        if (common.relay.ends_with('.'))
            common.relay.pop_back();
        common.provider = provider_of(common.relay, context_.providers);
        common.source_ip = ip_before_port(text_of(member(record, "source_address"), "address"));
        if (!common.source_ip) {
            const std::string_view name = text_of(record, "egress_source");
            common.source_ip = source_ip_of(context_, std::span(&name, 1));
        }
        common.status = type->second;
        common.at = *at;
        common.reply = text_of(member(record, "response"), "content");
        Reading out;
        for (const std::string_view one : recipients_of(record)) {
            auto recipient = domain::parse_address(one);
            if (!recipient) {
                out.trouble = "recipient that is no address";
                continue;
            }
            domain::SentRecord sent = common;
            sent.recipient = std::move(*recipient);
            out.events.emplace_back(std::move(sent));
        }
        if (out.events.empty() && !out.trouble)
            out.trouble = "no recipient";
        return out;
    }

  private:
    Context context_;
};

} // namespace

std::unique_ptr<Reader> make_kumomta_reader(const Context& context) {
    return std::make_unique<KumomtaReader>(context);
}

} // namespace jmrp::traffic
