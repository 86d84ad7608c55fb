#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cli/config.hpp"
#include "util/fault.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    try {
        const std::string_view text(reinterpret_cast<const char*>(bytes), size);
        const auto config = jmrp::cli::parse_config(text, "fuzz.toml");
        // What was taken once is taken again as it is written.
        if (jmrp::cli::effective_config(jmrp::cli::parse_config(jmrp::cli::effective_config(config), "again.toml")) !=
            jmrp::cli::effective_config(config))
            __builtin_trap();
    } catch (const jmrp::util::Fault&) {
        return 0;
    }
    return 0;
}
