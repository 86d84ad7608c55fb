// Accounting files of PowerMTA (user's guide 5.0): CSV by header names, which the configuration chooses. The first column is
// the type: d delivered, b bounced, t put off; others tell of other things.
#include <algorithm>

#include "domain/message_id.hpp"
#include "traffic/columns.hpp"
#include "traffic/reader.hpp"
#include "util/csv.hpp"
#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

constexpr std::pair<std::string_view, domain::SentStatus> types[] = {
    {"d", domain::SentStatus::accepted},
    {"b", domain::SentStatus::rejected},
    {"t", domain::SentStatus::deferred},
};

/// "mx.example.com (192.0.2.1)", "dns;mx.example.com".
std::string host_of(std::string_view mta) {
    const std::size_t semicolon = mta.find(';');
    if (semicolon != std::string_view::npos)
        mta.remove_prefix(semicolon + 1);
    mta = util::trim(mta);
    return util::lower(mta.substr(0, mta.find_first_of(" (")));
}

class PowermtaReader : public Reader {
  public:
    explicit PowermtaReader(const Context& context) : context_(context) {}

    void begin(std::string_view first_line) override {
        header_ = first_line;
        columns_ = Columns(first_line);
    }

    Reading read(std::string_view line) override {
        if (line == header_)
            return {{}, columns_.has("type") && columns_.has("rcpt") ? nullptr : "header line without type and rcpt"};
        const auto fields = util::csv_fields(line);
        if (!fields)
            return {{}, "quote that is not closed"};
        const std::string_view said = columns_.first(*fields, {"type"});
        const auto type =
            std::find_if(std::begin(types), std::end(types), [&](const auto& row) { return row.first == said; });
        if (type == std::end(types))
            return {};
        const auto at = read_any_time(columns_.first(*fields, {"timeLogged"}), context_.zone);
        if (!at)
            return {{}, "time that is none"};
        auto recipient = domain::parse_address(columns_.first(*fields, {"rcpt"}));
        if (!recipient)
            return {{}, "recipient that is no address"};
        domain::SentRecord record;
        record.message_id = domain::bare_message_id(columns_.first(*fields, {"header_Message-Id"}));
        // PowerMTA tells no queue id: what names the message stands in for it.
        record.queue_id = columns_.first(*fields, {"envId"});
        if (record.queue_id.empty() && record.message_id)
            record.queue_id = *record.message_id;
        if (record.queue_id.empty())
            record.queue_id = columns_.first(*fields, {"jobId"});
        if (record.queue_id.empty())
            return {{}, "no envId, header_Message-Id or jobId"};
        record.recipient = std::move(*recipient);
        record.relay = host_of(columns_.first(*fields, {"dsnMta"}));
        record.provider = provider_of(record.relay, context_.providers);
        record.source_ip = domain::parse_ip(columns_.first(*fields, {"dlvSourceIp"}));
        if (!record.source_ip) {
            const std::string_view name = columns_.first(*fields, {"vmta"});
            record.source_ip = source_ip_of(context_, std::span(&name, 1));
        }
        record.status = type->second;
        record.at = *at;
        record.reply = columns_.first(*fields, {"dsnDiag"});
        return {{std::move(record)}, nullptr};
    }

  private:
    Context context_;
    std::string header_;
    Columns columns_;
};

} // namespace

std::unique_ptr<Reader> make_powermta_reader(const Context& context) {
    return std::make_unique<PowermtaReader>(context);
}

} // namespace jmrp::traffic
