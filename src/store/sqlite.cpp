#include "store/sqlite.hpp"

#include <new>

#include "store/connection.hpp"
#include "util/fault.hpp"

namespace jmrp::store {

namespace {

using namespace sqlite_api; // NOLINT(google-build-using-namespace): the C API, which SOCI put there

int note_log_length(void* length, sqlite3*, const char*, int pages) {
    *static_cast<int*>(length) = pages;
    return SQLITE_OK;
}

std::int64_t pragma(const Sqlite& database, std::string_view sql) {
    Statement statement(database, sql);
    return statement.step() ? statement.number(0) : 0;
}

} // namespace

Statement::Statement(const Sqlite& database, std::string_view sql) : database_(database) {
    const int code = sqlite3_prepare_v3(database.handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
    if (code != SQLITE_OK)
        database.fail(code);
}

Statement::~Statement() {
    sqlite3_finalize(handle_);
}

Statement& Statement::bind(int index, std::int64_t value) {
    sqlite3_bind_int64(handle_, index, value);
    return *this;
}

Statement& Statement::bind(int index, std::string_view text) {
    sqlite3_bind_text(handle_, index, text.empty() ? "" : text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind_blob(int index, std::string_view bytes) {
    sqlite3_bind_blob(handle_, index, bytes.empty() ? "" : bytes.data(), static_cast<int>(bytes.size()), SQLITE_STATIC);
    return *this;
}

Statement& Statement::bind_real(int index, double value) {
    sqlite3_bind_double(handle_, index, value);
    return *this;
}

Statement& Statement::bind_null(int index) {
    sqlite3_bind_null(handle_, index);
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(handle_);
    if (code == SQLITE_ROW)
        return true;
    sqlite3_reset(handle_);
    if (code != SQLITE_DONE)
        database_.fail(code);
    return false;
}

void Statement::reset() noexcept {
    sqlite3_reset(handle_);
}

std::int64_t Statement::number(int column) const {
    return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
    return sqlite3_column_double(handle_, column);
}

std::string_view Statement::text(int column) const {
    const void* bytes = sqlite3_column_blob(handle_, column);
    const int size = sqlite3_column_bytes(handle_, column);
    return bytes ? std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size))
                 : std::string_view();
}

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

namespace {

constexpr const char* row_type = "jmrp row"; // nobody else's pointer is taken for one of ours

} // namespace

void TakenRow::bind_to(Statement& statement) {
    sqlite3_bind_pointer(statement.handle_, 1, this, row_type, nullptr);
}

void TakenRow::enable(sqlite3* database) {
    sqlite3_create_function_v2(database, "take_row", -1, SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr, take, nullptr,
                               nullptr, nullptr);
}

void TakenRow::take(sqlite3_context* context, int count, sqlite3_value** values) noexcept {
    auto* row = static_cast<TakenRow*>(sqlite3_value_pointer(values[0], row_type));
    if (!row || count > static_cast<int>(most_columns) + 1)
        return sqlite3_result_error(context, "take_row() without a row", -1);
    try {
        for (int i = 1; i < count; ++i) {
            Value& value = row->values_[static_cast<std::size_t>(i) - 1];
            const int type = sqlite3_value_type(values[i]);
            value.null = type == SQLITE_NULL;
            value.number = type == SQLITE_INTEGER ? sqlite3_value_int64(values[i]) : 0;
            if (type == SQLITE_TEXT) {
                const auto* bytes = static_cast<const char*>(sqlite3_value_blob(values[i]));
                value.text.assign(bytes ? bytes : "", static_cast<std::size_t>(sqlite3_value_bytes(values[i])));
            } else {
                value.text.clear();
            }
        }
    } catch (const std::bad_alloc&) {
        sqlite3_result_error_nomem(context);
    }
}

Sqlite::Sqlite(const std::filesystem::path& path, Access access, int busy_timeout_ms, int id, int version)
    : path_(path), busy_timeout_ms_(busy_timeout_ms) {
    prepare_engine();
    // Unshared: each is used by one thread at a time.
    const int flags = SQLITE_OPEN_NOMUTEX | (access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    if (const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, nullptr); code != SQLITE_OK) {
        sqlite3_close_v2(handle_);
        throw_engine_fault("open the send log", path, code, sqlite3_errstr(code));
    }
    try {
        harden(handle_, busy_timeout_ms);
        TakenRow::enable(handle_);
        expect_format(path, pragma(*this, "PRAGMA application_id"), id, pragma(*this, "PRAGMA user_version"), version);
        sqlite3_wal_hook(handle_, note_log_length, &log_pages_); // in place of its own checkpoints
    } catch (...) {
        sqlite3_close_v2(handle_);
        throw;
    }
}

Sqlite::Sqlite(sqlite3* borrowed, const std::filesystem::path& path, const char* attempted)
    : path_(path), attempted_(attempted), owned_(false), handle_(borrowed) {}

Sqlite::~Sqlite() {
    if (owned_)
        sqlite3_close_v2(handle_);
}

void Sqlite::run(const char* sql) {
    if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK)
        fail(code);
}

void Sqlite::in_transaction(const std::function<void()>& work) {
    run("BEGIN IMMEDIATE");
    try {
        work();
        run("COMMIT");
    } catch (...) {
        if (!sqlite3_get_autocommit(handle_))
            sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
}

std::int64_t Sqlite::changes() const {
    return sqlite3_changes64(handle_);
}

std::int64_t Sqlite::last_id() const {
    return sqlite3_last_insert_rowid(handle_);
}

void Sqlite::shorten_log(int pages) {
    if (log_pages_ <= pages)
        return;
    sqlite3_busy_timeout(handle_, 0);
    sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
    sqlite3_busy_timeout(handle_, busy_timeout_ms_);
    log_pages_ = 0;
}

void Sqlite::fail(int code) const {
    throw_engine_fault(attempted_, path_, code, sqlite3_errmsg(handle_));
}

} // namespace jmrp::store
