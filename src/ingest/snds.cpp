#include "ingest/snds.hpp"

namespace jmrp::ingest {

namespace {

using domain::SndsAnswer;
using domain::SndsKind;
using domain::SndsOutcome;

template <typename Row>
std::vector<snds::Refused> take_over(SndsAnswer& answer, snds::Answer<Row>&& read, std::vector<Row>& rows) {
    rows = std::move(read.rows);
    answer.drifted = read.drifted;
    answer.refused = static_cast<std::int64_t>(read.refused.size());
    if (!read.refused.empty())
        answer.first_refused = "line " + std::to_string(read.refused.front().line) + ": " + read.refused.front().reason;
    switch (read.shape) {
    case snds::Shape::rows:
        answer.outcome = SndsOutcome::rows;
        break;
    case snds::Shape::empty:
        answer.outcome = SndsOutcome::no_data;
        break;
    case snds::Shape::web_page:
        answer.outcome = SndsOutcome::failed;
        answer.why = "a web page came in place of data: the link expired, or nobody is signed in";
        answer.needs_person = true;
        answer.raw.reset();
        break;
    case snds::Shape::unknown:
        answer.outcome = SndsOutcome::failed;
        answer.needs_person = true;
        answer.why = "none of it can be read as what SNDS answer";
        break;
    }
    return std::move(read.refused);
}

} // namespace

std::vector<snds::Refused> read_snds(SndsAnswer& answer) {
    const std::string raw = answer.raw.value_or("");
    answer.why.clear();
    answer.needs_person = false;
    answer.first_refused.clear();
    if (answer.kind == SndsKind::status)
        return take_over(answer, snds::parse_status(raw), answer.ranges);
    return take_over(answer, snds::parse_data(raw, {answer.zone, answer.day}), answer.days);
}

SndsKind kind_of_snds(std::string_view text) {
    return snds::parse_data(text, {}).rows.empty() && !snds::parse_status(text).rows.empty() ? SndsKind::status
                                                                                             : SndsKind::data;
}

void reread_snds(store::Store& store) {
    store.reread_snds([](SndsAnswer& answer) { read_snds(answer); });
}

} // namespace jmrp::ingest
