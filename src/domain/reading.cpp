#include "domain/reading.hpp"

namespace jmrp::domain {

std::string_view kind_text(const Reading& reading) {
    static constexpr std::string_view texts[] = {"unrecognized", "feedback-report", "bounce", "support-reply"};
    return texts[reading.what.index()];
}

} // namespace jmrp::domain
