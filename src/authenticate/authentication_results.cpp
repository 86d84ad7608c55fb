#include "authenticate/authentication_results.hpp"

#include <algorithm>

#include "util/text.hpp"

namespace jmrp::authenticate {

namespace {

constexpr std::size_t most_bytes = 16 << 10;
constexpr std::size_t most_results = 64;
constexpr std::size_t most_properties = 64; ///< of one result
constexpr int most_depth = 16;              ///< of comments

bool is_keyword(char c) noexcept {
    return util::is_alnum(c) || c == '-' || c == '_';
}

/// Reads from the front of a text; `failed` once something was not as it has to be.
class Reader {
  public:
    explicit Reader(std::string_view text) noexcept : text_(text) {}

    bool failed() const noexcept { return failed_; }
    bool at_end() const noexcept { return text_.empty(); }
    char next() const noexcept { return text_.empty() ? '\0' : text_.front(); }
    void fail() noexcept {
        failed_ = true;
        text_ = {};
    }

    bool take(char c) noexcept {
        if (next() != c || text_.empty())
            return false;
        text_.remove_prefix(1);
        return true;
    }

    /// Blanks and comments. True where there was something.
    bool skip_blanks() noexcept {
        const std::size_t before = text_.size();
        while (!text_.empty()) {
            if (text_.front() == ' ' || text_.front() == '\t')
                text_.remove_prefix(1);
            else if (text_.front() == '(')
                skip_comment();
            else
                break;
        }
        return text_.size() != before;
    }

    std::string keyword() {
        const auto end = std::find_if_not(text_.begin(), text_.end(), is_keyword);
        const auto length = static_cast<std::size_t>(end - text_.begin());
        std::string word = util::lower(text_.substr(0, length));
        text_.remove_prefix(length);
        if (word.empty())
            fail();
        return word;
    }

    /// A quoted string, also as the local part of an address, or everything up to a blank, a comment or a semicolon.
    std::string value() {
        std::string out;
        if (next() == '"') {
            out = quoted();
            if (next() != '@')
                return out;
        }
        while (!text_.empty() && std::string_view(" \t;(").find(text_.front()) == std::string_view::npos) {
            if (text_.front() == '"' || text_.front() == ')') {
                fail();
                return {};
            }
            out += text_.front();
            text_.remove_prefix(1);
        }
        return out;
    }

  private:
    std::string quoted() {
        std::string out;
        text_.remove_prefix(1);
        while (!text_.empty()) {
            char c = text_.front();
            text_.remove_prefix(1);
            if (c == '"')
                return out;
            if (c == '\\' && !text_.empty()) {
                c = text_.front();
                text_.remove_prefix(1);
            }
            out += c;
        }
        fail();
        return {};
    }

    void skip_comment() noexcept {
        int depth = 0;
        while (!text_.empty()) {
            const char c = text_.front();
            text_.remove_prefix(1);
            if (c == '\\' && !text_.empty())
                text_.remove_prefix(1);
            else if (c == '(' && ++depth > most_depth)
                break;
            else if (c == ')' && --depth == 0)
                return;
        }
        fail();
    }

    std::string_view text_;
    bool failed_ = false;
};

/// "authserv-id [version]"
std::string read_id(Reader& reader) {
    reader.skip_blanks();
    std::string id = util::lower(reader.value());
    if (id.empty() || id.find_first_of("=,@<>") != std::string::npos)
        reader.fail();
    id.resize(std::min(id.find('/'), id.size()));
    reader.skip_blanks();
    if (!reader.at_end() && reader.next() != ';' && reader.keyword() != "1")
        reader.fail();
    reader.skip_blanks();
    return id;
}

void read_property(Reader& reader, MethodResult& result) {
    ResultProperty property;
    property.type = reader.keyword();
    reader.skip_blanks();
    // "reason=..." and what others invented after its manner stand without a type.
    const bool typed = reader.take('.');
    if (typed) {
        reader.skip_blanks();
        property.name = reader.keyword();
        reader.skip_blanks();
    }
    if (!reader.take('='))
        reader.fail();
    reader.skip_blanks();
    property.value = reader.value();
    if (!typed)
        return;
    if (result.properties.size() >= most_properties)
        reader.fail();
    result.properties.push_back(std::move(property));
}

MethodResult read_result(Reader& reader) {
    MethodResult result;
    result.method = reader.keyword();
    reader.skip_blanks();
    if (reader.take('/')) {
        reader.skip_blanks();
        if (reader.keyword() != "1")
            reader.fail();
        reader.skip_blanks();
    }
    // "none" stands for the whole field, and says that nothing was tested.
    if (result.method == "none" && (reader.at_end() || reader.next() == ';'))
        return {};
    if (!reader.take('='))
        reader.fail();
    reader.skip_blanks();
    result.result = reader.keyword();
    while (!reader.failed() && reader.skip_blanks() && !reader.at_end() && reader.next() != ';')
        read_property(reader, result);
    return result;
}

} // namespace

const std::string* MethodResult::property(std::string_view type, std::string_view name) const noexcept {
    const auto hit = std::find_if(properties.begin(), properties.end(), [&](const ResultProperty& property) {
        return property.type == type && property.name == name;
    });
    return hit == properties.end() ? nullptr : &hit->value;
}

std::optional<AuthenticationResults> parse_authentication_results(std::string_view value) {
    if (value.size() > most_bytes || std::any_of(value.begin(), value.end(), [](char c) {
            return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7F';
        }))
        return std::nullopt;
    Reader reader(value);
    AuthenticationResults out;
    out.authserv_id = read_id(reader);
    while (!reader.failed() && !reader.at_end()) {
        if (!reader.take(';'))
            reader.fail();
        reader.skip_blanks();
        if (reader.at_end() || reader.next() == ';') // one too many at the end is common
            continue;
        MethodResult result = read_result(reader);
        if (out.results.size() >= most_results)
            reader.fail();
        if (!result.method.empty())
            out.results.push_back(std::move(result));
    }
    if (reader.failed() || out.authserv_id.empty())
        return std::nullopt;
    return out;
}

} // namespace jmrp::authenticate
