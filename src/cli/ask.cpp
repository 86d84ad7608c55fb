#include "cli/ask.hpp"

#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "util/text.hpp"

namespace jmrp::cli {

bool person_is_there() {
    return ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
}

std::string ask(std::string_view question, const std::string& by_default,
                const std::function<std::string(const std::string& answer)>& why_not) {
    constexpr int most_tries = 3;
    for (int tries = 0; tries < most_tries; ++tries) {
        std::printf("%s [%s]: ", std::string(question).c_str(), util::for_terminal(by_default).c_str());
        std::fflush(stdout);
        std::string line;
        if (!std::getline(std::cin, line)) {
            std::fputc('\n', stdout);
            return by_default;
        }
        std::string answer(util::trim(line));
        if (answer.empty())
            return by_default;
        const std::string why = why_not(answer);
        if (why.empty())
            return answer;
        std::printf("  %s\n", util::for_terminal(why).c_str());
    }
    return by_default;
}

} // namespace jmrp::cli
