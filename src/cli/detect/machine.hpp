#pragma once
// The computer this runs on, as its files and programs tell. Everything is only read.
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::cli {

/// Something found out, and where.
struct Detected {
    std::string value;
    std::string from; ///< "postconf mydestination", "/etc/opendkim.conf AuthservID"
};

class Machine {
  public:
    /// JMRP_ROOT in the environment stands in for "/" in tests; then programs are looked for below it alone.
    static Machine here();
    explicit Machine(std::filesystem::path root) : root_(std::move(root)) {}

    /// Where `path` is, which is absolute.
    std::filesystem::path at(std::string_view path) const;
    /// Up to 1 MiB; nothing where it is not there, not to be read, or larger.
    std::optional<std::string> read(std::string_view path) const;
    bool has(std::string_view path) const;
    /// The places of programs of the system first, then PATH.
    std::optional<std::filesystem::path> find_program(const std::string& name) const;
    /// What it prints; nothing where it is not there, fails, or takes longer than five seconds.
    std::optional<std::string> output_of(const std::string& program, const std::vector<std::string>& arguments) const;
    /// As the system calls it: often no complete domain name.
    std::string host_name() const;

  private:
    std::filesystem::path root_;
    mutable std::set<std::string> silent_; ///< programs that gave no answer in time: they are not asked again
};

} // namespace jmrp::cli
