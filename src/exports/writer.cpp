#include "exports/writer.hpp"

#include <algorithm>

#include "util/fault.hpp"
#include "util/text.hpp"

namespace jmrp::exports {

namespace {

constexpr std::size_t piece = std::size_t{64} << 10U;

} // namespace

Totals& Totals::operator+=(const Totals& other) {
    added += other.added;
    removed += other.removed;
    left_out += other.left_out;
    unsaid += other.unsaid;
    refused += other.refused;
    return *this;
}

Writer::Writer(const Format& format, Words words, Sink sink) : Writer(format, std::move(words)) {
    sink_ = std::move(sink);
    pending_ = format.head;
}

Writer::Writer(const Format& format, Words words) : format_(format), words_(std::move(words)) {
    const auto is_of_a_name = [](char c) { return util::is_alnum(c) || c == '-' || c == '_' || c == '.' || c == '@'; };
    if (format.needs_list && (words_.list.empty() || !std::ranges::all_of(words_.list, is_of_a_name)))
        throw util::Fault(util::FaultKind::configuration, std::string("export as ") + format.name,
                          words_.list.empty() ? "it needs the name of the list" : "this is no name of a list",
                          "list = \"NAME\" in the section of the export, or --list NAME");
}

void Writer::flush() {
    if (!pending_.empty())
        sink_(pending_);
    pending_.clear();
}

bool Writer::write(Line line, const domain::Suppression& suppression) {
    if (suppression.key.starts_with('@') && !format_.has_subscribers) {
        ++totals_.left_out;
        return false;
    }
    const std::size_t before = pending_.size();
    if (any_)
        pending_ += format_.separator;
    if (!line(pending_, suppression, words_)) {
        pending_.resize(before);
        ++totals_.left_out;
        return false;
    }
    any_ = true;
    if (sink_ && pending_.size() >= piece)
        flush();
    return true;
}

void Writer::add(const domain::Suppression& suppression) {
    if (!format_.has_scopes) {
        if (suppression.key == last_key_)
            return;
        last_key_ = suppression.key;
    }
    if (write(format_.add, suppression))
        ++totals_.added;
}

void Writer::remove(const domain::Suppression& suppression) {
    if (!format_.remove)
        ++totals_.unsaid;
    else if (write(format_.remove, suppression))
        ++totals_.removed;
}

void Writer::add(const Rows& rows) {
    if (any_ && !rows.bytes.empty())
        pending_ += format_.separator;
    flush();
    if (!rows.bytes.empty())
        sink_(rows.bytes);
    any_ = any_ || !rows.bytes.empty();
    totals_ += rows.totals;
}

Totals Writer::finish() {
    pending_ += format_.tail;
    flush();
    return totals_;
}

Rows Writer::rows() && {
    return {std::move(pending_), totals_};
}

} // namespace jmrp::exports
