// Postfix: https://www.postfix.org/postconf.5.html (syslog_name, info_log_addr_form, enable_long_queue_ids).
//     host postfix/cleanup[1]: 4cY8Zk2NsFz3x: message-id=<n@sender.example>
//     host postfix/smtp[2]: 4cY8Zk2NsFz3x: to=<u@example.com>, orig_to=<x@y.example>, relay=mx.example.com[192.0.2.1]:25,
//         conn_use=2, delay=1, delays=0.1/0/0.4/0.5, dsn=2.0.0, status=sent (250 2.0.0 ok)
//     host postfix/qmgr[3]: 4cY8Zk2NsFz3x: removed
// The address and the reply are written by strangers. So a line is read from the left: the address up to its end with its
// quotes respected, then names we know, and nothing behind the word of the status.
#include <algorithm>
#include <array>

#include "domain/message_id.hpp"
#include "traffic/syslog_line.hpp"
#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

/// What we take from the left of a line.
class Cursor {
  public:
    explicit Cursor(std::string_view text) : text_(text) {}

    bool take(std::string_view expected) {
        if (!text_.starts_with(expected))
            return false;
        text_.remove_prefix(expected.size());
        return true;
    }
    /// Up to `end`, which is taken too. Nothing where it does not come.
    std::optional<std::string_view> until(std::string_view end) {
        const std::size_t at = text_.find(end);
        if (at == std::string_view::npos)
            return std::nullopt;
        const std::string_view taken = text_.substr(0, at);
        text_.remove_prefix(at + end.size());
        return taken;
    }
    /// An address after "<" and its ">": what stands in quotes does not end it.
    std::optional<std::string_view> address() {
        bool quoted = false;
        for (std::size_t i = 0; i < text_.size(); ++i) {
            if (quoted && text_[i] == '\\')
                ++i;
            else if (text_[i] == '"' && (quoted || i == 0))
                quoted = !quoted;
            else if (text_[i] == '>' && !quoted) {
                const std::string_view taken = text_.substr(0, i);
                text_.remove_prefix(i + 1);
                return taken;
            }
        }
        return std::nullopt;
    }
    std::string_view rest() const { return text_; }

  private:
    std::string_view text_;
};

constexpr std::pair<std::string_view, domain::SentStatus> statuses[] = {
    {"sent", domain::SentStatus::accepted},
    {"deferred", domain::SentStatus::deferred},
    {"bounced", domain::SentStatus::rejected},
};

struct Delivery {
    std::string_view relay;
    std::string_view status;
    std::string_view reply;
};

/// "relay=..., delay=..., ..., status=word (reply)".
std::optional<Delivery> read_delivery(Cursor line) {
    static constexpr std::array<std::string_view, 5> passed = {"conn_use=", "delay=", "delays=", "dsn=", "tls="};
    Delivery out;
    if (!line.take("relay="))
        return std::nullopt;
    const auto relay = line.until(", ");
    if (!relay || relay->find_first_of(" \"") != std::string_view::npos)
        return std::nullopt;
    out.relay = *relay;
    while (!line.take("status=")) {
        const bool known = std::any_of(passed.begin(), passed.end(),
                                       [&](std::string_view name) { return line.rest().starts_with(name); });
        if (!known || !line.until(", "))
            return std::nullopt;
    }
    const std::string_view rest = line.rest();
    out.status = rest.substr(0, rest.find_first_of(" ,"));
    const std::size_t reply = rest.find('(');
    if (reply != std::string_view::npos)
        out.reply = rest.substr(reply + 1, rest.size() - reply - (rest.ends_with(')') ? 2 : 1));
    return out;
}

bool is_queue_id(std::string_view text) {
    return text.size() >= 5 && text.size() <= 24 && text != "NOQUEUE" &&
           std::all_of(text.begin(), text.end(), util::is_alnum);
}

class PostfixReader : public Reader {
  public:
    explicit PostfixReader(const Context& context) : context_(context), clock_(context) {}

    void begin(std::string_view first_line) override { clock_.begin(first_line); }

    Reading read(std::string_view line) override {
        // error and retry end what smtp may not even try; local, virtual and pipe deliver here.
        static constexpr std::pair<std::string_view, Read> programs[] = {
            {"smtp", &PostfixReader::delivery},  {"qmgr", &PostfixReader::end},
            {"cleanup", &PostfixReader::name},   {"lmtp", &PostfixReader::delivery},
            {"error", &PostfixReader::delivery}, {"retry", &PostfixReader::delivery},
        };
        const auto entry = clock_.read(line);
        if (!entry)
            return {{}, util::trim(line).empty() ? nullptr : "no time stamp and program"};
        const std::size_t slash = entry->tag.rfind('/');
        if (slash == std::string_view::npos)
            return {};
        const std::string_view program = entry->tag.substr(slash + 1);
        const auto row = std::find_if(std::begin(programs), std::end(programs),
                                      [&](const auto& known) { return known.first == program; });
        if (row == std::end(programs))
            return {};
        const std::size_t colon = entry->text.find(": ");
        if (colon == std::string_view::npos || !is_queue_id(entry->text.substr(0, colon)))
            return {};
        return (this->*row->second)(*entry, entry->text.substr(0, colon), entry->text.substr(colon + 2));
    }

  private:
    using Read = Reading (PostfixReader::*)(const SyslogLine& entry, std::string_view queue_id,
                                            std::string_view text) const;

    Reading end(const SyslogLine& entry, std::string_view queue_id, std::string_view text) const {
        if (text != "removed")
            return {};
        return {{domain::SentEnd{std::string(entry.host), std::string(queue_id), entry.at}}, nullptr};
    }

    Reading name(const SyslogLine& entry, std::string_view queue_id, std::string_view text) const {
        constexpr std::string_view field = "message-id=";
        if (!text.starts_with(field))
            return {};
        return {{domain::SentName{std::string(entry.host), std::string(queue_id),
                                  domain::bare_message_id(text.substr(field.size())).value_or(""), entry.at}},
                nullptr};
    }

    Reading delivery(const SyslogLine& entry, std::string_view queue_id, std::string_view text) const {
        Cursor line(text);
        if (!line.take("to=<"))
            return {}; // warnings, "host ... said:", "enabling PIX workarounds"
        const auto to = line.address();
        if (!to || !line.take(", "))
            return {{}, "recipient without an end"};
        if (line.take("orig_to=<") && (!line.address() || !line.take(", ")))
            return {{}, "original recipient without an end"};
        const auto delivery = read_delivery(line);
        if (!delivery)
            return {{}, "delivery without relay or status"};
        const auto status = std::find_if(std::begin(statuses), std::end(statuses),
                                         [&](const auto& row) { return row.first == delivery->status; });
        if (status == std::end(statuses))
            return {}; // deliverable, undeliverable: of probes, which carry no message
        if (delivery->relay == "local" || delivery->relay.find("[/") != std::string_view::npos ||
            delivery->relay.find("[private/") != std::string_view::npos)
            return {}; // a socket on this machine
        auto recipient = domain::parse_address(*to);
        if (!recipient)
            return {{}, "recipient that is no address"};
        domain::SentRecord record;
        record.server = entry.host;
        record.queue_id = queue_id;
        record.recipient = std::move(*recipient);
        if (delivery->relay != "none")
            record.relay = util::lower(delivery->relay.substr(0, delivery->relay.find('[')));
        record.provider = provider_of(record.relay, context_.providers);
        record.source_ip = source_ip(entry);
        record.status = status->second;
        record.at = entry.at;
        record.reply = delivery->reply;
        return {{std::move(record)}, nullptr};
    }

    /// "postfix-out1/smtp", "postfix-out1"; of "postfix/out1/smtp" also "out1"; "smtp"; the server.
    std::optional<domain::Ip> source_ip(const SyslogLine& entry) const {
        const std::string_view instance = entry.tag.substr(0, entry.tag.rfind('/'));
        const std::size_t slash = instance.rfind('/');
        const std::string_view service =
            slash == std::string_view::npos ? std::string_view() : instance.substr(slash + 1);
        const std::string_view program = entry.tag.substr(entry.tag.rfind('/') + 1);
        const std::array<std::string_view, 5> names = {entry.tag, instance, service, program, entry.host};
        return source_ip_of(context_, names);
    }

    Context context_;
    SyslogClock clock_;
};

} // namespace

std::unique_ptr<Reader> make_postfix_reader(const Context& context) {
    return std::make_unique<PostfixReader>(context);
}

} // namespace jmrp::traffic
