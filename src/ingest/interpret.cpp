#include "ingest/interpret.hpp"
namespace jmrp::ingest { domain::Reading interpret(std::string_view, const domain::ReadingRules&) { domain::Reading r; r.what = domain::Unrecognized{"stub"}; return r; } }
