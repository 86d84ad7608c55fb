#include "traffic/reader.hpp"

namespace jmrp::traffic {

std::unique_ptr<Reader> make_powermta_reader(const Context& context) {
    return make_postfix_reader(context);
}

} // namespace jmrp::traffic
