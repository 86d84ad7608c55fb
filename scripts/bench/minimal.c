/* The least that a durable delivery can be: standard input into one table of SQLite, WAL, synchronous=FULL.
       minimal DATABASE closes|exits < message
   It closes the database, which checkpoints it, or leaves that and just exits.
   What bench.sh holds `jmrp ingest` against. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
    size_t size = 0, room = 1 << 16;
    char* bytes = malloc(room);
    ssize_t got;
    sqlite3* database;
    sqlite3_stmt* insert;
    if (argc != 3 || !bytes)
        return 75;
    while ((got = read(0, bytes + size, room - size)) > 0) {
        size += (size_t)got;
        if (size == room && !(bytes = realloc(bytes, room *= 2)))
            return 75;
    }
    if (got < 0 || sqlite3_open(argv[1], &database) != SQLITE_OK ||
        sqlite3_exec(database,
                     "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                     "CREATE TABLE IF NOT EXISTS message (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
                     NULL, NULL, NULL) != SQLITE_OK ||
        sqlite3_prepare_v2(database, "INSERT INTO message (bytes) VALUES (?)", -1, &insert, NULL) != SQLITE_OK ||
        sqlite3_bind_blob(insert, 1, bytes, (int)size, SQLITE_STATIC) != SQLITE_OK || sqlite3_step(insert) != SQLITE_DONE ||
        sqlite3_finalize(insert) != SQLITE_OK)
        return 75;
    if (strcmp(argv[2], "exits") == 0)
        _exit(0);
    return sqlite3_close(database) == SQLITE_OK ? 0 : 75;
}
