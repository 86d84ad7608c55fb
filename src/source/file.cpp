#include <fcntl.h>

#include "source/kinds.hpp"
#include "source/one_message.hpp"
#include "util/log.hpp"

namespace jmrp::source {

namespace {

class File final : public Source {
  public:
    File(const std::string& path, std::size_t message_limit)
        : path_(path), message_limit_(message_limit), fd_(util::open_file(path, O_RDONLY | O_NOCTTY)) {}

    std::optional<domain::RawMessage> next() override {
        if (read_)
            return std::nullopt;
        domain::RawMessage message = read_message(fd_.get(), message_limit_, path_);
        read_ = true;
        if (message.bytes.empty()) {
            ++skipped_;
            util::log(util::LogLevel::warning, path_ + " is skipped: it is empty");
            return std::nullopt;
        }
        return message;
    }

    Position position() const override { return {read_ ? 1U : 0U, 1}; }
    std::uint64_t skipped() const override { return skipped_; }

  private:
    std::string path_;
    std::size_t message_limit_;
    util::Fd fd_;
    bool read_ = false;
    std::uint64_t skipped_ = 0;
};

} // namespace

std::unique_ptr<Source> open_file(const std::string& path, std::size_t message_limit) {
    return std::make_unique<File>(path, message_limit);
}

} // namespace jmrp::source
