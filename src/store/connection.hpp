#pragma once
// The engine's side of the store: opening, hardening, transactions, faults. Private to store/.
#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <functional>
#include <initializer_list>
#include <map>
#include <memory>

#include "store/sqlite.hpp"
#include "store/store.hpp"

namespace jmrp::store {

inline constexpr int application_id = 0x4A4D5250; // "JMRP"
inline constexpr int schema_version = 1;

/// Whether a commit waits for the disk. A lazy one survives the death of the process, not of the machine: enough for what
/// can be derived again.
enum class Durability { lazy, durable };

struct Store::Connection {
    explicit Connection(const Options& options);

    Options options;
    soci::session sql;

    /// One transaction around `work`: BEGIN IMMEDIATE, so that waiting happens at the beginning and never in the middle.
    /// Errors of the engine become Faults that say `attempted`.
    void in_transaction(std::string_view attempted, Durability durability, const std::function<void()>& work);
    /// The same without a transaction, for questions.
    void translated(std::string_view attempted, const std::function<void()>& work);
    /// Every question of `work` is answered as of one moment; inside of another one it is that one's moment.
    void in_snapshot(std::string_view attempted, const std::function<void()>& work);
    void run(std::string_view statement);
    /// The same connection without SOCI in between; faults say `attempted`.
    Sqlite raw(const char* attempted = "read the suppressions");
    std::int64_t number(std::string_view query);

    /// Where a reader or another writer is in the way, the next commit tries again.
    void empty_log();

  private:
    void set(Durability durability);
    int log_pages_ = 0;                    ///< of the write-ahead log after the last commit
    std::optional<Durability> durability_; ///< what the engine was told last
};

/// Before any connection is opened: each is used by one thread at a time and needs no lock of its own, which costs a fifth of
/// the time of a long read.
void prepare_engine();
/// Throws the Fault for a result code of the engine.
[[noreturn]] void throw_engine_fault(std::string_view attempted, const std::filesystem::path& path, int code,
                                     std::string_view why);
/// Defences against a database file that somebody else prepared, and the costs of a short life.
void harden(sqlite_api::sqlite3* db, int busy_timeout_ms);
/// Throws the Fault that tells why this is no file of that kind, or of a newer version.
void expect_format(const std::filesystem::path& path, std::int64_t id, int expected_id, std::int64_t version,
                   int known_version);

/// Makes a new database from these files of schemas/, or finds the one that another process made at the same time.
void create_database(const std::filesystem::path& path, std::initializer_list<std::string_view> schemas, int id,
                     int version);

/// Runs every statement of a file of schemas/.
void run_schema(soci::session& sql, std::string_view file);

/// Bytes as a value of a statement: SOCI binds them as text, the statement says CAST(:x AS BLOB).
std::string as_bytes(const util::Digest& digest);

} // namespace jmrp::store
