#pragma once
// An IMAP server in a function: it gets each command and returns the bytes of its answer, in which "TAG" stands for the tag.
#include <functional>
#include <string>
#include <vector>

#include "transfer/channel.hpp"
#include "util/fault.hpp"

namespace jmrp::test {

class ScriptedChannel final : public transfer::Channel {
  public:
    using Answer = std::function<std::string(const std::string& command)>;
    /// `chunk`: so many bytes arrive at a time.
    explicit ScriptedChannel(Answer answer, std::size_t chunk = 7) : answer_(std::move(answer)), chunk_(chunk) {}

    void send(std::string_view bytes) override {
        input_ += bytes;
        for (auto end = input_.find("\r\n"); end != std::string::npos; end = input_.find("\r\n")) {
            const std::string line = input_.substr(0, end);
            input_.erase(0, end + 2);
            const auto space = line.find(' ');
            commands.push_back(line.substr(space + 1));
            std::string said = answer_(commands.back());
            for (auto at = said.find("TAG"); at != std::string::npos; at = said.find("TAG", at))
                said.replace(at, 3, line.substr(0, space));
            output_ += said;
        }
    }

    std::size_t receive(std::span<char> into, const transfer::Patience& patience) override {
        if (output_.empty() && patience.stop && *patience.stop)
            return 0;
        if (output_.empty())
            throw util::Fault(util::FaultKind::network, "hear from the script", "it has nothing more to say");
        const std::size_t size = std::min({chunk_, into.size(), output_.size()});
        output_.copy(into.data(), size);
        output_.erase(0, size);
        return size;
    }

    std::vector<std::string> commands;

  private:
    Answer answer_;
    std::size_t chunk_;
    std::string input_;
    std::string output_;
};

} // namespace jmrp::test
