#pragma once
// SQLite without SOCI in between, where rows are many: the send log, counts of sent mail, and the list of suppressions.
// Private to store/.
#include <soci/sqlite3/soci-sqlite3.h>

#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace jmrp::store {

class Sqlite;

/// A prepared statement. Texts and blobs that are bound must live until the next step() that ends or reset().
class Statement {
  public:
    Statement(const Sqlite& database, std::string_view sql);
    ~Statement();
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;

    Statement& bind(int index, std::int64_t value);
    Statement& bind(int index, std::string_view text);
    Statement& bind_blob(int index, std::string_view bytes);
    Statement& bind_real(int index, double value);
    Statement& bind_null(int index);
    /// Whether there is a row; after the last one, and after a statement that gives none, it is ready to be bound anew.
    bool step();
    void reset() noexcept;

    std::int64_t number(int column) const;
    double real(int column) const;
    std::string_view text(int column) const; ///< until the next step() or reset()
    bool is_null(int column) const;

  private:
    friend class TakenRow;
    const Sqlite& database_;
    sqlite_api::sqlite3_stmt* handle_ = nullptr;
};

/// The values of a row, for statements such as "SELECT take_row(?1, address, received_at) FROM ...": the engine hands them over
/// where they lie, which takes half the time of asking for each of them with Statement::text() and number().
class TakenRow {
  public:
    /// Puts itself into the statement's ?1; each step() fills it.
    void bind_to(Statement& statement);

    std::int64_t number(std::size_t column) const { return values_[column].number; } ///< 0 where it is NULL
    const std::string& text(std::size_t column) const { return values_[column].text; }
    bool is_null(std::size_t column) const { return values_[column].null; }

    static constexpr std::size_t most_columns = 10;
    /// Makes take_row() known to a connection.
    static void enable(sqlite_api::sqlite3* database);

  private:
    static void take(sqlite_api::sqlite3_context* context, int count, sqlite_api::sqlite3_value** values) noexcept;

    struct Value {
        std::int64_t number = 0;
        std::string text;
        bool null = true;
    };
    std::array<Value, most_columns> values_;
};

class Sqlite {
  public:
    enum class Access { read, write };
    /// Opens a file that is there. Throws Fault.
    Sqlite(const std::filesystem::path& path, Access access, int busy_timeout_ms, int id, int version);
    /// A connection that somebody else opened and closes; faults say `attempted`.
    Sqlite(sqlite_api::sqlite3* borrowed, const std::filesystem::path& path, const char* attempted);
    ~Sqlite();
    Sqlite(const Sqlite&) = delete;
    Sqlite& operator=(const Sqlite&) = delete;

    void run(const char* sql);
    /// One transaction around `work`; synchronous NORMAL, that is: whole or not at all, but the last ones may be gone after
    /// a crash of the machine.
    void in_transaction(const std::function<void()>& work);
    std::int64_t changes() const;
    std::int64_t last_id() const;
    /// Copies the write-ahead log into the file where it is longer than `pages`; without waiting for anybody.
    void shorten_log(int pages);

    [[noreturn]] void fail(int code) const;

  private:
    friend class Statement;
    std::filesystem::path path_;
    const char* attempted_ = "use the send log";
    int busy_timeout_ms_ = 0;
    bool owned_ = true;
    sqlite_api::sqlite3* handle_ = nullptr;
    int log_pages_ = 0;
};

} // namespace jmrp::store
