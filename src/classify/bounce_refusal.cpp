#include "classify/bounce_refusal.hpp"

#include <algorithm>
#include <array>

#include "refusal/read.hpp"

namespace jmrp::classify {

namespace {

using domain::Rejection;
using domain::RejectionCategory;

/// The answers about many recipients are short; what a hostile mail makes us read is bounded.
constexpr std::size_t all_read = 256 << 10;
constexpr std::size_t least_read = 700;

bool handed_on(const domain::BouncedRecipient& recipient) {
    constexpr std::array<std::string_view, 3> actions = {"delivered", "relayed", "expanded"};
    return recipient.action && std::ranges::find(actions, *recipient.action) != actions.end();
}

class Reader {
  public:
    /// No more than `most` bytes of an answer are read.
    Reader(const domain::BouncedRecipient& recipient, std::optional<util::Seconds> date, std::size_t most,
           const domain::ReadingRules& rules)
        : recipient_(recipient), rules_(rules), most_(most),
          at_(recipient.last_attempt_date ? recipient.last_attempt_date : date) {
        if (recipient.address)
            domain_ = recipient.address->substr(recipient.address->rfind('@') + 1);
    }

    Rejection read(std::string_view text) const { return refusal::read(answer(text.substr(0, most_)), rules_); }
    std::optional<Rejection> find_listing(std::string_view text) const {
        return refusal::find_listing(answer(text), rules_);
    }

  private:
    /// Views into this.
    refusal::Answer answer(std::string_view text) const {
        const auto view = [](const std::optional<std::string>& value) {
            return value ? std::string_view(*value) : std::string_view();
        };
        return {text, view(recipient_.status), view(recipient_.remote_mta), domain_, at_};
    }

    const domain::BouncedRecipient& recipient_;
    const domain::ReadingRules& rules_;
    std::size_t most_;
    std::optional<util::Seconds> at_;
    std::string domain_;
};

Rejection rejection_of(const domain::BouncedRecipient& recipient, const Notice& notice, const NoticeText& text,
                       std::size_t recipients, std::optional<util::Seconds> date, const domain::ReadingRules& rules) {
    const bool alone = recipients == 1;
    const Reader reader(recipient, date, std::max(least_read, all_read / recipients), rules);
    Rejection first = reader.read(recipient.reply.value_or(""));
    if (first.category == RejectionCategory::ip_block)
        return first;
    // The machine-readable half may be cut short, or say no more than a code.
    if (const auto said = text.answer_about(recipient.address.value_or(""), alone)) {
        Rejection second = reader.read(*said);
        if ((alone && second.category == RejectionCategory::ip_block) ||
            (!refusal::rests_on_words(first) && refusal::rests_on_words(second)))
            first = std::move(second);
    }
    if (!alone || first.category == RejectionCategory::ip_block)
        return first;
    return reader.find_listing(notice.text).value_or(std::move(first));
}

} // namespace

void read_refusals(std::vector<domain::BouncedRecipient>& recipients, const Notice& notice, const NoticeText& text,
                   std::optional<util::Seconds> date, const domain::ReadingRules& rules) {
    for (domain::BouncedRecipient& recipient : recipients)
        if (!handed_on(recipient))
            recipient.rejection = rejection_of(recipient, notice, text, recipients.size(), date, rules);
}

} // namespace jmrp::classify
