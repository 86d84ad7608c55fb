#pragma once
// SQLite without SOCI in between, where rows are many: the send log, counts of sent mail, and the list of suppressions.
// Private to store/.
#include <soci/sqlite3/soci-sqlite3.h>

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
    const Sqlite& database_;
    sqlite_api::sqlite3_stmt* handle_ = nullptr;
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
