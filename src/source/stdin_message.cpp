#include <unistd.h>

#include "source/kinds.hpp"
#include "source/one_message.hpp"
#include "util/fault.hpp"

namespace jmrp::source {

namespace {

class StdinMessage final : public Source {
  public:
    explicit StdinMessage(std::size_t message_limit) : message_limit_(message_limit) {}

    std::optional<domain::RawMessage> next() override {
        if (read_)
            return std::nullopt;
        domain::RawMessage message = read_message(STDIN_FILENO, message_limit_, "standard input");
        if (message.bytes.empty() && message.envelope.empty())
            throw util::Fault(util::FaultKind::damaged, "take a message from standard input", "it is empty",
                              "the program that should write it may have died");
        read_ = true;
        size_ = message.bytes.size();
        return message;
    }

    Position position() const override { return {size_, 0}; }

  private:
    std::size_t message_limit_;
    bool read_ = false;
    std::uint64_t size_ = 0;
};

} // namespace

std::unique_ptr<Source> open_stdin(const std::string&, std::size_t message_limit) {
    return std::make_unique<StdinMessage>(message_limit);
}

} // namespace jmrp::source
