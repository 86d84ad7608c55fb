#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "source/from_line.hpp"
#include "source/kinds.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/text.hpp"

namespace jmrp::source {

namespace {

/// A field name and a colon (RFC 5322, 3.6.8), or the line that was quoted when it fell into an mbox.
bool begins_like_header(std::string_view text) {
    const auto colon = text.find(':');
    const std::string_view name = text.substr(0, colon);
    return colon != std::string_view::npos && colon > 0 && colon < 80 &&
           name.find_first_of("\r\n\t") == std::string_view::npos &&
           (name.find(' ') == std::string_view::npos || util::starts_with_ignoring_case(text, ">From "));
}

bool is_directory(const std::string& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

bool is_maildir(const std::string& path) {
    return is_directory(path + "/cur") && is_directory(path + "/new");
}

/// A regular file that begins with a From_ line with a header field behind it.
bool is_mbox(const std::string& path) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) // a pipe could not be read a second time
        return false;
    const util::Fd fd = util::open_file(path, O_RDONLY);
    std::array<char, longest_from_line + 1024> start{};
    const std::size_t size = util::read_some(fd.get(), start.data(), start.size(), path);
    const std::string_view text(start.data(), size);
    const std::size_t line = leading_from_line(text);
    return line > 0 && begins_like_header(text.substr(line));
}

using Open = std::unique_ptr<Source> (*)(const std::string& path, std::size_t message_limit);

struct Prefixed {
    std::string_view prefix;
    Open open;
};
constexpr std::array<Prefixed, 2> prefixed = {{{"mbox:", open_mbox}, {"maildir:", open_maildir}}};

struct Recognized {
    bool (*matches)(const std::string& path);
    Open open;
};
// In order; what nothing recognizes is one message.
constexpr std::array<Recognized, 3> recognized = {
    {{is_maildir, open_maildir}, {is_directory, open_directory}, {is_mbox, open_mbox}}};

constexpr std::string_view hint = "a source is a file, a directory, mbox:PATH, maildir:PATH, or - for standard input";

/// Said with the whole of `spec`, where the kinds would name a part of it.
void check_exists(const std::string& path, std::string_view spec) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0)
        throw util::system_fault("open " + std::string(spec), errno, std::string(hint));
}

} // namespace

std::unique_ptr<Source> open(std::string_view spec, std::size_t message_limit) {
    if (spec == "-")
        return open_stdin({}, message_limit);
    for (const Prefixed& kind : prefixed)
        if (spec.substr(0, kind.prefix.size()) == kind.prefix) {
            const std::string path(spec.substr(kind.prefix.size()));
            check_exists(path, spec);
            return kind.open(path, message_limit);
        }
    const std::string path(spec);
    check_exists(path, spec);
    for (const Recognized& kind : recognized)
        if (kind.matches(path))
            return kind.open(path, message_limit);
    return open_file(path, message_limit);
}

} // namespace jmrp::source
