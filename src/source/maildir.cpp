#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>

#include "source/entries.hpp"
#include "source/kinds.hpp"
#include "util/fault.hpp"

namespace jmrp::source {

namespace {

bool is_delivered(std::string_view name) {
    return name.front() != '.';
}

/// Renames without replacing what is there; an errno value, 0 when done. File systems without RENAME_NOREPLACE (NFS)
/// get a second link and lose the first: killed in between, the message stands in new/ still and is only taken once
/// more.
int rename_to_free_name(int from, const std::string& name, int to, const std::string& target) {
    if (::renameat2(from, name.c_str(), to, target.c_str(), RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return errno;
    if (::linkat(from, name.c_str(), to, target.c_str(), 0) != 0)
        return errno;
    return ::unlinkat(from, name.c_str(), 0) == 0 || errno == ENOENT ? 0 : errno;
}

class Maildir final : public Source {
  public:
    Maildir(const std::string& path, std::size_t message_limit)
        : path_(path), entries_(path + "/new", message_limit, {is_delivered, false}),
          cur_(util::open_file(path + "/cur", O_RDONLY | O_DIRECTORY)) {}

    std::optional<domain::RawMessage> next() override {
        auto message = entries_.next();
        if (message)
            message->token = entries_.name();
        return message;
    }

    void acknowledge(const std::string& token) override {
        if (token.empty() || token == "." || token == ".." || token.find('/') != std::string::npos ||
            token.find('\0') != std::string::npos)
            throw util::Fault(util::FaultKind::damaged, "acknowledge a message of " + path_,
                              "its token is no file name");
        constexpr int most_namesakes = 100;
        int error = EEXIST;
        for (int namesake = 0; error == EEXIST && namesake < most_namesakes; ++namesake) {
            std::string target = token.substr(0, token.find(":2,"));
            if (namesake > 0) // a second message of this name must not replace the first
                target += "." + std::to_string(namesake);
            error = rename_to_free_name(entries_.fd(), token, cur_.get(), target + ":2,");
        }
        if (error != 0 && error != ENOENT) // gone: another reader or a person moved it
            throw util::system_fault("move " + path_ + "/new/" + token + " to cur", error,
                                     "the message is kept; it stays in new/ and is taken as known the next time");
    }

    Position position() const override { return {entries_.done(), entries_.total()}; }
    std::uint64_t skipped() const override { return entries_.skipped(); }

  private:
    std::string path_;
    Entries entries_;
    util::Fd cur_;
};

} // namespace

std::unique_ptr<Source> open_maildir(const std::string& path, std::size_t message_limit) {
    return std::make_unique<Maildir>(path, message_limit);
}

} // namespace jmrp::source
