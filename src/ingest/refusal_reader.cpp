#include "ingest/refusal_reader.hpp"

#include "refusal/answer.hpp"
#include "refusal/kept.hpp"
#include "refusal/read.hpp"
#include "util/text.hpp"

namespace jmrp::ingest {

namespace {

/// Names of queues, of transactions and of boxes are long and have digits in them; no code and no IP address is so long.
constexpr std::size_t least_serial = 12;

bool is_stamp(std::string_view text) { // 2026-11-12T10:00:07.123Z
    return text.size() >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' && util::is_digit(text[0]);
}

/// The text without what is another in each answer. Two answers of one shape mean the same: whom they are about, their number and
/// their time decide nothing.
std::string shape_of(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        if (is_stamp(text.substr(i))) {
            out += '#';
            i += 19;
            while (i < text.size() && (util::is_digit(text[i]) || text[i] == '.'))
                ++i;
            continue;
        }
        std::size_t end = i;
        bool digits = false;
        for (; end < text.size() && util::is_alnum(text[end]); ++end)
            digits = digits || util::is_digit(text[end]);
        if (end == i) {
            out += text[i++];
            continue;
        }
        if (digits && end - i >= least_serial)
            out += '#';
        else
            out += text.substr(i, end - i);
        i = end;
    }
    return out;
}

/// A server that is neither Microsoft's nor ours, and says what it likes.
bool is_strangers(const domain::SentRecord& record, const std::vector<std::string>& own_domains) {
    return !domain::from_text<domain::BlockList>(record.provider) &&
           refusal::door_of_host(record.relay) == refusal::Door::elsewhere &&
           !refusal::is_own_host(record.relay, own_domains);
}

} // namespace

std::shared_ptr<const domain::Refused> RefusalReader::read(const domain::SentRecord& record) {
    constexpr std::size_t most_known = 10'000;
    if (record.status == domain::SentStatus::accepted || record.reply.empty() ||
        is_strangers(record, rules_.own_domains))
        return nullptr;
    std::string text = refusal::kept_text(record.reply);
    std::string key = shape_of(text);
    key.append("\n").append(record.provider).append("\n").append(record.relay);
    key.append("\n").append(record.source_ip ? record.source_ip->text() : "");
    if (!domain::from_text<domain::BlockList>(record.provider))
        key.append("\n").append(record.recipient.domain);
    if (const auto found = known_.find(key); found != known_.end()) {
        if (!found->second)
            return nullptr;
        auto out = std::make_shared<domain::Refused>(*found->second);
        out->text = std::move(text);
        return out;
    }
    const auto rejection = refusal::read_record(record, rules_);
    domain::Refused refused = refusal::kept(
        *rejection, {record.provider, record.relay, record.recipient.domain, record.source_ip}, rules_.own_domains);
    auto out = refused.servers ? std::make_shared<const domain::Refused>(std::move(refused)) : nullptr;
    if (known_.size() >= most_known)
        known_.clear();
    return known_.emplace(std::move(key), std::move(out)).first->second;
}

} // namespace jmrp::ingest
