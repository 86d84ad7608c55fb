-- Facts: what came from outside and what a person decided. Never emptied by a rebuild.
-- Points in time are seconds since the epoch, UTC; days are days since the epoch, UTC.

CREATE TABLE message (
    id          INTEGER PRIMARY KEY,
    digest      BLOB    NOT NULL UNIQUE CHECK (length(digest) = 16), -- of the bytes, their date first: the same delivery twice is kept once
    feed        TEXT    NOT NULL,
    origin      TEXT    NOT NULL,           -- for people: where it was taken from
    envelope    TEXT    NOT NULL,           -- the "From " line of an mbox or a pipe, or empty
    received_at INTEGER NOT NULL,
    size        INTEGER NOT NULL CHECK (size >= 0),
    truncated   INTEGER NOT NULL CHECK (truncated IN (0, 1))
) STRICT;

-- Apart from message, so that nothing else ever rewrites or scans the bytes.
CREATE TABLE message_raw (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    zstd       BLOB    NOT NULL
) STRICT;

-- The queue between accept and settle. A row goes when its message is settled, in the same transaction.
CREATE TABLE unsettled (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    attempts   INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
) STRICT;
CREATE INDEX unsettled_tried ON unsettled (attempts, message_id) WHERE attempts > 0;

CREATE TABLE suppression_decision (
    id          INTEGER PRIMARY KEY,
    address_key TEXT    NOT NULL,
    address     TEXT    NOT NULL,
    decision    TEXT    NOT NULL CHECK (decision IN ('add', 'remove')),
    reason      TEXT    NOT NULL,
    decided_by  TEXT    NOT NULL,
    decided_at  INTEGER NOT NULL,
    after_message INTEGER NOT NULL -- the newest message kept at that moment: what comes later may speak again
) STRICT;
CREATE INDEX suppression_decision_address ON suppression_decision (address_key);

CREATE TABLE quarantine_decision (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    decision   TEXT    NOT NULL CHECK (decision IN ('drop')),
    decided_by TEXT    NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;
