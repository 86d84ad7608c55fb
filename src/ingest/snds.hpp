#pragma once
// What SNDS answered -> rows that can be kept.
#include <string_view>
#include <vector>

#include "domain/snds.hpp"
#include "snds/parse.hpp"
#include "store/store.hpp"

namespace jmrp::ingest {

/// Reads `raw` by kind, day and zone, and fills in the rows, what came of it and why it failed. A web page is no answer: the link
/// expired, or nobody is signed in; its bytes are dropped. Returns the rows that could not be read.
std::vector<snds::Refused> read_snds(domain::SndsAnswer& answer);

/// Data or status, whichever of both the text can be read as; data where neither.
domain::SndsKind kind_of_snds(std::string_view text);

/// Reads all kept answers again.
void reread_snds(store::Store& store);

} // namespace jmrp::ingest
