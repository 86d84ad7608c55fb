#pragma once
// The files of one directory as messages, one after the other: what plain directories and Maildirs have in common.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/raw_message.hpp"
#include "util/fd.hpp"

namespace jmrp::source {

class Entries {
  public:
    struct Rules {
        bool (*wanted)(std::string_view name); ///< asked of each name but "." and ".."
        bool follow_links = false;
    };
    /// Reads the names, not the files. Throws Fault naming `path`.
    Entries(const std::string& path, std::size_t message_limit, const Rules& rules);

    /// The next file in order of name. One that is gone meanwhile is passed over; one that cannot be read or is empty
    /// is counted and told.
    std::optional<domain::RawMessage> next();
    /// The name of the file next() returned last.
    const std::string& name() const { return names_[at_ - 1]; }

    int fd() const { return directory_.get(); }
    std::size_t done() const { return at_; }
    std::size_t total() const { return names_.size(); }
    std::uint64_t skipped() const { return skipped_; }

  private:
    std::string path_;
    std::size_t message_limit_;
    bool follow_links_;
    util::Fd directory_;
    std::vector<std::string> names_;
    std::size_t at_ = 0;
    std::uint64_t skipped_ = 0;
};

} // namespace jmrp::source
