#pragma once
// Questions to a person at a terminal.
#include <functional>
#include <string>
#include <string_view>

namespace jmrp::cli {

/// Both standard input and output are a terminal.
bool person_is_there();

/// Prints the question with its default and reads a line; an empty one, or the end of the input, is the default. Asks again
/// where `why_not` tells why the answer will not do; after three answers like that, the default.
std::string ask(std::string_view question, const std::string& by_default,
                const std::function<std::string(const std::string& answer)>& why_not);

} // namespace jmrp::cli
