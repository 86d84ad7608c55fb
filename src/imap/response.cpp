#include "imap/response.hpp"

#include <algorithm>
#include <limits>

#include "util/text.hpp"

namespace jmrp::imap {

namespace {

constexpr std::pair<std::string_view, Response::Kind> statuses[] = {{"OK", Response::Kind::ok},
                                                                    {"NO", Response::Kind::no},
                                                                    {"BAD", Response::Kind::bad},
                                                                    {"BYE", Response::Kind::bye},
                                                                    {"PREAUTH", Response::Kind::preauth}};

Response::Kind kind_of(std::string_view word) {
    for (const auto& [name, kind] : statuses)
        if (util::equal_ignoring_case(name, word))
            return kind;
    return Response::Kind::data;
}

/// Takes the word at the front and the blank behind it.
std::string_view take_word(std::string_view& text) {
    const auto end = text.find(' ');
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return word;
}

std::optional<std::uint32_t> number_of(std::string_view word) {
    const auto number = util::parse_unsigned(word);
    if (!number || *number > std::numeric_limits<std::uint32_t>::max())
        return std::nullopt;
    return static_cast<std::uint32_t>(*number);
}

/// Of a first line: only data holds literals; the text for people at the end of a status may look like one.
bool may_hold_literal(std::string_view line) {
    const std::string_view tag = take_word(line);
    return tag == "*" && kind_of(take_word(line)) == Response::Kind::data;
}

/// The N of a line that ends in "{N}".
std::optional<std::uint64_t> announced(std::string_view line) {
    if (line.empty() || line.back() != '}')
        return std::nullopt;
    line.remove_suffix(1);
    const auto brace = line.rfind('{');
    return brace == std::string_view::npos ? std::nullopt : util::parse_unsigned(line.substr(brace + 1));
}

std::string in_capitals(std::string_view word) {
    std::string out(word);
    for (char& c : out)
        if (c >= 'a' && c <= 'z')
            c = static_cast<char>(c - 'a' + 'A');
    return out;
}

} // namespace

std::optional<Response> ResponseReader::fail(const char* why) {
    broken_ = why;
    return std::nullopt;
}

void ResponseReader::take_literal(std::string_view& bytes) {
    const std::string_view part =
        bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(literal_left_, bytes.size())));
    bytes.remove_prefix(part.size());
    literal_left_ -= part.size();
    const std::string_view kept = part.substr(0, literal_room_);
    literals_.back().append(kept);
    literal_room_ -= kept.size();
}

/// Whether the line that has just ended goes on in a literal.
bool ResponseReader::begin_literal() {
    std::string_view line(text_);
    line.remove_prefix(line_);
    line = line.substr(0, line.find_last_not_of("\r\n") + 1);
    const auto size = announced(line);
    if (!size || (line_ == 0 && !may_hold_literal(line)))
        return false;
    if (literals_.empty())
        literal_room_ = literal_limit_;
    literal_left_ = *size;
    line_ = text_.size();
    literals_.emplace_back();
    return true;
}

std::optional<Response> ResponseReader::read(std::string_view& bytes) {
    while (!broken_ && !bytes.empty()) {
        if (literal_left_ > 0) {
            take_literal(bytes);
            continue;
        }
        const auto end = bytes.find('\n');
        const std::string_view part = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
        if (text_.size() + part.size() > longest_text)
            return fail("a line of it has no end");
        text_ += part;
        bytes.remove_prefix(part.size());
        if (end == std::string_view::npos)
            break;
        if (begin_literal()) {
            if (literals_.size() > most_literals)
                return fail("a response of it has no end");
            continue;
        }
        return finish();
    }
    return std::nullopt;
}

std::optional<Response> ResponseReader::finish() {
    Response response;
    std::string line = std::move(text_);
    text_.clear();
    line_ = 0;
    response.literals = std::move(literals_);
    literals_.clear();
    line.resize(line.find_last_not_of("\r\n") + 1);
    std::string_view rest(line);
    const std::string_view tag = take_word(rest);
    if (tag == "+") {
        response.kind = Response::Kind::continuation;
        response.text = rest;
        return response;
    }
    if (tag != "*")
        response.tag = tag;
    const std::string_view word = take_word(rest);
    response.kind = kind_of(word);
    if (response.kind == Response::Kind::data) {
        if (tag != "*")
            return fail("it sends what is no IMAP");
        response.number = number_of(word);
        response.name = in_capitals(response.number ? take_word(rest) : word);
    } else if (!rest.empty() && rest.front() == '[') {
        const auto end = rest.find(']');
        response.code = rest.substr(1, end == std::string_view::npos ? end : end - 1);
        rest = util::trim(rest.substr(end == std::string_view::npos ? rest.size() : end + 1));
    }
    response.text = rest;
    return response;
}

bool Item::is_nil() const {
    return kind == Kind::atom && util::equal_ignoring_case(text, "NIL");
}

namespace {

class ItemParser {
  public:
    explicit ItemParser(Response& response) : rest_(response.text), literals_(response.literals) {}

    /// Up to the end of the text, or to the bracket that closes this list.
    bool parse(std::vector<Item>& into, int depth) {
        constexpr int deepest = 16;
        while (true) {
            while (!rest_.empty() && rest_.front() == ' ')
                rest_.remove_prefix(1);
            if (rest_.empty())
                return depth == 0 && used_ == literals_.size();
            if (rest_.front() == ')') {
                rest_.remove_prefix(1);
                return depth > 0;
            }
            Item item;
            if (rest_.front() == '(') {
                rest_.remove_prefix(1);
                item.kind = Item::Kind::list;
                if (depth >= deepest || !parse(item.items, depth + 1))
                    return false;
            } else if (!(rest_.front() == '"'   ? take_quoted(item)
                         : rest_.front() == '{' ? take_literal(item)
                                                : take_atom(item)))
                return false;
            into.push_back(std::move(item));
        }
    }

  private:
    bool take_quoted(Item& item) {
        item.kind = Item::Kind::string;
        for (std::size_t i = 1; i < rest_.size(); ++i) {
            if (rest_[i] == '"') {
                rest_.remove_prefix(i + 1);
                return true;
            }
            if (rest_[i] == '\\' && i + 1 < rest_.size())
                ++i;
            item.text += rest_[i];
        }
        return false;
    }

    bool take_literal(Item& item) {
        if (used_ == literals_.size())
            return false;
        const auto end =
            std::min(rest_.find('\n'), rest_.size() - 1); // at the end of a response no line end stands behind it
        item.kind = Item::Kind::string;
        item.text = std::move(literals_[used_++]);
        rest_.remove_prefix(end + 1);
        return true;
    }

    /// "BODY[HEADER.FIELDS (FROM)]<0>" is one.
    bool take_atom(Item& item) {
        std::size_t size = 0;
        for (bool in_brackets = false; size < rest_.size(); ++size) {
            const char c = rest_[size];
            if (c == '[' || c == ']')
                in_brackets = c == '[';
            else if (!in_brackets && (c == ' ' || c == '(' || c == ')' || c == '{' || c == '"'))
                break;
            else if (c == '\r' || c == '\n')
                return false;
        }
        item.text = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return size > 0;
    }

    std::string_view rest_;
    std::vector<std::string>& literals_;
    std::size_t used_ = 0;
};

} // namespace

std::optional<std::vector<Item>> parse_items(Response& response) {
    std::vector<Item> items;
    return ItemParser(response).parse(items, 0) ? std::optional(std::move(items)) : std::nullopt;
}

std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view text) {
    std::vector<std::uint32_t> numbers;
    for (std::string_view rest = util::trim(text); !rest.empty();) {
        const std::string_view word = take_word(rest);
        if (word.empty())
            continue;
        const auto number = number_of(word);
        if (!number || *number == 0)
            return std::nullopt;
        numbers.push_back(*number);
    }
    return numbers;
}

std::optional<Fetched> fetched_of(Response& response) {
    auto items = parse_items(response);
    if (!items || items->size() != 1 || items->front().kind != Item::Kind::list || items->front().items.size() % 2 != 0)
        return std::nullopt;
    Fetched out;
    std::vector<Item>& pairs = items->front().items;
    for (std::size_t i = 0; i < pairs.size(); i += 2) {
        const std::string& name = pairs[i].text;
        Item& value = pairs[i + 1];
        if (util::equal_ignoring_case(name, "UID")) {
            const auto uid = number_of(value.text);
            if (!uid || *uid == 0)
                return std::nullopt;
            out.uid = *uid;
        } else if (util::equal_ignoring_case(name, "RFC822.SIZE")) {
            out.size = util::parse_unsigned(value.text);
        } else if (util::starts_with_ignoring_case(name, "BODY[]") && value.kind == Item::Kind::string) {
            out.body = std::move(value.text);
        }
    }
    return out;
}

} // namespace jmrp::imap
