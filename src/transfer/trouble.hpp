#pragma once
// What a failure of libcurl means, whatever it carried. Private to transfer/.
#include <curl/curl.h>

#include "util/fault.hpp"

namespace jmrp::transfer {

struct Trouble {
    util::FaultKind kind = util::FaultKind::network;
    const char* hint = ""; ///< for people; null: who logged in knows more
};

/// `url_hint` is the hint where the URL is at fault.
Trouble trouble_of(CURLcode code, const char* url_hint);

} // namespace jmrp::transfer
