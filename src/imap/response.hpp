#pragma once
// What an IMAP server says (RFC 3501 section 7), whatever bytes it sends. Pure.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::imap {

struct Response {
    enum class Kind { ok, no, bad, bye, preauth, continuation, data };
    Kind kind = Kind::data;
    std::string tag;                     ///< empty: untagged
    std::optional<std::uint32_t> number; ///< the 12 of "* 12 FETCH ..."
    std::string name;                    ///< of data, in capitals: "FETCH", "SEARCH"
    std::string code;                    ///< of the others: what stood in brackets
    std::string text;                    ///< the rest; of data as it came, for parse_items() and numbers_of()
    std::vector<std::string> literals; ///< of data, in the order of the places "{N}" CR LF in `text`; cut at the limit
};

/// Cuts a stream of bytes into responses.
class ResponseReader {
  public:
    /// Of the literals of one response `literal_limit` bytes are kept in all; the rest is read and dropped.
    explicit ResponseReader(std::size_t literal_limit) : literal_limit_(literal_limit) {}

    /// Takes bytes off the front until a response is complete. Nothing: more bytes are needed, or broken().
    std::optional<Response> read(std::string_view& bytes);
    /// Why the stream is none of IMAP, and nothing can be read any more; else null.
    const char* broken() const noexcept { return broken_; }

    static constexpr std::size_t longest_text = std::size_t{16} << 20U; ///< the numbers of some millions of messages
    static constexpr std::size_t most_literals = 64;

  private:
    void take_literal(std::string_view& bytes);
    bool begin_literal();
    std::optional<Response> finish();
    std::optional<Response> fail(const char* why);

    std::size_t literal_limit_;
    std::size_t literal_room_ = 0;
    std::uint64_t literal_left_ = 0;
    std::string text_;
    std::size_t line_ = 0; ///< where the line under way begins in text_
    std::vector<std::string> literals_;
    const char* broken_ = nullptr;
};

struct Item {
    enum class Kind { atom, string, list };
    Kind kind = Kind::atom;
    std::string text; ///< of atoms and strings
    std::vector<Item> items;
    bool is_nil() const; ///< the atom NIL
};

/// The data of a response; takes its literals. Nothing: it is not well formed.
std::optional<std::vector<Item>> parse_items(Response& response);

/// "2 3 5" (SEARCH); nothing: there is something else, or a 0.
std::optional<std::vector<std::uint32_t>> numbers_of(std::string_view text);

/// What a FETCH response says that we ask for.
struct Fetched {
    std::uint32_t uid = 0; ///< 0: it does not say
    std::optional<std::uint64_t> size;
    std::optional<std::string> body; ///< nothing: not said, or NIL
};
/// Takes the literals of the response. Nothing: it is not well formed.
std::optional<Fetched> fetched_of(Response& response);

} // namespace jmrp::imap
