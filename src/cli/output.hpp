#pragma once
// What people see: tables, numbers and a progress bar.
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/ingest.hpp"
#include "util/clock.hpp"

namespace jmrp::cli {

/// How a row stands out, where colors are shown.
enum class Tone { plain, warning, critical };

/// A table of texts; every cell passes util::for_terminal. Columns whose header begins with '>' are aligned right.
class Table {
  public:
    explicit Table(std::vector<std::string> headers) : headers_(std::move(headers)) {}
    void add(std::vector<std::string> cells, Tone tone = Tone::plain) {
        rows_.push_back(std::move(cells));
        tones_.push_back(tone);
    }
    bool empty() const { return rows_.empty(); }
    /// To standard output. On a terminal, lines are cut at its width, and tones are colors unless NO_COLOR is set.
    void print() const;

  private:
    std::vector<std::string> headers_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<Tone> tones_; ///< of the rows
};

/// The line in the color of the tone, where colors are shown.
std::string toned(std::string line, Tone tone);
/// Words in lines of at most so many columns; lines after the first begin with `indent` blanks, which count.
std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent);
std::string grouped(std::int64_t number); ///< 1,234,567
std::string short_time(util::Seconds at); ///< 2026-11-22 08:00 UTC
void print_line(std::string_view text);   ///< to standard output

/// A line on standard error that is written over, only where a person watches a terminal.
class ProgressLine {
  public:
    explicit ProgressLine(bool wanted);
    ~ProgressLine();
    ProgressLine(const ProgressLine&) = delete;
    ProgressLine& operator=(const ProgressLine&) = delete;
    void show(const ingest::Progress& progress);

  private:
    using Clock = std::chrono::steady_clock;
    bool wanted_;
    bool shown_ = false;
    std::string phase_;
    Clock::time_point begun_;
    Clock::time_point last_;
};

} // namespace jmrp::cli
