#include "cli/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "util/text.hpp"

namespace jmrp::cli {

namespace {

/// Code points: near enough for what these tables hold.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(
        text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::size_t terminal_width(int fd) {
    winsize size{};
    if (::isatty(fd) != 1 || ::ioctl(fd, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return std::string::npos;
    return size.ws_col;
}

std::string cut(std::string_view text, std::size_t columns) {
    if (width(text) <= columns)
        return std::string(text);
    std::string out;
    std::size_t used = 0;
    for (const char c : text) {
        if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U && ++used >= columns)
            break;
        out += c;
    }
    return out + "…";
}

/// https://no-color.org
bool shows_color() {
    const char* refused = std::getenv("NO_COLOR");
    const char* terminal = std::getenv("TERM");
    return ::isatty(STDOUT_FILENO) == 1 && !(refused && *refused) && terminal && std::string_view(terminal) != "dumb";
}

std::string colored(std::string line, Tone tone) {
    constexpr const char* colors[] = {"", "\033[33m", "\033[31m"}; // yellow, red
    return tone == Tone::plain ? line : colors[static_cast<std::size_t>(tone)] + std::move(line) + "\033[0m";
}

} // namespace

std::string toned(std::string line, Tone tone) {
    return shows_color() ? colored(std::move(line), tone) : line;
}

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
    std::string out;
    std::size_t used = indent;
    for (const std::string_view word : util::split(text, ' ')) {
        if (used > indent && used + 1 + width(word) > columns) {
            out += '\n' + std::string(indent, ' ');
            used = indent;
        } else if (used > indent) {
            out += ' ';
            ++used;
        }
        out += word;
        used += width(word);
    }
    return out;
}

void Table::print() const {
    std::vector<std::vector<std::string>> rows;
    std::vector<bool> right;
    rows.emplace_back();
    for (const std::string& header : headers_) {
        right.push_back(header.starts_with('>'));
        rows.back().push_back(header.substr(right.back() ? 1 : 0));
    }
    for (const auto& row : rows_) {
        rows.emplace_back();
        for (const std::string& cell : row)
            rows.back().push_back(util::for_terminal(cell));
    }
    std::vector<std::size_t> widths(headers_.size(), 0);
    for (const auto& row : rows)
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width(row[i]));
    const std::size_t columns = terminal_width(STDOUT_FILENO);
    const bool has_color = shows_color();
    for (std::size_t at = 0; at < rows.size(); ++at) {
        const auto& row = rows[at];
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string gap(widths[i] - width(row[i]), ' ');
            if (i > 0)
                line += "  ";
            line += right[i] ? gap + row[i] : i + 1 < row.size() ? row[i] + gap : row[i];
        }
        if (columns != std::string::npos)
            line = cut(line, columns);
        print_line(has_color && at > 0 ? colored(std::move(line), tones_[at - 1]) : line);
    }
}

std::string grouped(std::int64_t number) {
    std::string digits = std::to_string(number < 0 ? -number : number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return (number < 0 ? "-" : "") + digits;
}

std::string short_time(util::Seconds at) {
    std::string text = util::iso8601(at).substr(0, 16);
    text[10] = ' ';
    return text + " UTC";
}

void print_line(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
}

ProgressLine::ProgressLine(bool wanted) : wanted_(wanted && ::isatty(STDERR_FILENO) == 1) {}

ProgressLine::~ProgressLine() {
    if (shown_)
        std::fputs("\r\033[K", stderr);
}

void ProgressLine::show(const ingest::Progress& progress) {
    if (!wanted_)
        return;
    const auto now = Clock::now();
    if (phase_ != progress.phase) {
        phase_ = progress.phase;
        begun_ = now;
        last_ = {};
    }
    if (now - last_ < std::chrono::milliseconds(100))
        return;
    last_ = now;
    const double seconds = std::max(0.001, std::chrono::duration<double>(now - begun_).count());
    std::string line = phase_ + "  " + grouped(static_cast<std::int64_t>(progress.messages)) + " messages  " +
                       grouped(static_cast<std::int64_t>(static_cast<double>(progress.messages) / seconds)) + "/s";
    if (progress.total > 0 && progress.done > 0) {
        const double share = std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
        constexpr std::size_t bar = 20;
        const auto full = static_cast<std::size_t>(share * static_cast<double>(bar));
        const auto left = std::lround(seconds / share - seconds);
        char rest[48];
        std::snprintf(rest, sizeof rest, "] %3.0f %%  %ld:%02ld left", share * 100, left / 60, left % 60);
        line += "  [" + std::string(full, '#') + std::string(bar - full, '.') + rest;
    }
    const std::size_t columns = terminal_width(STDERR_FILENO);
    std::fputs(("\r\033[K" + (columns == std::string::npos ? line : cut(line, columns))).c_str(), stderr);
    std::fflush(stderr);
    shown_ = true;
}

} // namespace jmrp::cli
