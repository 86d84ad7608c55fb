#include "classify/support_findings.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

#include "classify/html_text.hpp"
#include "refusal/normalized.hpp"
#include "util/regex.hpp"
#include "util/text.hpp"

namespace jmrp::classify {

namespace {

using domain::MitigationFinding;
using domain::MitigationOutcome;
using Lines = std::vector<std::string>;
using Networks = std::vector<domain::Network>;

constexpr std::size_t read_bytes = 64 << 10;
constexpr std::size_t read_lines = 2000;
constexpr std::size_t most_networks = 1000;

struct Sentence {
    MitigationOutcome outcome;
    std::string_view pattern; ///< of normalized() text
};

// In the order in which they are asked: refusals first, for they hold the words of a mitigation. The sentences in other
// languages are never translated ones: what Microsoft was not seen to write is unknown.
constexpr std::array sentences = {
    Sentence{MitigationOutcome::not_qualified,
             "not(?:be)?(?:qualif(?:y|ied)|eligible)for(?:conditional)?(?:mitigation|unblocking)|"
             "don'tqualifyfor(?:conditional)?mitigation"},
    Sentence{MitigationOutcome::refused_cause, "patternofirregularmailtraffic"},
    Sentence{MitigationOutcome::conditionally_mitigated,
             "(?<!not)conditionallymitigated|qualif(?:y|ies|ied)forconditionalmitigation|bedingteentblockung"},
    Sentence{MitigationOutcome::mitigated,
             "(?<!oncewe)(?<!afterwe)(?<!ifwe)(?<!whenwe)(?<!untilwe)haveimplementedmitigation"},
    Sentence{MitigationOutcome::removed, "hasbeenreviewedandremovedfromourblocklists"},
    Sentence{MitigationOutcome::nothing_detected,
             "unabletoidentifyanythingonourside|do(?:not|n't)seeanythingoffhand|nothingwasdetected|"
             "is(?:not|n't)currentlyblocked"},
    Sentence{MitigationOutcome::more_info,
             "moreinformationneeded|please(?:provide|send|share)(?:us)?(?:with)?.{0,60}(?:volume|examplesof|samplesof|"
             "sampleemail|samplemessage)|projectedvolume|expecteddailyvolume"},
    Sentence{MitigationOutcome::content, "smartscreen|(?:cannot|can't|notbe|unableto)(?:be)?white-?list"},
    Sentence{MitigationOutcome::use_portal, R"(sender\.office\.com)"},
    Sentence{MitigationOutcome::ack_agent,
             "alongwiththeescalationsteam|wewillbelookingintothisissue|thisticketisbeingtracked"},
    Sentence{MitigationOutcome::ack, "yourticketnumberisinthesubjectline|thankyouforyourdelistingrequest|"
                                     R"(thankyouforcontactingtheoutlook\.comdeliverabilitysupport|servicerequest#:)"},
};

/// The last outcome that settles something about addresses. What follows in the order are receipts and advice, which also
/// stand beside a verdict.
constexpr MitigationOutcome last_verdict = MitigationOutcome::more_info;

struct Heading {
    std::string_view text;
    MitigationOutcome outcome;
};
constexpr std::array headings = {
    Heading{"notqualifiedformitigation", MitigationOutcome::not_qualified},
    Heading{"noteligibleformitigation", MitigationOutcome::not_qualified},
    Heading{"conditionallymitigated", MitigationOutcome::conditionally_mitigated},
    Heading{"bedingteentblockung", MitigationOutcome::conditionally_mitigated},
    Heading{"mitigated", MitigationOutcome::mitigated},
    Heading{"nothingwasdetected", MitigationOutcome::nothing_detected},
    Heading{"moreinformationneeded", MitigationOutcome::more_info},
};

const std::vector<std::pair<MitigationOutcome, util::Regex>>& compiled() {
    static const auto all = [] {
        std::vector<std::pair<MitigationOutcome, util::Regex>> out;
        for (const Sentence& sentence : sentences)
            out.emplace_back(sentence.outcome, util::Regex(sentence.pattern));
        return out;
    }();
    return all;
}

std::optional<MitigationOutcome> outcome_of(std::string_view normalized_text) {
    for (const auto& [outcome, pattern] : compiled())
        if (pattern.search(normalized_text))
            return outcome;
    return std::nullopt;
}

std::optional<MitigationOutcome> verdict_of(std::string_view normalized_text) {
    const auto outcome = outcome_of(normalized_text);
    return outcome && *outcome <= last_verdict ? outcome : std::nullopt;
}

// ---- the text

bool starts_with_any(std::string_view line, std::span<const std::string_view> marks) {
    return std::ranges::any_of(marks, [&](std::string_view mark) { return line.starts_with(mark); });
}

/// The header that mail programs put above a quoted mail: a sender, then a date or a recipient.
bool begins_quoted_header(std::string_view line, std::string_view next) {
    static constexpr std::array<std::string_view, 8> senders = {
        "from:", "von:", "de:", "de :", "da:", "van:", "fra:", "od:"};
    static constexpr std::array<std::string_view, 12> others = {
        "sent:",   "date:", "gesendet:", "datum:", "envoy", "enviad",
        "inviato", "data:", "verzonden", "sendt:", "to:",   "an:"};
    return starts_with_any(line, senders) && starts_with_any(next, others);
}

bool begins_quoted_thread(std::string_view line, std::string_view next) {
    static constexpr std::array<std::string_view, 6> marks = {"-----original message",
                                                              "----- original message",
                                                              "---------- forwarded",
                                                              "-----urspr",
                                                              "________________________________",
                                                              "----- forwarded"};
    return starts_with_any(line, marks) || begins_quoted_header(line, next);
}

/// "On 12 Nov 2026, Microsoft wrote:"
bool introduces_quotation(std::string_view line) {
    static constexpr std::array<std::string_view, 8> ends = {"wrote:",
                                                             "schrieb:",
                                                             "a \xC3\xA9"
                                                             "crit :",
                                                             "a \xC3\xA9"
                                                             "crit:",
                                                             "escribi\xC3\xB3:",
                                                             "ha scritto:",
                                                             "schreef:",
                                                             "escreveu:"};
    return std::ranges::any_of(ends, [&](std::string_view end) { return line.ends_with(end); });
}

/// HTML up to where a mail program quotes.
std::string_view unquoted_html(std::string_view html) {
    for (const std::string_view mark : {"<blockquote", "gmail_quote", "divRplyFwdMsg", "appendonsend",
                                        "mail-editor-reference-message-container", "border-top:solid #E1E1E1"})
        html = html.substr(0, util::find_ignoring_case(html, mark));
    return html;
}

const mail::Part* first_text(const mail::Part& part) {
    if (part.is_embedded_message())
        return nullptr;
    if (!part.is_multipart())
        return part.type.starts_with("text/") && part.disposition != "attachment" && !util::trim(part.body).empty()
                   ? &part
                   : nullptr;
    for (const mail::Part& child : part.parts)
        if (const mail::Part* text = first_text(child))
            return text;
    return nullptr;
}

// ---- sections

/// The networks in a line, and the line without them.
struct Line {
    Networks networks;
    std::string words; ///< normalized
};

Line read_line(std::string_view text) {
    const auto in_network = [](char c) { return util::is_hex(c) || c == '.' || c == ':' || c == '/'; };
    Line line;
    std::string rest;
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && in_network(text[end]))
            ++end;
        std::string_view word = text.substr(i, end - i);
        while (!word.empty() && std::string_view(".:/").find(word.back()) != std::string_view::npos)
            word.remove_suffix(1);
        const bool stands_alone =
            (i == 0 || !util::is_alnum(text[i - 1])) && (end == text.size() || !util::is_alnum(text[end]));
        const bool looks_like = std::ranges::count(word, '.') == 3 || std::ranges::count(word, ':') >= 2;
        if (stands_alone && looks_like && word.size() <= 49) {
            if (const auto network = domain::parse_network(word); network && network->base.is_public()) {
                line.networks.push_back(*network);
                i = end;
                continue;
            }
        }
        end = std::max(end, i + 1);
        rest += text.substr(i, end - i);
        i = end;
    }
    line.words = refusal::normalized(rest);
    return line;
}

std::optional<MitigationOutcome> heading_of(std::string_view words) {
    const auto is_letter = [](char c) { return util::is_alnum(c) || static_cast<unsigned char>(c) >= 0x80; };
    while (!words.empty() && !is_letter(words.front()))
        words.remove_prefix(1);
    while (!words.empty() && !is_letter(words.back()))
        words.remove_suffix(1);
    for (const Heading& heading : headings)
        if (words == heading.text)
            return heading.outcome;
    return std::nullopt;
}

/// A part of the text that may speak of addresses of its own.
struct Section {
    std::string words;
    Networks networks;
    std::optional<MitigationOutcome> outcome;

    void add(const Line& line) {
        words += line.words;
        for (const domain::Network& network : line.networks) {
            const bool known = std::ranges::any_of(
                networks, [&](const auto& one) { return one.base == network.base && one.prefix == network.prefix; });
            if (!known && networks.size() < most_networks)
                networks.push_back(network);
        }
    }
    /// Of its heading and its sentences the one that is asked first.
    void settle() {
        const auto said = verdict_of(words);
        if (said && (!outcome || *said < *outcome))
            outcome = said;
    }
};

Section whole(const std::vector<Line>& lines) {
    Section all;
    for (const Line& line : lines)
        all.add(line);
    all.outcome = outcome_of(all.words);
    return all;
}

/// From heading to heading. What stands before the first is one too, where it says something.
std::vector<Section> by_headings(const std::vector<Line>& lines) {
    std::vector<Section> sections(1);
    bool any = false;
    bool may_begin = true;
    for (const Line& line : lines) {
        // In the middle of a sentence, "not / mitigated", a line of its own is no heading.
        const auto heading = may_begin ? heading_of(line.words) : std::nullopt;
        if (heading) {
            sections.emplace_back();
            sections.back().outcome = heading;
            any = true;
        }
        sections.back().add(line);
        may_begin = line.words.empty() || !line.networks.empty() || heading || line.words.ends_with('.') ||
                    line.words.ends_with(':');
    }
    if (!any)
        return {};
    for (Section& section : sections)
        section.settle();
    if (!sections.front().outcome) {
        // "192.0.2.10" above the only heading
        if (sections.size() == 2 && sections.back().networks.empty())
            sections.back().networks = sections.front().networks;
        sections.erase(sections.begin());
    }
    return sections;
}

/// Paragraphs, and lines that hold an address and its verdict. Nothing where a verdict has no addresses of its own.
std::vector<Section> by_paragraphs(const std::vector<Line>& lines) {
    std::vector<Section> paragraphs(1);
    for (const Line& line : lines) {
        const bool complete = !line.networks.empty() && verdict_of(line.words);
        if ((complete || (line.words.empty() && line.networks.empty())) && !paragraphs.back().words.empty())
            paragraphs.emplace_back();
        paragraphs.back().add(line);
        if (complete)
            paragraphs.emplace_back();
    }
    std::vector<Section> sections;
    Networks waiting;
    for (Section& paragraph : paragraphs) {
        paragraph.settle();
        if (!paragraph.outcome) {
            waiting.insert(waiting.end(), paragraph.networks.begin(), paragraph.networks.end());
            continue;
        }
        if (paragraph.networks.empty())
            paragraph.networks = std::move(waiting);
        waiting.clear();
        sections.push_back(std::move(paragraph));
    }
    const bool all_have_networks =
        std::ranges::none_of(sections, [](const Section& section) { return section.networks.empty(); });
    return sections.size() > 1 && all_have_networks ? sections : std::vector<Section>();
}

bool lifts_block(MitigationOutcome outcome) {
    return outcome == MitigationOutcome::mitigated || outcome == MitigationOutcome::conditionally_mitigated ||
           outcome == MitigationOutcome::removed;
}

std::vector<MitigationFinding> findings_of(const std::vector<Section>& sections) {
    std::vector<MitigationFinding> findings;
    for (const Section& section : sections) {
        const MitigationOutcome outcome = section.outcome.value_or(MitigationOutcome::unknown);
        // An empty row of the table: it must not speak for what the other sections are about.
        if (sections.size() > 1 && lifts_block(outcome) && section.networks.empty())
            continue;
        const auto same = std::ranges::find(findings, outcome, &MitigationFinding::outcome);
        if (same == findings.end())
            findings.push_back({outcome, section.networks});
        else
            same->networks.insert(same->networks.end(), section.networks.begin(), section.networks.end());
    }
    return findings;
}

} // namespace

std::vector<std::string> newest_lines(const mail::Part& message) {
    const mail::Part* part = first_text(message);
    if (!part)
        return {};
    std::string text(std::string_view(part->body).substr(0, read_bytes));
    if (part->type == "text/html")
        text = text_of_html(unquoted_html(text));
    const std::vector<std::string_view> all = util::split(text, '\n');
    const auto lowered = [&](std::size_t at) {
        std::string_view line = at < all.size() ? util::trim(all[at]) : std::string_view();
        while (line.starts_with('*')) // bold, as mail programs write it in plain text
            line.remove_prefix(1);
        return util::lower(line);
    };
    Lines lines;
    for (std::size_t i = 0; i < all.size() && lines.size() < read_lines; ++i) {
        const std::string line = lowered(i);
        if (line.starts_with('>'))
            continue;
        if (begins_quoted_thread(line, lowered(i + 1)))
            break;
        if (introduces_quotation(line)) {
            std::size_t next = i + 1;
            while (next < all.size() && util::trim(all[next]).empty())
                ++next;
            // An answer below what it quotes goes on.
            if (next < all.size() && util::trim(all[next]).starts_with('>'))
                continue;
            break;
        }
        lines.emplace_back(util::trim(all[i]));
    }
    return lines;
}

std::vector<MitigationFinding> read_findings(const std::vector<std::string>& lines) {
    std::vector<Line> read;
    read.reserve(lines.size());
    for (const std::string& line : lines)
        read.push_back(read_line(line));
    std::vector<Section> sections = by_headings(read);
    if (sections.empty())
        sections = by_paragraphs(read);
    if (sections.empty())
        sections.push_back(whole(read));
    std::vector<MitigationFinding> findings = findings_of(sections);
    if (findings.empty())
        findings.emplace_back();
    return findings;
}

std::size_t count_sentences(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += refusal::normalized(line);
    return static_cast<std::size_t>(
        std::ranges::count_if(compiled(), [&](const auto& row) { return row.second.search(text).has_value(); }));
}

} // namespace jmrp::classify
