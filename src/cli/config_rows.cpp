#include "cli/config_rows.hpp"

#include <cstdio>

#include "util/idna.hpp"
#include "util/text.hpp"

namespace jmrp::cli {

std::string toml_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7F') {
            char escape[8];
            std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
            out += escape;
        } else {
            out += c;
        }
    }
    return out + "\"";
}

std::string toml_list(const std::vector<std::string>& texts) {
    std::string out = "[";
    for (const std::string& text : texts)
        out += (out.size() > 1 ? ", " : "") + toml_text(text);
    return out + "]";
}

std::string text_of(const toml::node& node) {
    if (const auto value = node.value_exact<std::string>())
        return *value;
    throw std::string("it takes a text in quotes");
}

std::vector<std::string> texts_of(const toml::node& node) {
    const toml::array* array = node.as_array();
    if (!array)
        throw std::string("it takes a list of texts, [\"one\", \"two\"]");
    std::vector<std::string> out;
    for (const toml::node& element : *array)
        out.push_back(text_of(element));
    return out;
}

std::vector<std::pair<std::string, std::string>> pairs_of(const toml::node& node) {
    std::vector<std::pair<std::string, std::string>> out;
    for (const std::string& text : texts_of(node)) {
        const std::size_t equals = text.find('=');
        std::string left(util::trim(std::string_view(text).substr(0, equals)));
        std::string right(equals == std::string::npos ? std::string_view()
                                                      : util::trim(std::string_view(text).substr(equals + 1)));
        if (left.empty() || right.empty())
            throw toml_text(text) + " is not of the form \"NAME=VALUE\"";
        out.emplace_back(std::move(left), std::move(right));
    }
    return out;
}

bool flag_of(const toml::node& node) {
    if (const auto value = node.value_exact<bool>())
        return *value;
    throw std::string("it takes true or false");
}

std::int64_t number_of(const toml::node& node, std::int64_t least, std::int64_t most) {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < least || *value > most)
        throw "it takes a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    return *value;
}

double decimal_of(const toml::node& node, double least, double most) {
    const auto value = node.value<double>();
    if (!value || !(*value >= least && *value <= most))
        throw "it takes a number from " + decimal_text(least) + " to " + decimal_text(most);
    return *value;
}

std::string decimal_text(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%g", value);
    return text;
}

namespace {

std::string same(const std::string& text) {
    return text;
}

std::string read_domain(const std::string& text) {
    auto domain = util::domain_to_ascii(text);
    if (!domain)
        throw toml_text(text) + " is no domain name";
    return std::move(*domain);
}

domain::Address read_address(const std::string& text) {
    auto address = domain::parse_address(text);
    if (!address)
        throw toml_text(text) + " is no address";
    return std::move(*address);
}

domain::Network read_network(const std::string& text) {
    const auto network = domain::parse_network(text);
    if (!network)
        throw toml_text(text) + " is no IP address or network like 192.0.2.0/24";
    return *network;
}

template <typename Value>
std::string write_text(const Value& value) {
    return value.text();
}

} // namespace

const Form<std::string> any_text{same, same};
const Form<std::string> domain_name{read_domain, same};
const Form<domain::Address> mail_address{read_address, write_text};
const Form<domain::Network> ip_network{read_network, write_text};

} // namespace jmrp::cli
