#include "ingest/import_sent.hpp"

#include <algorithm>
#include <memory>

#include "ingest/log_file.hpp"
#include "ingest/refusal_reader.hpp"
#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::ingest {

namespace {

constexpr std::size_t events_at_once = 50'000;
constexpr std::uint64_t lines_at_once = 400'000;
/// Of a file that was never read: that many lines tell whether it is in the format.
constexpr std::uint64_t lines_to_judge = 20;
constexpr util::Seconds a_day = 86400;

class Import {
  public:
    Import(store::SendLogWriter& writer, const SentRules& rules, const std::atomic<bool>& stop, const Report& report)
        : writer_(writer), rules_(rules), stop_(stop), report_(report), now_(util::now()),
          first_kept_(now_ - a_day * rules.retention_days), refusals_(*rules.reading) {}

    void read(LogFile& file);
    void expire() {
        totals.expired += writer_.expire(first_kept_, now_, [this] { return stop_.load(); });
    }

    SentTotals totals;
    std::uint64_t done = 0;  ///< bytes of the files before
    std::uint64_t total = 0; ///< bytes of all files

  private:
    void take(traffic::Reading&& reading, const LogFile& file);
    void trouble(const char* kind, const LogFile& file);
    void commit(LogFile& file);
    void expect_format(const LogFile& file, bool at_end) const;

    store::SendLogWriter& writer_;
    const SentRules& rules_;
    const std::atomic<bool>& stop_;
    const Report& report_;
    util::Seconds now_;
    util::Seconds first_kept_;
    RefusalReader refusals_;
    std::vector<domain::SentEvent> events_;
    store::LogPosition position_;
    // Of the file under way
    std::uint64_t lines_ = 0;
    std::uint64_t bad_lines_ = 0;
};

util::Seconds time_of(const domain::SentEvent& event) {
    return std::visit([](const auto& one) { return one.at; }, event);
}

void Import::trouble(const char* kind, const LogFile& file) {
    ++bad_lines_;
    SentTotals::Trouble& entry = totals.troubles[kind];
    if (++entry.lines == 1)
        entry.first = file.name() + ", up to byte " + std::to_string(file.position().offset);
}

void Import::take(traffic::Reading&& reading, const LogFile& file) {
    if (reading.trouble)
        trouble(reading.trouble, file);
    for (domain::SentEvent& event : reading.events) {
        if (time_of(event) > now_ + 2 * a_day) {
            trouble("time in the future", file);
        } else if (time_of(event) < first_kept_) {
            totals.too_old += std::holds_alternative<domain::SentRecord>(event) ? 1U : 0U;
        } else {
            if (auto* record = std::get_if<domain::SentRecord>(&event))
                record->refused = refusals_.read(*record);
            events_.push_back(std::move(event));
        }
    }
}

void Import::expect_format(const LogFile& file, bool at_end) const {
    if (file.at_beginning() && bad_lines_ == lines_ && lines_ >= (at_end ? 1 : lines_to_judge))
        throw util::Fault(util::FaultKind::damaged, "read " + file.name(),
                          "not one of its first " + std::to_string(lines_) + " lines is in the format '" +
                              std::string(rules_.format->name) + "'",
                          "name the right one with --format");
}

void Import::commit(LogFile& file) {
    if (file.has_position()) {
        const std::int64_t id = position_.id;
        position_ = file.position();
        if (position_.id == 0)
            position_.id = id;
    }
    const store::Added added = writer_.add(events_, file.has_position() ? &position_ : nullptr, now_);
    events_.clear();
    totals.fresh += added.fresh;
    totals.known += added.known;
}

void Import::read(LogFile& file) {
    traffic::Context context = rules_.context;
    context.latest = file.modified_at();
    const auto reader = rules_.format->make(context);
    reader->begin(file.first_line());
    position_ = {};
    lines_ = 0;
    bad_lines_ = 0;
    std::uint64_t committed = 0;
    while (!stop_) {
        const auto line = file.next();
        if (!line)
            break;
        if (line->text.empty() && !line->too_long)
            continue;
        ++lines_;
        ++totals.lines;
        if (line->too_long)
            trouble("line longer than 256 KiB", file);
        else
            take(reader->read(line->text), file);
        if (lines_ == lines_to_judge)
            expect_format(file, false);
        if (lines_ % 1024 == 0)
            report_({"reading", totals.lines, done + file.done(), total});
        if (events_.size() >= events_at_once || lines_ - committed >= lines_at_once) {
            commit(file);
            committed = lines_;
        }
    }
    totals.stopped = stop_;
    if (!totals.stopped && lines_ > 0)
        expect_format(file, true);
    commit(file);
    done += file.size();
}

} // namespace

SentTotals import_sent(const store::Options& options, std::vector<std::string> files, const SentRules& rules,
                       const std::atomic<bool>& stop, const Report& report) {
    std::vector<std::unique_ptr<LogFile>> opened; // a mistyped name stops all of it before anything is read
    for (std::string& name : files)
        opened.push_back(std::make_unique<LogFile>(std::move(name), LogLines{rules.format->quoted_line_ends}));
    // The deliveries of a message follow its first line, so the oldest log comes first, in whatever order a shell named them.
    std::stable_sort(opened.begin(), opened.end(),
                     [](const auto& a, const auto& b) { return a->modified_at() < b->modified_at(); });
    store::SendLogWriter writer(options);
    Import import(writer, rules, stop, report);
    for (const auto& file : opened)
        import.total += file->size();
    for (auto& file : opened) {
        if (stop)
            break;
        file->go_on(writer.positions());
        import.read(*file);
        file.reset(); // its buffers
    }
    import.totals.stopped = stop;
    if (!stop)
        import.expire();
    return import.totals;
}

} // namespace jmrp::ingest
