#include "cli/detect/machine.hpp"

#include <unistd.h>

#include <cstdlib>

#include "util/fault.hpp"
#include "util/fd.hpp"
#include "util/run_program.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20U;

} // namespace

Machine Machine::here() {
    const char* root = std::getenv("JMRP_ROOT");
    return Machine(root && *root ? root : "/");
}

std::filesystem::path Machine::at(std::string_view path) const {
    return root_ / std::filesystem::path(path).relative_path();
}

std::optional<std::string> Machine::read(std::string_view path) const {
    try {
        std::error_code error;
        if (!std::filesystem::is_regular_file(at(path), error))
            return std::nullopt; // a pipe would keep us waiting
        auto text = util::read_file(at(path), most_bytes);
        if (!text.truncated)
            return std::move(text.bytes);
    } catch (const util::Fault&) { // as if it were not there
    }
    return std::nullopt;
}

bool Machine::has(std::string_view path) const {
    std::error_code error;
    return std::filesystem::exists(at(path), error);
}

std::optional<std::filesystem::path> Machine::find_program(const std::string& name) const {
    std::vector<std::filesystem::path> places;
    for (const char* folder : {"/usr/sbin", "/usr/bin", "/sbin", "/bin", "/usr/local/sbin", "/usr/local/bin"})
        places.push_back(at(folder));
    const char* path = std::getenv("PATH");
    if (path && root_ == "/")
        for (const std::string_view folder : util::split(path, ':'))
            if (folder.starts_with('/'))
                places.emplace_back(folder);
    for (const std::filesystem::path& place : places) {
        std::filesystem::path file = place / name;
        std::error_code error;
        if (::access(file.c_str(), X_OK) == 0 && std::filesystem::is_regular_file(file, error))
            return file;
    }
    return std::nullopt;
}

std::optional<std::string> Machine::output_of(const std::string& program,
                                              const std::vector<std::string>& arguments) const {
    const auto file = find_program(program);
    if (!file || silent_.contains(program))
        return std::nullopt;
    auto ran = util::run_program(*file, arguments);
    if (!ran)
        silent_.insert(program);
    if (!ran || ran->exit_status != 0)
        return std::nullopt;
    return std::move(ran->output);
}

std::string Machine::host_name() const {
    if (root_ != "/")
        return std::string(util::trim(read("/etc/hostname").value_or("")));
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

} // namespace jmrp::cli
