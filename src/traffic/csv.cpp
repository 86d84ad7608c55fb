// A neutral table, for every server whose log has no reader here: jmrp(1), "import sent".
#include <algorithm>

#include "domain/message_id.hpp"
#include "traffic/columns.hpp"
#include "traffic/reader.hpp"
#include "util/csv.hpp"
#include "util/text.hpp"

namespace jmrp::traffic {

namespace {

constexpr std::pair<std::string_view, domain::SentStatus> statuses[] = {
    {"accepted", domain::SentStatus::accepted},  {"sent", domain::SentStatus::accepted},
    {"delivered", domain::SentStatus::accepted}, {"deferred", domain::SentStatus::deferred},
    {"rejected", domain::SentStatus::rejected},  {"bounced", domain::SentStatus::rejected},
};

class CsvReader : public Reader {
  public:
    explicit CsvReader(const Context& context) : context_(context) {}

    void begin(std::string_view first_line) override {
        header_ = first_line;
        columns_ = Columns(first_line);
    }

    Reading read(std::string_view line) override {
        if (line == header_) {
            const bool fit = columns_.has("recipient") && (columns_.has("time") || columns_.has("date")) &&
                             (columns_.has("queue_id") || columns_.has("message_id"));
            return {{}, fit ? nullptr : "header line without recipient, time and an id"};
        }
        const auto fields = util::csv_fields(line);
        if (!fields)
            return {{}, "quote that is not closed"};
        const auto at = read_any_time(columns_.first(*fields, {"time", "date"}), context_.zone);
        if (!at)
            return {{}, "time that is none"};
        auto recipient = domain::parse_address(columns_.first(*fields, {"recipient"}));
        if (!recipient)
            return {{}, "recipient that is no address"};
        const std::string_view said = columns_.first(*fields, {"status"});
        const auto status = std::find_if(std::begin(statuses), std::end(statuses), [&](const auto& row) {
            return util::equal_ignoring_case(row.first, said.empty() ? "accepted" : said);
        });
        if (status == std::end(statuses))
            return {{}, "status that is none"};
        domain::SentRecord record;
        record.server = columns_.first(*fields, {"server"});
        record.message_id = domain::bare_message_id(columns_.first(*fields, {"message_id"}));
        record.queue_id = columns_.first(*fields, {"queue_id"});
        if (record.queue_id.empty())
            record.queue_id = record.message_id.value_or("");
        if (record.queue_id.empty())
            return {{}, "no id"};
        record.recipient = std::move(*recipient);
        record.relay = util::lower(columns_.first(*fields, {"relay"}));
        record.provider = columns_.first(*fields, {"provider"});
        if (record.provider.empty())
            record.provider = provider_of(record.relay, context_.providers);
        record.source_ip = domain::parse_ip(columns_.first(*fields, {"source_ip"}));
        record.status = status->second;
        record.at = *at;
        record.reply = columns_.first(*fields, {"reply"});
        return {{std::move(record)}, nullptr};
    }

  private:
    Context context_;
    std::string header_;
    Columns columns_;
};

} // namespace

std::unique_ptr<Reader> make_csv_reader(const Context& context) {
    return std::make_unique<CsvReader>(context);
}

} // namespace jmrp::traffic
