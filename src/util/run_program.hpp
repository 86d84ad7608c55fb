#pragma once
// Asks another program something, or tells it: no shell, and an end.
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::util {

struct Ran {
    int exit_status = 0;
    std::string output; ///< of standard output; what it says elsewhere is dropped
};

enum class Surroundings {
    clean, ///< the usual places of programs, and no language
    ours,  ///< the environment of this process
};

/// A name without a slash is looked for in the usual folders. Nothing where it cannot be started, is killed, says more than `most_bytes`, or is not done in time: then it and what it
/// started in its process group are killed. `input` is all that it finds on its standard input; it need not read it.
std::optional<Ran> run_program(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                               int most_milliseconds = 5000, std::size_t most_bytes = std::size_t{1} << 20U,
                               Surroundings surroundings = Surroundings::clean, std::string_view input = {});

} // namespace jmrp::util
