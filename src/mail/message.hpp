#pragma once
// A mail as plain values. Everything a stranger wrote is parsed once, here, within domain::Limits: the walk over header
// blocks and boundaries is ours, GMime reads the MIME fields and undoes the transfer encodings.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "domain/reading.hpp"
#include "domain/reading_rules.hpp"

namespace jmrp::mail {

/// One header field: the name as it came, the value unfolded (line ends removed, blanks kept) and trimmed, otherwise
/// the bytes as they came: encoded words are not decoded.
struct Field {
    std::string name;
    std::string value;
};

class Fields {
  public:
    void add(std::string name, std::string value) { fields_.push_back({std::move(name), std::move(value)}); }
    /// The topmost field of that name (any case), or nothing.
    const std::string* first(std::string_view name) const noexcept;
    std::vector<std::string_view> all(std::string_view name) const;
    std::size_t count(std::string_view name) const noexcept;
    bool has(std::string_view name) const noexcept { return first(name) != nullptr; }

    auto begin() const noexcept { return fields_.begin(); }
    auto end() const noexcept { return fields_.end(); }
    bool empty() const noexcept { return fields_.empty(); }
    std::size_t size() const noexcept { return fields_.size(); }

  private:
    std::vector<Field> fields_;
};

/// A MIME part. Three shapes: a multipart (`parts`, no `body`); a message/rfc822, message/global (`parts` holds exactly
/// one: the embedded message, whose `fields` are its header block); a leaf (`body`, the transfer encoding undone).
struct Part {
    std::string type; ///< lower case, "text/plain" where the mail does not say
    std::vector<std::pair<std::string, std::string>> parameters; ///< of Content-Type, names in lower case
    std::string disposition;                                     ///< lower case: "inline", "attachment", or empty
    Fields fields;
    std::string body;
    std::vector<Part> parts;

    std::string_view parameter(std::string_view name) const noexcept;
    bool is_multipart() const noexcept { return type.starts_with("multipart/"); }
    bool is_embedded_message() const noexcept { return parts.size() == 1 && !is_multipart(); }
};

/// Reads any bytes; what is wrong with them is told in `defects`. The root's `fields` are the mail's header block.
Part parse(std::string_view bytes, const domain::Limits& limits, std::vector<domain::Defect>& defects);

/// Reads a block of header-like fields (feedback-report parts, text/rfc822-headers): order free, any case, folding,
/// blank lines before the first field skipped, lines that are no field skipped with a defect. Stops at the first blank
/// line. `rest`, where given, receives what follows that line.
Fields parse_fields(std::string_view block, const domain::Limits& limits, std::vector<domain::Defect>& defects,
                    std::string_view* rest = nullptr);

/// A date as mails write it (RFC 5322, obsolete forms, named zones, wrong weekday). Nothing where it is none.
std::optional<util::Seconds> parse_date(std::string_view text);

} // namespace jmrp::mail
