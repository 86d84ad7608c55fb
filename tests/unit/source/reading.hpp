#pragma once
#include <string>
#include <vector>

#include "source/source.hpp"
#include "util/log.hpp"

namespace jmrp::test {

/// Warnings are expected while it lives.
struct Quiet {
    Quiet() { util::set_log_level(util::LogLevel::error); }
    ~Quiet() { util::set_log_level(util::LogLevel::warning); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
};

constexpr std::size_t no_limit = std::size_t{1} << 26U;

inline std::vector<domain::RawMessage> all(source::Source& from) {
    std::vector<domain::RawMessage> out;
    while (auto message = from.next())
        out.push_back(std::move(*message));
    return out;
}

inline std::vector<domain::RawMessage> all(const std::string& spec, std::size_t limit = no_limit) {
    return all(*source::open(spec, limit));
}

inline std::vector<std::string> texts(const std::vector<domain::RawMessage>& messages) {
    std::vector<std::string> out;
    for (const auto& message : messages)
        out.push_back(message.bytes);
    return out;
}

} // namespace jmrp::test
