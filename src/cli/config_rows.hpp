#pragma once
// How values of TOML are read into the members of a structure and written again: a row a key, builders for the usual kinds.
// Private to the config*.cpp.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "cli/config_keys.hpp"
#include "domain/address.hpp"
#include "domain/consumer.hpp"
#include "domain/feed.hpp"
#include "domain/ip.hpp"
#include "domain/names.hpp"

namespace jmrp::cli {

/// A key that fills in something of a T.
template <typename T>
struct Row {
    const char* name;
    const char* comment;
    std::function<void(T&, const toml::node&)> read; ///< throws std::string, the reason, where the value is wrong
    std::function<std::string(const T&)> write;
};
template <typename T>
using Rows = std::vector<Row<T>>;

// ---- values; what reads one throws std::string, the reason

std::string toml_text(std::string_view text);
std::string toml_list(const std::vector<std::string>& texts);
std::string text_of(const toml::node& node);
std::vector<std::string> texts_of(const toml::node& node);
/// A list of "LEFT=RIGHT".
std::vector<std::pair<std::string, std::string>> pairs_of(const toml::node& node);
bool flag_of(const toml::node& node);
std::int64_t number_of(const toml::node& node, std::int64_t least, std::int64_t most);
double decimal_of(const toml::node& node, double least, double most);
std::string decimal_text(double value);

/// The texts that an element of a list, or a value, is made of and written as.
template <typename Value>
struct Form {
    Value (*read)(const std::string& text); ///< throws std::string, the reason
    std::string (*write)(const Value& value);
};
extern const Form<std::string> any_text;
extern const Form<std::string> domain_name; ///< A-labels
extern const Form<domain::Address> mail_address;
extern const Form<domain::Network> ip_network;

// ---- rows

template <typename T, typename Number>
Row<T> number_row(const char* name, const char* comment, std::int64_t least, std::int64_t most, Number T::*member) {
    return {
        name, comment,
        [=](T& target, const toml::node& node) { target.*member = static_cast<Number>(number_of(node, least, most)); },
        [=](const T& target) { return std::to_string(target.*member); }};
}

/// The member is the key's value divided by `factor`: 100 where the key is in percent and the member a share.
template <typename T>
Row<T> decimal_row(const char* name, const char* comment, double least, double most, double T::*member,
                   double factor = 1) {
    return {name, comment,
            [=](T& target, const toml::node& node) { target.*member = decimal_of(node, least, most) / factor; },
            [=](const T& target) { return decimal_text(target.*member * factor); }};
}

template <typename T>
Row<T> flag_row(const char* name, const char* comment, bool T::*member) {
    return {name, comment, [=](T& target, const toml::node& node) { target.*member = flag_of(node); },
            [=](const T& target) { return std::string(target.*member ? "true" : "false"); }};
}

template <typename T>
Row<T> text_row(const char* name, const char* comment, std::string T::*member,
                const Form<std::string>& form = any_text) {
    return {name, comment, [=](T& target, const toml::node& node) { target.*member = form.read(text_of(node)); },
            [=](const T& target) { return toml_text(form.write(target.*member)); }};
}

template <typename T>
Row<T> path_row(const char* name, const char* comment, std::filesystem::path T::*member) {
    return {name, comment, [=](T& target, const toml::node& node) { target.*member = text_of(node); },
            [=](const T& target) { return toml_text((target.*member).string()); }};
}

template <typename T, typename Element>
Row<T> list_row(const char* name, const char* comment, std::vector<Element> T::*member, const Form<Element>& form) {
    return {name, comment,
            [=](T& target, const toml::node& node) {
                std::vector<Element> elements;
                for (const std::string& text : texts_of(node))
                    elements.push_back(form.read(text));
                target.*member = std::move(elements);
            },
            [=](const T& target) {
                std::vector<std::string> texts;
                for (const Element& element : target.*member)
                    texts.push_back(form.write(element));
                return toml_list(texts);
            }};
}

/// A value that has names.
template <typename T, typename Enum>
Row<T> names_row(const char* name, const char* comment, Enum T::*member) {
    return {name, comment,
            [=](T& target, const toml::node& node) {
                const auto value = domain::from_text<Enum>(text_of(node));
                if (!value) {
                    std::string all;
                    for (const auto& [one, text] : domain::Names<Enum>::table)
                        all += (all.empty() ? "" : " or ") + toml_text(text);
                    throw "it takes " + all;
                }
                target.*member = *value;
            },
            [=](const T& target) { return toml_text(domain::to_text(target.*member)); }};
}

/// The rows of a part, as rows of the whole.
template <typename Whole, typename Part>
Rows<Whole> rows_within(Part Whole::*part, const Rows<Part>& rows) {
    Rows<Whole> out;
    for (const Row<Part>& row : rows)
        out.push_back({row.name, row.comment,
                       [=](Whole& whole, const toml::node& node) { row.read(whole.*part, node); },
                       [=](const Whole& whole) { return row.write(whole.*part); }});
    return out;
}

// ---- what reading, believing and acting go by (config_rules.cpp)

Rows<ingest::FeedRules> own_rows();
Rows<domain::ReadingRules> attribution_rows();
Rows<domain::ReadingRules> refusals_rows();
Rows<domain::TokenRules> token_rows();
Rows<domain::AuthenticityRules> authenticity_rows();
Rows<domain::Policy> policy_rows();
Rows<domain::Limits> limits_rows();
extern const Form<std::string> header_name;

// ---- how servers are reached (config_access.cpp)

Rows<domain::SecretSource> secret_rows();
/// How many of its three are set.
int count_secrets(const domain::SecretSource& secret);
/// "HOST[:PORT]" in one spelling, its name in A-labels. Throws std::string, the reason; what may be a password is not repeated.
std::string read_authority(std::string_view text);
/// Whether the host of a URL is this one, by its name or address.
bool is_on_this_host(std::string_view url);
/// For a key that is not there: no secret stands in the configuration.
const char* hint_at_secret(std::string_view key) noexcept;
extern const Form<std::string> word;     ///< without control characters
extern const Form<std::string> http_url; ///< "https://HOST[:PORT][/PATH]", or http:// on this host; may be empty

// ---- Smart Network Data Services (config_snds.cpp)

Rows<Config::Snds> snds_rows();

// ---- rates (config_rates.cpp)

Rows<domain::DelistSettings> delist_rows();
Rows<reputation::GatePolicy> gate_rows();
Rows<reputation::RateRules> rate_rows();
Rows<reputation::RateAlarms> rate_alarm_rows();

// ---- feeds (config_feeds.cpp)

Rows<domain::Feed> mailbox_rows();
extern const SectionOfMany feed_section;

// ---- exports (config_exports.cpp)

Rows<domain::Consumer> consumer_rows();
Rows<domain::ServerAccess> server_rows();
/// Why it cannot be told of anything like that, or nothing.
std::string what_is_wrong_with_server(const domain::Consumer& consumer);
extern const SectionOfMany export_section;

} // namespace jmrp::cli
