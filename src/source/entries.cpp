#include "source/entries.hpp"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "source/one_message.hpp"
#include "util/fault.hpp"
#include "util/log.hpp"

namespace jmrp::source {

namespace {

struct CloseDirectory {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

} // namespace

Entries::Entries(const std::string& path, std::size_t message_limit, const Rules& rules)
    : path_(path), message_limit_(message_limit), follow_links_(rules.follow_links),
      directory_(util::open_file(path, O_RDONLY | O_DIRECTORY)) {
    const std::unique_ptr<DIR, CloseDirectory> listing(::opendir(path.c_str()));
    if (!listing)
        throw util::system_fault("list " + path, errno);
    errno = 0;
    while (const dirent* entry = ::readdir(listing.get())) {
        const std::string_view name = entry->d_name;
        if (name != "." && name != ".." && rules.wanted(name))
            names_.emplace_back(name);
        errno = 0;
    }
    if (errno != 0)
        throw util::system_fault("list " + path, errno);
    std::sort(names_.begin(), names_.end());
}

std::optional<domain::RawMessage> Entries::next() {
    while (at_ < names_.size()) {
        const std::string& name = names_[at_++];
        const std::string origin = path_ + "/" + name;
        try {
            const util::Fd fd = open_entry(directory_.get(), name, follow_links_, origin);
            domain::RawMessage message = read_message(fd.get(), message_limit_, origin);
            if (!message.bytes.empty())
                return message;
            util::log(util::LogLevel::warning, origin + " is skipped: it is empty");
        } catch (const util::Fault& fault) {
            if (fault.kind() == util::FaultKind::not_found) // somebody else was faster
                continue;
            if (fault.kind() == util::FaultKind::full) // no memory: the next file would fare no better
                throw;
            util::log(util::LogLevel::warning, origin + " is skipped: " + fault.what());
        }
        ++skipped_;
    }
    return std::nullopt;
}

} // namespace jmrp::source
