#include "classify/html_text.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "util/text.hpp"

namespace jmrp::classify {

namespace {

constexpr std::array<std::pair<std::string_view, char>, 8> entities = {{
    {"&lt;", '<'},
    {"&gt;", '>'},
    {"&amp;", '&'},
    {"&nbsp;", ' '},
    {"&quot;", '"'},
    {"&rsquo;", '\''},
    {"&#39;", '\''},
    {"&#64;", '@'},
}};

// Of these the rest of a line goes on.
constexpr std::array<std::string_view, 9> inside_lines = {"a", "b", "i", "u", "em", "strong", "span", "font", "o:p"};

/// "strong" of "</strong>" and of "<Strong class=x>".
std::string tag_name(std::string_view tag) {
    tag.remove_prefix(tag.starts_with("</") ? 2 : 1);
    return util::lower(tag.substr(0, std::min<std::size_t>(tag.find_first_of(" \t\r\n/>"), 12)));
}

} // namespace

std::string text_of_html(std::string_view html) {
    std::string text;
    for (std::size_t i = 0; i < html.size();) {
        if (html[i] == '<') {
            const bool style = util::starts_with_ignoring_case(html.substr(i), "<style");
            const std::size_t end = style ? util::find_ignoring_case(html, "</style>", i) : html.find('>', i);
            if (end == std::string_view::npos)
                break;
            if (std::ranges::find(inside_lines, tag_name(html.substr(i, 16))) == inside_lines.end())
                text += '\n';
            i = style ? end + 8 : end + 1;
            continue;
        }
        const auto entity = std::ranges::find_if(
            entities, [&](const auto& candidate) { return html.substr(i).starts_with(candidate.first); });
        text += entity == entities.end() ? html[i] : entity->second;
        i += entity == entities.end() ? 1 : entity->first.size();
    }
    return text;
}

} // namespace jmrp::classify
