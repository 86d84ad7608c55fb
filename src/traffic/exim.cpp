// Exim's main log: https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html. A line is
//     2026-11-16 04:30:11 1vKbcd-0001ab-2C <= b@sender.example H=... P=esmtp S=512 id=n@sender.example
//     2026-11-16 04:30:12 1vKbcd-0001ab-2C => u@example.com R=dnslookup T=remote_smtp H=mx.example.com [192.0.2.1] C="250 ok"
//     2026-11-16 04:30:12 1vKbcd-0001ab-2C Completed
// with -> for further recipients of a delivery, >> for one while the message came in, ** for a failure, == for a deferral.
// The stamp may hold milliseconds and a zone, "[pid]" may follow it; message ids are longer since 4.97.
#include <algorithm>
#include <array>

#include "domain/message_id.hpp"
#include "traffic/syslog_line.hpp"
#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

bool is_message_id(std::string_view text) {
    const auto parts = util::split(text, '-');
    if (parts.size() != 3 || parts[0].size() != 6)
        return false;
    const bool old = parts[1].size() == 6 && parts[2].size() == 2;
    const bool recent = parts[1].size() == 11 && parts[2].size() == 4;
    return (old || recent) && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
               return std::all_of(part.begin(), part.end(), util::is_alnum);
           });
}

/// A word off the front of `text`, with the blanks after it. A quote at the beginning or after "=" reaches to its end, as
/// what stands in angle brackets does; so blanks in local parts and texts do not end a word.
std::string_view take_word(std::string_view& text) {
    std::size_t i = 0;
    char closes = '\0';
    for (; i < text.size(); ++i) {
        const char c = text[i];
        if (closes == '"' && c == '\\')
            ++i;
        else if (closes != '\0')
            closes = c == closes ? '\0' : closes;
        else if (c == ' ')
            break;
        else if (c == '"' && (i == 0 || text[i - 1] == '=' || text[i - 1] == '<'))
            closes = '"';
        else if (c == '(' && i == 0)
            closes = ')';
    }
    i = std::min(i, text.size());
    const std::string_view word = text.substr(0, i);
    text.remove_prefix(i);
    while (text.starts_with(' '))
        text.remove_prefix(1);
    return word;
}

struct Line {
    util::Seconds at = 0;
    std::string_view queue_id;
    std::string_view flag; ///< "<=", "=>", ... or "Completed"
    std::string_view rest;
};

struct Fields {
    std::string_view router;
    std::string_view transport;
    std::string_view host;
    std::string_view host_ip; ///< "[192.0.2.1]" or "[192.0.2.1]:25"
    std::string_view interface;
    std::string_view reply; ///< what stands behind the fields, or the C= of a delivery
};

/// "K=value" off the front; nothing where no field is there.
std::optional<std::pair<std::string_view, std::string_view>> take_field(std::string_view& text) {
    std::size_t equals = 0;
    while (equals < text.size() && util::is_alnum(text[equals]))
        ++equals;
    if (equals == 0 || equals > 5 || equals >= text.size() || text[equals] != '=')
        return std::nullopt;
    const std::string_view word = take_word(text);
    return std::pair{word.substr(0, equals), word.substr(equals + 1)};
}

/// Ends with the first word that is no field: there the text of strangers begins.
Fields read_fields(std::string_view text) {
    Fields out;
    while (!text.empty()) {
        if (text.starts_with("defer (")) { // "defer (-44)"
            const std::size_t close = text.find(')');
            if (close == std::string_view::npos)
                break;
            const bool ends = text.substr(close + 1).starts_with(':');
            text.remove_prefix(std::min(text.size(), close + (ends ? 1U : 2U)));
            continue;
        }
        const auto field = take_field(text);
        if (!field) {
            if (text.starts_with("K ") || text.starts_with("L ") || text.starts_with("DKIM=")) { // CHUNKING, PIPELINING
                take_word(text);
                continue;
            }
            break;
        }
        std::string_view value = field->second;
        const bool ends = value.ends_with(':'); // "T=remote_smtp:" before an error text
        if (ends)
            value.remove_suffix(1);
        if (field->first == "R") {
            out.router = value;
        } else if (field->first == "T") {
            out.transport = value;
        } else if (field->first == "I") {
            out.interface = value;
        } else if (field->first == "C") {
            out.reply = value;
        } else if (field->first == "H" && out.host.empty()) {
            out.host = value;
            if (text.starts_with('(')) // the name it gave itself
                take_word(text);
            if (text.starts_with('[')) {
                std::string_view ip = take_word(text);
                const bool last = ip.ends_with(':');
                out.host_ip = last ? ip.substr(0, ip.size() - 1) : ip;
                if (last)
                    break;
            }
        }
        if (ends)
            break;
    }
    if (out.reply.empty())
        out.reply = text;
    return out;
}

/// `"a b"@example.com` without its quotes; nothing where `address` is no such thing.
std::optional<std::string> without_quotes(std::string_view address) {
    std::string out;
    std::size_t i = 1;
    for (; i < address.size() && address[i] != '"'; ++i) {
        if (address[i] == '\\')
            ++i;
        if (i < address.size())
            out += address[i];
    }
    if (!address.starts_with('"') || i >= address.size() || !address.substr(i + 1).starts_with('@'))
        return std::nullopt;
    return out.append(address.substr(i + 1));
}

/// Takes the recipient off the front of `rest`. Exim writes a quoted local part without its quotes, so anything may stand
/// there, and then the address as it is: `a b@example.com <"a b"@example.com>`. The last place where the one is the other
/// without its quotes is the real one; what strangers chose to write cannot come after it.
std::string_view take_recipient(std::string_view& rest) {
    for (std::size_t at = rest.rfind(" <\""); at != std::string_view::npos && at > 0; at = rest.rfind(" <\"", at - 1)) {
        std::string_view after = rest.substr(at + 1);
        std::string_view word = take_word(after);
        if (!word.ends_with('>'))
            continue;
        word = word.substr(1, word.size() - 2);
        if (without_quotes(word) != rest.substr(0, at))
            continue;
        rest = after;
        return word;
    }
    return take_word(rest);
}

std::optional<domain::Ip> ip_in_brackets(std::string_view text) {
    return domain::parse_ip(text.substr(0, text.find(']') == std::string_view::npos ? 0 : text.find(']') + 1));
}

constexpr std::pair<std::string_view, domain::SentStatus> flags[] = {
    {"=>", domain::SentStatus::accepted}, {"->", domain::SentStatus::accepted}, {">>", domain::SentStatus::accepted},
    {"**", domain::SentStatus::rejected}, {"==", domain::SentStatus::deferred},
};

class EximReader : public Reader {
  public:
    explicit EximReader(const Context& context) : context_(context), syslog_(context) {}

    void begin(std::string_view first_line) override { syslog_.begin(first_line); }

    Reading read(std::string_view text) override {
        std::string_view server;
        std::optional<util::Seconds> at;
        if (const auto entry = syslog_.read(text); entry && entry->tag == "exim") {
            server = entry->host;
            at = entry->at;
            text = entry->text;
        }
        if (const auto stamp = read_iso_stamp(text, context_.zone)) {
            at = stamp->at;
            text.remove_prefix(stamp->length);
            text = util::trim(text);
        }
        if (!at)
            return {{}, util::trim(text).empty() ? nullptr : "no time stamp"};
        if (text.starts_with('[')) // a process id
            take_word(text);
        Line line;
        line.at = *at;
        line.queue_id = take_word(text);
        if (!is_message_id(line.queue_id))
            return {};
        line.flag = take_word(text);
        line.rest = text;
        if (line.flag == "<=")
            return arrival(line, server);
        if (line.flag == "Completed")
            return {{domain::SentEnd{std::string(server), std::string(line.queue_id), line.at}}, nullptr};
        const auto flag =
            std::find_if(std::begin(flags), std::end(flags), [&](const auto& row) { return row.first == line.flag; });
        return flag == std::end(flags) ? Reading{} : delivery(line, server, flag->second);
    }

  private:
    static Reading arrival(const Line& line, std::string_view server) {
        std::string_view rest = line.rest;
        take_word(rest); // the sender
        domain::SentName name{std::string(server), std::string(line.queue_id), {}, line.at};
        // Fields in their order; the first id= is Exim's, what a subject or an address says comes later.
        while (!rest.empty()) {
            if (rest.starts_with("id=")) {
                std::string_view value = rest.substr(3);
                name.message_id = domain::bare_message_id(take_word(value)).value_or("");
                break;
            }
            if (rest.starts_with("T=") || rest.starts_with("from ") || rest.starts_with("for "))
                break;
            take_word(rest);
        }
        return {{std::move(name)}, nullptr};
    }

    Reading delivery(const Line& line, std::string_view server, domain::SentStatus status) const {
        std::string_view rest = line.rest;
        std::string_view to = take_recipient(rest);
        while (rest.starts_with('(') || rest.starts_with('<')) { // addresses it came from
            const std::string_view parent = take_word(rest);
            if (to.find('@') == std::string_view::npos && parent.starts_with('<'))
                return {}; // "user <user@here>": a local part, delivered here
        }
        const bool no_colon = !to.ends_with(':');
        if (!no_colon)
            to.remove_suffix(1); // "** address: text"
        const Fields fields = no_colon ? read_fields(rest) : Fields{};
        const bool tried = !fields.host.empty();
        // Without a server it was tried nowhere: a deferral is then the wait itself, written at each look into the queue.
        if (!tried && status != domain::SentStatus::rejected)
            return {};
        if (!tried && !fields.transport.empty() && fields.transport.find("smtp") == std::string_view::npos)
            return {}; // a local transport
        auto recipient = domain::parse_address(to);
        if (!recipient)
            return {{}, "recipient that is no address"};
        domain::SentRecord record;
        record.server = server;
        record.queue_id = line.queue_id;
        record.recipient = std::move(*recipient);
        record.relay = util::lower(fields.host);
        record.provider = provider_of(record.relay, context_.providers);
        record.source_ip = ip_in_brackets(fields.interface);
        if (!record.source_ip) {
            const std::array<std::string_view, 3> names = {fields.transport, fields.router, server};
            record.source_ip = source_ip_of(context_, names);
        }
        record.status = status;
        record.at = line.at;
        record.reply = fields.reply;
        return {{std::move(record)}, nullptr};
    }

    Context context_;
    SyslogClock syslog_;
};

} // namespace

std::unique_ptr<Reader> make_exim_reader(const Context& context) {
    return std::make_unique<EximReader>(context);
}

} // namespace jmrp::traffic
