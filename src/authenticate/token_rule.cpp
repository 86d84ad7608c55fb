#include "authenticate/rules.hpp"

namespace jmrp::authenticate {

Spoken read_token(const Evidence& evidence) {
    if (evidence.own_token)
        return {domain::Says::in_favor,
                "the returned mail is ours: its token is valid (whoever has a copy of it has that, too)"};
    return {domain::Says::nothing, "the returned mail has no valid token of ours"};
}

} // namespace jmrp::authenticate
