#include "classify/bounce_text.hpp"

#include <algorithm>
#include <utility>

#include "classify/bounce_phrases.hpp"
#include "classify/bounce_status.hpp"
#include "classify/text_address.hpp"
#include "refusal/answer.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::size_t looked_at_bytes = 4096; ///< of one line; no system names a recipient farther on
/// Beyond so many recipients no system writes the answers apart from the addresses, and looking for them costs too
/// much.
constexpr std::size_t most_searched = 50;
/// An honest notice names each recipient three times at most.
constexpr std::size_t most_mentions = 4000;

std::string_view head(std::string_view line) noexcept {
    return line.substr(0, looked_at_bytes);
}

bool is_blank(std::string_view line) noexcept {
    return util::trim(line).empty();
}

bool has_reply_code(std::string_view text) {
    static const util::Regex code(R"((?<![0-9.:\-])[45][0-5][0-9][ \-]+[#<"'\w(\[])");
    return code.search(text.substr(0, looked_at_bytes)).has_value();
}

/// A reply code or an enhanced status code that says no.
bool is_answer(std::string_view text) {
    static const util::Regex code(R"((?<![0-9.])[45]\.[0-9]\.[0-9]{1,3}(?!\.?[0-9]))");
    return has_reply_code(text) || code.search(text.substr(0, looked_at_bytes)).has_value();
}

/// "----- Transcript of session follows -----"
bool is_heading(std::string_view line) noexcept {
    return line.starts_with("---");
}

/// The address a line begins with, behind the bullets and brackets that systems put before it.
std::optional<FoundAddress> leading_address(std::string_view line) {
    const std::size_t begin = line.find_first_not_of(" \t*->\"'<([");
    if (begin == std::string_view::npos)
        return std::nullopt;
    for (const std::size_t from : {begin, begin > 0 && line[begin - 1] == '"' ? begin - 1 : begin})
        if (auto found = find_address(line, from); found && found->begin == from)
            return found;
    return std::nullopt;
}

std::string_view behind_brackets(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(">\"')]");
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin);
}

bool contains(const std::vector<std::string>& keys, std::string_view key) {
    return std::find(keys.begin(), keys.end(), key) != keys.end();
}

} // namespace

NoticeText::NoticeText(std::string_view text, const std::vector<std::string>& own, const domain::Limits& limits)
    : most_(limits.recipients) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t newline = std::min(text.find('\n', at), text.size());
        lines_.push_back(text.substr(at, newline - at));
        offsets_.push_back(at);
        at = newline + 1;
    }
    const Flattened flat = flatten(text);
    failure_ = has_failure_phrase(flat);
    delay_ = has_delay_phrase(flat);
    find_answers();
    find_after(find_recipient_anchors(flat));
    drop(own);
    if (recipients_.empty())
        find_in_dialogue(own);
    for (std::size_t i = 0; i < recipients_.size(); ++i) {
        domain::BouncedRecipient& recipient = recipients_[i];
        recipient.action = delay_ ? "delayed" : "failed";
        recipient.reply = answer_to(i);
        if (recipient.reply)
            recipient.status = refusal::find_status(*recipient.reply);
    }
}

void NoticeText::add_mention(const FoundAddress& found, std::size_t line, bool leads) {
    const std::string address = found.address.text();
    const auto known = std::find_if(mentions_.begin(), mentions_.end(), [&](const Mention& mention) {
        return util::equal_ignoring_case(*recipients_[mention.recipient].address, address);
    });
    std::size_t recipient = recipients_.size();
    if (known != mentions_.end()) {
        if (mentions_.size() >= most_mentions)
            return;
        recipient = known->recipient;
    } else if (recipients_.size() >= most_) {
        too_many_ = true;
        return;
    } else {
        recipients_.emplace_back();
        recipients_.back().address = address;
    }
    mentions_.push_back({recipient, line, found.end, leads});
}

void NoticeText::find_after(const std::vector<std::size_t>& anchors) {
    std::size_t next_anchor = 0;
    for (std::size_t i = 0; i < lines_.size() && !too_many_; ++i) {
        const std::string_view line = head(lines_[i]);
        const bool anchored = next_anchor > 0;
        std::optional<FoundAddress> found = leading_address(line);
        bool leads = true;
        // qmail, Postfix and those who learned from them: "<user@example.com>: reason".
        if (found && !anchored && !behind_brackets(line.substr(found->end)).starts_with(':'))
            found.reset();
        for (; next_anchor < anchors.size() && anchors[next_anchor] <= offsets_[i] + lines_[i].size(); ++next_anchor)
            if (!found && anchors[next_anchor] - offsets_[i] < line.size()) {
                found = find_address(line, anchors[next_anchor] - offsets_[i]);
                leads = false;
            }
        while (found) {
            if (!is_mail_system(found->address.local))
                add_mention(*found, i, leads);
            // "a@example.com, b@example.com"
            const std::size_t next = line.find_first_not_of(" \t>,;<", found->end);
            const bool listed =
                next != std::string_view::npos &&
                line.substr(found->end, next - found->end).find_first_of(",;") != std::string_view::npos;
            found = listed ? find_address(line, next) : std::nullopt;
            if (found && found->begin != next)
                found.reset();
        }
    }
}

void NoticeText::find_in_dialogue(const std::vector<std::string>& own) {
    static const util::Regex dialogue(
        R"(^[ \t]*(?:Sent |Received )?[ \t]*(?:(?:<<<|>>>)[ \t]*)?(?:[45][0-5][0-9][ \-]|RCPT TO:))");
    for (std::size_t i = 0; i < lines_.size() && !too_many_; ++i) {
        const std::string_view line = head(lines_[i]);
        if (!dialogue.search(line))
            continue;
        if (const auto found = find_address(line);
            found && !is_mail_system(found->address.local) && !contains(own, found->address.key()))
            add_mention(*found, i, false);
    }
}

void NoticeText::drop(const std::vector<std::string>& own) {
    const auto is_own = [&](const domain::BouncedRecipient& recipient) {
        return contains(own, util::lower(*recipient.address));
    };
    if (std::all_of(recipients_.begin(), recipients_.end(), is_own))
        return;
    std::vector<domain::BouncedRecipient> others;
    std::vector<std::optional<std::size_t>> moved;
    for (domain::BouncedRecipient& recipient : recipients_) {
        const bool keep = !is_own(recipient);
        moved.push_back(keep ? std::optional(others.size()) : std::nullopt);
        if (keep)
            others.push_back(std::move(recipient));
    }
    recipients_ = std::move(others);
    std::vector<Mention> mentions;
    for (const Mention& mention : mentions_)
        if (moved[mention.recipient])
            mentions.push_back({*moved[mention.recipient], mention.line, mention.end, mention.leads});
    mentions_ = std::move(mentions);
}

void NoticeText::find_answers() {
    for (std::size_t i = 0; i < lines_.size();) {
        const std::size_t begin = i;
        std::string paragraph;
        std::string dialogue; // what the server said, in a transcript of Sendmail or Courier
        bool in_dialogue = false;
        bool answer = false;
        const auto end_dialogue = [&] {
            if (!dialogue.empty())
                answers_.push_back({begin, has_reply_code(dialogue), tidy_reply(dialogue)});
            in_dialogue = in_dialogue || !dialogue.empty();
            dialogue.clear();
        };
        for (; i < lines_.size() && !is_blank(lines_[i]); ++i) {
            const std::string_view line = util::trim(head(lines_[i]));
            const bool refuses = is_answer(line);
            answer = answer || refuses;
            if (line.starts_with(">>>") || line.starts_with("... while talking to"))
                end_dialogue(); // what comes next answers something else
            if (line.starts_with("<<<") && (refuses || !dialogue.empty()))
                dialogue += " " + std::string(line.substr(3));
            if (paragraph.size() < looked_at_bytes && !is_heading(line))
                paragraph += std::string(line) + "\n";
        }
        end_dialogue();
        if (answer && !in_dialogue)
            answers_.push_back({begin, has_reply_code(paragraph), tidy_reply(paragraph)});
        i = std::max(i, begin + 1);
    }
}

std::size_t NoticeText::line_of_next(std::size_t index) const {
    const auto other = std::find_if(
        mentions_.begin() + static_cast<std::ptrdiff_t>(index), mentions_.end(), [&](const Mention& mention) {
            return mention.recipient != mentions_[index].recipient && mention.line > mentions_[index].line;
        });
    return other == mentions_.end() ? lines_.size() : other->line;
}

std::string NoticeText::said_about(std::size_t index) const {
    const Mention& mention = mentions_[index];
    const std::string_view line = head(lines_[mention.line]);
    // "550 <user@example.com>... User unknown"
    if (!mention.leads && is_answer(line))
        return tidy_reply(line);
    std::string said(mention.leads ? behind_brackets(line.substr(std::min(mention.end, line.size()))) : line);
    const std::size_t end =
        index + 1 < mentions_.size() ? std::max(mentions_[index + 1].line, mention.line + 1) : lines_.size();
    std::string dialogue;
    for (std::size_t i = mention.line + 1; i < end && !is_blank(lines_[i]) && said.size() < looked_at_bytes; ++i) {
        const std::string_view more = util::trim(head(lines_[i]));
        if (more.starts_with("<<<"))
            dialogue += " " + std::string(more.substr(3));
        said += "\n" + std::string(more);
    }
    const std::string& best = is_answer(dialogue) ? dialogue : said;
    return tidy_reply(std::string_view(best).substr(std::min(best.find_first_not_of(":.,; \t\r\n-"), best.size())));
}

/// The next paragraph behind `line`, and the one behind that where it only leads to it ("because:").
std::string NoticeText::paragraph_after(std::size_t line, std::size_t end) const {
    while (line < end && !is_blank(lines_[line]))
        ++line;
    std::string text;
    for (; line < end && text.size() < looked_at_bytes; ++line) {
        const std::string_view more = util::trim(head(lines_[line]));
        if (more.empty() && !text.empty() && !text.ends_with(":\n"))
            break;
        if (!more.empty() && !is_heading(more))
            text += std::string(more) + "\n";
    }
    return tidy_reply(text);
}

std::optional<std::string> NoticeText::answer_to(std::size_t recipient) const {
    std::string plain;
    std::string weak; // an enhanced status code, perhaps of a help text only
    const bool few = recipients_.size() <= most_searched;
    const auto consider = [&](const std::string& text) {
        if (has_reply_code(text))
            return true;
        if (weak.empty() && is_answer(text))
            weak = text;
        return false;
    };
    for (std::size_t i = 0; i < mentions_.size(); ++i) {
        if (mentions_[i].recipient != recipient)
            continue;
        std::string said = said_about(i);
        if (consider(said))
            return said;
        if (!few)
            continue;
        const std::size_t end = line_of_next(i);
        for (const Answer& answer : answers_)
            if (answer.line > mentions_[i].line && answer.line < end && consider(answer.text))
                return answer.text;
        if (plain.empty())
            plain = mentions_[i].leads && !said.empty()
                        ? said
                        : tidy_reply(said + " " + paragraph_after(mentions_[i].line, end));
    }
    if (!weak.empty())
        return weak;
    if (few)
        if (auto answer = answer_about(*recipients_[recipient].address, recipients_.size() == 1))
            return answer;
    return plain.empty() ? std::nullopt : std::optional(plain);
}

std::optional<std::string> NoticeText::answer_about(std::string_view address, bool alone) const {
    if (!address.empty())
        for (const Answer& answer : answers_)
            if (util::contains_ignoring_case(answer.text, address))
                return answer.text;
    if (!alone)
        return std::nullopt;
    const auto best =
        std::find_if(answers_.begin(), answers_.end(), [](const Answer& answer) { return answer.reply_code; });
    if (best != answers_.end())
        return best->text;
    return answers_.empty() ? std::nullopt : std::optional(answers_.front().text);
}

std::optional<std::string> NoticeText::whole_reply(std::string_view first_line) const {
    if (first_line.size() < 8 || first_line[3] != '-')
        return std::nullopt;
    for (const Answer& answer : answers_)
        if (answer.text.size() > first_line.size() && answer.text.starts_with(first_line))
            return answer.text;
    return std::nullopt;
}

} // namespace jmrp::classify
