#include "store/connection.hpp"

#include <fcntl.h>
#include <soci/sqlite3/soci-sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/schema.hpp"
#include "util/fault.hpp"
#include "util/fd.hpp"

namespace jmrp::store {

namespace {

using util::Fault;
using util::FaultKind;

sqlite_api::sqlite3* handle(soci::session& sql) {
    return static_cast<soci::sqlite3_session_backend*>(sql.get_backend())->conn_;
}

struct EngineFault {
    int code; ///< primary result code of SQLite
    FaultKind kind;
    const char* hint;
};
// https://www.sqlite.org/rescode.html
constexpr EngineFault engine_faults[] = {
    {SQLITE_BUSY, FaultKind::busy, "another process holds the database; trying again helps"},
    {SQLITE_LOCKED, FaultKind::busy, "another process holds the database; trying again helps"},
    {SQLITE_FULL, FaultKind::full, "free some space"},
    {SQLITE_NOMEM, FaultKind::full, "there is too little memory"},
    {SQLITE_READONLY, FaultKind::permission, "the database file or its folder is not writable for this user"},
    {SQLITE_PERM, FaultKind::permission, "check owner and mode of the database and its folder"},
    {SQLITE_CANTOPEN, FaultKind::permission, "check that the folder exists and this user may write in it"},
    {SQLITE_AUTH, FaultKind::permission, "check owner and mode of the database and its folder"},
    {SQLITE_CORRUPT, FaultKind::damaged, "restore it from a backup; 'sqlite3 FILE .recover' saves what can be saved"},
    {SQLITE_NOTADB, FaultKind::damaged, "the file is no SQLite database; name another with --database"},
    {SQLITE_IOERR, FaultKind::system, "the disk reports an error"},
};

[[noreturn]] void rethrow_as_fault(std::string_view attempted, const std::filesystem::path& path, soci::session* sql) {
    try {
        throw;
    } catch (const soci::sqlite3_soci_error& error) {
        // SOCI keeps the number only for some calls; the connection has the last one.
        const int code = error.result() != 0 ? error.result()
                         : sql               ? sqlite_api::sqlite3_errcode(handle(*sql))
                                             : SQLITE_CANTOPEN;
        throw_engine_fault(attempted, path, code, error.get_error_message());
    } catch (const soci::soci_error& error) {
        const int code = sql && sql->get_backend() ? sqlite_api::sqlite3_errcode(handle(*sql)) : SQLITE_CANTOPEN;
        throw_engine_fault(attempted, path, code, error.get_error_message());
    }
}

int note_log_length(void* length, sqlite_api::sqlite3*, const char*, int pages) {
    *static_cast<int*>(length) = pages;
    return SQLITE_OK;
}

void connect(soci::session& sql, const std::filesystem::path& path) {
    std::string quoted;
    for (const char c : path.string()) {
        if (c == '"' || c == '\\')
            throw Fault(FaultKind::configuration, "open the database " + path.string(),
                        "its name holds a quote or a backslash");
        quoted += c;
    }
    prepare_engine();
    sql.open(soci::sqlite3, "dbname=\"" + quoted + "\"");
}

} // namespace

void throw_engine_fault(std::string_view attempted, const std::filesystem::path& path, int code, std::string_view why) {
    const std::string what = std::string(attempted) + " in " + path.string();
    for (const EngineFault& fault : engine_faults)
        if (fault.code == (code & 0xFF))
            throw Fault(fault.kind, what, std::string(why), fault.hint);
    throw Fault(FaultKind::system, what, std::string(why));
}

void prepare_engine() {
    static const int once = sqlite_api::sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    static_cast<void>(once);
}

void harden(sqlite_api::sqlite3* db, int busy_timeout_ms) {
    sqlite_api::sqlite3_busy_timeout(db, busy_timeout_ms);
    sqlite_api::sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite_api::sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    // The last connection to close would checkpoint: three more syncs for every delivery.
    sqlite_api::sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    sqlite_api::sqlite3_extended_result_codes(db, 1);
}

void expect_format(const std::filesystem::path& path, std::int64_t id, int expected_id, std::int64_t version,
                   int known_version) {
    if (id != expected_id)
        throw Fault(FaultKind::damaged, "open the database " + path.string(), "it is no database of jmrp",
                    "name another with --database or JMRP_DATABASE");
    if (version > known_version)
        throw Fault(FaultKind::newer, "open the database " + path.string(),
                    "it has format " + std::to_string(version) + ", this jmrp knows format " +
                        std::to_string(known_version),
                    "install the newer jmrp");
}

/// A new database is made complete under another name and then linked into place, so nobody ever sees half of one and
/// deliveries that race for the first place all find the same file.
void create_database(const std::filesystem::path& path, std::initializer_list<std::string_view> schemas, int id,
                     int version) {
    const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    std::error_code error;
    if (!std::filesystem::exists(folder, error)) {
        std::filesystem::create_directories(folder, error);
        if (error)
            throw util::system_fault("make the folder " + folder.string() + " for the database", error.value(),
                                     "name another with --database or JMRP_DATABASE");
        ::chmod(folder.c_str(), 0700);
    }
    std::string name = (folder / (path.filename().string() + ".new.XXXXXX")).string();
    const util::Fd made(::mkostemp(name.data(), O_CLOEXEC));
    if (!made)
        throw util::system_fault("make the database " + path.string(), errno,
                                 "check that this user may write in " + folder.string());
    util::give_to_owner_of_folder(made.get(), folder);
    const auto remove = [&] {
        for (const char* suffix : {"", "-wal", "-shm", "-journal"})
            ::unlink((name + suffix).c_str());
    };
    try {
        soci::session sql;
        try {
            connect(sql, name);
            sql << "PRAGMA journal_mode = WAL";
            sql << "BEGIN IMMEDIATE";
            for (const std::string_view schema : schemas)
                run_schema(sql, schema);
            sql << "PRAGMA application_id = " + std::to_string(id);
            sql << "PRAGMA user_version = " + std::to_string(version);
            sql << "COMMIT";
            sql.close(); // checkpoints: the file alone is complete
        } catch (const soci::soci_error&) {
            rethrow_as_fault("make the database", path, &sql);
        }
        if (::link(name.c_str(), path.c_str()) != 0 && errno != EEXIST)
            throw util::system_fault("make the database " + path.string(), errno);
        const util::Fd directory = util::open_file(folder, O_RDONLY | O_DIRECTORY);
        if (::fsync(directory.get()) != 0)
            throw util::system_fault("sync the folder " + folder.string(), errno);
    } catch (...) {
        remove();
        throw;
    }
    remove();
}

void run_schema(soci::session& sql, std::string_view file) {
    for (const SchemaFile& schema : schema_files()) {
        if (schema.name != file)
            continue;
        const std::string text(schema.sql);
        char* why = nullptr;
        if (sqlite_api::sqlite3_exec(handle(sql), text.c_str(), nullptr, nullptr, &why) != SQLITE_OK) {
            const std::string reason = why ? why : "the schema cannot be run";
            sqlite_api::sqlite3_free(why);
            throw soci::sqlite3_soci_error(reason, sqlite_api::sqlite3_errcode(handle(sql)));
        }
    }
}

std::string as_bytes(const util::Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Store::Connection::Connection(const Options& wanted) : options(wanted) {
    struct stat found {};
    if (::stat(options.path.c_str(), &found) != 0) {
        if (errno != ENOENT)
            throw util::system_fault("open the database " + options.path.string(), errno);
        if (!options.create)
            throw Fault(FaultKind::not_found, "open the database " + options.path.string(), "it does not exist",
                        "'jmrp init' makes one; --database or JMRP_DATABASE name another");
        create_database(options.path, {"0001_facts.sql", "derived.sql"}, application_id, schema_version);
    } else if (!S_ISREG(found.st_mode)) {
        throw Fault(FaultKind::configuration, "open the database " + options.path.string(), "it is no regular file");
    }
    translated("open the database", [this] {
        connect(sql, options.path);
        harden(handle(sql), options.busy_timeout_ms);
        expect_format(options.path, number("PRAGMA application_id"), application_id, number("PRAGMA user_version"),
                      schema_version);
        sqlite_api::sqlite3_wal_hook(handle(sql), note_log_length, &log_pages_); // in place of its own checkpoints
        TakenRow::enable(handle(sql));
        run("PRAGMA foreign_keys = ON");
        run("PRAGMA cache_size = -32768"); // 32 MiB
        if (options.maps)
            run("PRAGMA mmap_size = 2147418112"); // the most that the engine knows
    });
}

void Store::Connection::translated(std::string_view attempted, const std::function<void()>& work) {
    try {
        work();
    } catch (const soci::soci_error&) {
        rethrow_as_fault(attempted, options.path, &sql);
    }
}

/// SQLite's own checkpoints are of no use to processes that live for one transaction: the next one to open the database
/// does not know how far they came, and the log grows without end. A truncated log needs no memory.
void Store::Connection::empty_log() {
    sqlite_api::sqlite3_busy_timeout(handle(sql), 0);
    sqlite_api::sqlite3_wal_checkpoint_v2(handle(sql), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite_api::sqlite3_busy_timeout(handle(sql), options.busy_timeout_ms);
    log_pages_ = 0;
}

void Store::Connection::set(Durability durability) {
    if (durability_ == durability)
        return;
    run(durability == Durability::durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
    durability_ = durability;
}

void Store::Connection::in_transaction(std::string_view attempted, Durability durability,
                                       const std::function<void()>& work) {
    translated(attempted, [&] {
        set(durability);
        run("BEGIN IMMEDIATE");
        try {
            work();
            run("COMMIT");
        } catch (...) {
            if (!sqlite_api::sqlite3_get_autocommit(handle(sql)))
                sqlite_api::sqlite3_exec(handle(sql), "ROLLBACK", nullptr, nullptr, nullptr);
            throw;
        }
        if (log_pages_ >= options.checkpoint_pages)
            empty_log();
    });
}

void Store::Connection::in_snapshot(std::string_view attempted, const std::function<void()>& work) {
    translated(attempted, [&] {
        if (!sqlite_api::sqlite3_get_autocommit(handle(sql))) {
            work();
            return;
        }
        run("BEGIN");
        try {
            work();
        } catch (...) {
            sqlite_api::sqlite3_exec(handle(sql), "ROLLBACK", nullptr, nullptr, nullptr);
            throw;
        }
        run("COMMIT");
    });
}

Sqlite Store::Connection::raw(const char* attempted) {
    return {handle(sql), options.path, attempted};
}

void Store::Connection::run(std::string_view statement) {
    sql << std::string(statement);
}

std::int64_t Store::Connection::number(std::string_view query) {
    long long value = 0;
    sql << std::string(query), soci::into(value);
    return value;
}

Store::Store(const Options& options) : connection_(std::make_unique<Connection>(options)) {}
Store::~Store() = default;
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;

void Store::empty_log() {
    connection_->empty_log();
}

const Options& Store::options() const {
    return connection_->options;
}

} // namespace jmrp::store
