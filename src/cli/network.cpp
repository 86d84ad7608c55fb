#include "cli/network.hpp"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "util/fault.hpp"

namespace jmrp::cli {

namespace {

const char* name_of(Runs other) {
    return other == Runs::in_jmrp_milter ? "jmrp-milter" : "jmrp-net";
}

std::vector<std::filesystem::path> candidates(const char* program) {
    std::vector<std::filesystem::path> out;
    std::error_code error;
    const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) {
        out.push_back(self.parent_path() / program);
        out.push_back(self.parent_path().parent_path() / "libexec" / "jmrp" / program);
    }
    out.push_back(std::filesystem::path(JMRP_LIBEXECDIR) / program);
    return out;
}

} // namespace

std::optional<std::filesystem::path> find_program(Runs other) {
    for (const std::filesystem::path& path : candidates(name_of(other)))
        if (::access(path.c_str(), X_OK) == 0)
            return path;
    return std::nullopt;
}

void become(Runs other, const std::vector<std::string>& line) {
    const char* program = name_of(other);
    std::vector<std::string> words{"jmrp"};
    words.insert(words.end(), line.begin(), line.end());
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    for (const std::filesystem::path& path : candidates(program)) {
        ::execv(path.c_str(), arguments.data());
        if (errno != ENOENT && errno != ENOTDIR)
            throw util::system_fault("run " + path.string(), errno);
    }
    throw util::Fault(util::FaultKind::not_found, "run " + std::string(program) + ", which has this command",
                      "it is not installed", "it belongs to " + std::string(JMRP_LIBEXECDIR));
}

std::vector<std::string> line_for(const Invocation& invocation, std::string_view command) {
    std::vector<std::string> line{std::string(command)};
    if (!invocation.config.file.empty())
        line.insert(line.end(), {"--config", invocation.config.file.string()});
    line.insert(line.end(), {"--database", invocation.config.database.string()});
    if (invocation.verbose)
        line.emplace_back("--verbose");
    if (invocation.quiet)
        line.emplace_back("--quiet");
    return line;
}

} // namespace jmrp::cli
