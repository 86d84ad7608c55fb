#include "source/entries.hpp"
#include "source/kinds.hpp"
#include "util/text.hpp"

namespace jmrp::source {

namespace {

bool is_eml(std::string_view name) {
    constexpr std::string_view ending = ".eml";
    return name.size() > ending.size() && name.front() != '.' &&
           util::equal_ignoring_case(name.substr(name.size() - ending.size()), ending);
}

class Directory final : public Source {
  public:
    Directory(const std::string& path, std::size_t message_limit) : entries_(path, message_limit, {is_eml, true}) {}

    std::optional<domain::RawMessage> next() override { return entries_.next(); }
    Position position() const override { return {entries_.done(), entries_.total()}; }
    std::uint64_t skipped() const override { return entries_.skipped(); }

  private:
    Entries entries_;
};

} // namespace

std::unique_ptr<Source> open_directory(const std::string& path, std::size_t message_limit) {
    return std::make_unique<Directory>(path, message_limit);
}

} // namespace jmrp::source
