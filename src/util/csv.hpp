#pragma once
// Reading CSV (RFC 4180): quotes, doubled quotes, commas and line ends within them. Writing a field: util::for_csv().
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace jmrp::util {

struct CsvRecord {
    std::size_t line = 0; ///< where it begins, from 1
    std::string_view raw; ///< without its line end
    std::vector<std::string> fields;
    bool closed = true; ///< false: a quote is not closed, or something follows it within the field
};

/// Goes through the records of a text: LF or CRLF, with or without one at the end; a byte order mark before them and empty lines
/// are passed over. A quote that is never closed costs its own line: from there on each line is a record.
class CsvRecords {
  public:
    /// The text must outlive the records.
    explicit CsvRecords(std::string_view text);
    std::optional<CsvRecord> next();

  private:
    std::string_view rest_;
    std::size_t line_ = 1;
    bool lines_only_ = false;
};

/// The fields of one record. Nothing where a quote is not closed or something follows it.
std::optional<std::vector<std::string>> csv_fields(std::string_view record);

} // namespace jmrp::util
