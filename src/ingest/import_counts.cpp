#include "ingest/import_counts.hpp"

#include <algorithm>
#include <memory>

#include "ingest/log_file.hpp"
#include "traffic/counts.hpp"
#include "util/text.hpp"

namespace jmrp::ingest {

namespace {

constexpr std::size_t rows_at_once = 10'000; // a delivery waits for one transaction at most
constexpr std::size_t most_told = 20;

class Import {
  public:
    Import(store::Store& store, const CountRules& rules) : store_(store), source_(rules.source) {}

    void take(const traffic::CountRows& rows, const LogLine& line, const std::string& file, std::uint64_t number) {
        ++totals.rows;
        using Said = std::variant<domain::TrafficCount, const char*>;
        const Said said = line.too_long ? Said("line longer than 256 KiB") : rows.read(line.text);
        if (const auto* why = std::get_if<const char*>(&said)) {
            if (++totals.rejected <= most_told)
                totals.first_rejected.push_back({file + " line " + std::to_string(number), *why});
            return;
        }
        counts_.push_back(std::get<domain::TrafficCount>(said));
        if (counts_.size() >= rows_at_once)
            keep();
    }

    void keep() {
        const store::KeptTraffic kept = store_.keep_traffic(counts_, source_);
        counts_.clear();
        totals.kept.fresh += kept.fresh;
        totals.kept.changed += kept.changed;
        totals.kept.known += kept.known;
    }

    CountTotals totals;

  private:
    store::Store& store_;
    std::string source_;
    std::vector<domain::TrafficCount> counts_;
};

} // namespace

CountTotals import_counts(store::Store& store, const std::vector<std::string>& files, const CountRules& rules,
                          const std::atomic<bool>& stop, const Report& report) {
    struct Opened {
        std::unique_ptr<LogFile> file;
        traffic::CountRows rows;
    };
    std::vector<Opened> opened; // a mistyped name, or a file of another kind, stops all of it before anything is kept
    std::uint64_t total = 0;
    for (const std::string& name : files) {
        auto file = std::make_unique<LogFile>(name, LogLines{true, true});
        total += file->size();
        traffic::CountRows rows(file->first_line(), rules.context);
        opened.push_back({std::move(file), std::move(rows)});
    }
    Import import(store, rules);
    std::uint64_t done = 0;
    for (auto& [file, rows] : opened) {
        std::uint64_t number = 0; // of the line
        const std::string name = file->name() == "-" ? "standard input" : file->name();
        for (auto line = file->next(); line && !stop; line = file->next()) {
            const bool is_header = ++number == 1;
            const std::uint64_t first = number;
            number += static_cast<std::uint64_t>(std::count(line->text.begin(), line->text.end(), '\n'));
            if (is_header || (!line->too_long && util::trim(line->text).empty()))
                continue;
            import.take(rows, *line, name, first);
            if (import.totals.rows % 1024 == 0)
                report({"reading", import.totals.rows, done + file->done(), total});
        }
        done += file->size();
        file.reset(); // its buffers
    }
    import.keep();
    import.totals.stopped = stop;
    return import.totals;
}

} // namespace jmrp::ingest
