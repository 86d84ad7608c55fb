#include "cli/monitoring.hpp"

#include <algorithm>
#include <cstdio>

#include "cli/json.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

namespace {

using domain::to_text;
using reputation::Figure;
using reputation::Finding;
using reputation::Level;

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return out;
}

/// The bar begins figures.
std::string without_bars(std::string_view text) {
    std::string out = util::for_terminal(text, 2000);
    std::ranges::replace(out, '|', '/');
    return out;
}

/// Quotes, equals signs and blanks mean something there, and graphing programs make file names of labels.
std::string label_of(std::string_view text) {
    std::string out;
    for (const char c : text)
        out += util::is_alnum(c) || c == '-' || c == '.' ? c : '_';
    return out;
}

std::string number(double value) {
    char text[64];
    std::snprintf(text, sizeof text, "%.12g", value);
    return text;
}

/// 'label'=value[unit];[warning];[critical]
std::string figure_text(const Figure& figure) {
    std::string out = label_of(figure.label) + "=" + number(figure.value) + figure.unit;
    if (figure.bounds)
        out += ";" + number(figure.bounds->warning) + ";" + number(figure.bounds->critical);
    return out;
}

std::string sentence_of(const Finding& finding) {
    return without_bars(finding.feed.empty() ? finding.sentence : finding.feed + ": " + finding.sentence);
}

/// What stands in the first line: the findings as bad as the worst, or how many looked well.
std::string summary(const std::vector<Finding>& findings, Level level) {
    if (level == Level::ok)
        return std::to_string(findings.size()) + " checks are well";
    std::string out;
    for (const Finding& finding : findings)
        if (finding.level == level)
            out += (out.empty() ? "" : "; ") + sentence_of(finding);
    return out;
}

} // namespace

std::string plugin_text(const std::vector<Finding>& findings) {
    const Level level = reputation::worst(findings);
    std::string out = "JMRP " + upper(to_text(level)) + " - " + summary(findings, level);
    std::string figures;
    for (const Finding& finding : findings)
        for (const Figure& figure : finding.figures)
            figures += " " + figure_text(figure);
    if (!figures.empty())
        out += " |" + figures;
    for (const Finding& finding : findings)
        out += "\n[" + upper(to_text(finding.level)) + "] " + finding.rule + ": " + sentence_of(finding);
    return out;
}

std::string plugin_json(const std::vector<Finding>& findings) {
    Json list = Json::array();
    for (const Finding& finding : findings) {
        Json figures = Json::array();
        for (const reputation::Figure& figure : finding.figures) {
            Json one = {{"label", figure.label}, {"value", figure.value}, {"unit", figure.unit}};
            if (figure.bounds) {
                one["warning"] = figure.bounds->warning;
                one["critical"] = figure.bounds->critical;
            }
            figures.push_back(std::move(one));
        }
        list.push_back({{"rule", finding.rule},
                        {"feed", finding.feed.empty() ? Json(nullptr) : Json(finding.feed)},
                        {"status", to_text(finding.level)},
                        {"sentence", finding.sentence},
                        {"figures", std::move(figures)}});
    }
    return one_line({{"format_version", format_version},
                     {"status", to_text(reputation::worst(findings))},
                     {"findings", std::move(list)}});
}

std::string plugin_failure(std::string_view why, bool json) {
    if (!json)
        return "JMRP UNKNOWN - " + without_bars(why);
    return one_line({{"format_version", format_version},
                     {"status", to_text(Level::unknown)},
                     {"failure", std::string(why)},
                     {"findings", Json::array()}});
}

} // namespace jmrp::cli
