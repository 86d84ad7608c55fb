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

-- What a person said about a report that was held.
CREATE TABLE review_decision (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    decision   TEXT    NOT NULL CHECK (decision IN ('accept', 'reject')),
    decided_by TEXT    NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;

-- What the send log said about the mail of a report when it was asked; the log itself forgets.
CREATE TABLE sent_evidence (
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    asked_for  TEXT    NOT NULL CHECK (asked_for IN ('message-id', 'queue-id')),
    recipient  TEXT    NOT NULL,
    provider   TEXT    NOT NULL,
    source_ip  TEXT,
    sent_at    INTEGER NOT NULL,
    status     TEXT    NOT NULL
) STRICT;
CREATE INDEX sent_evidence_message ON sent_evidence (message_id);

-- What our own check of a message's signatures said. Kept, because keys leave the DNS.
CREATE TABLE dkim_finding (
    message_id     INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    result         TEXT    NOT NULL CHECK (result IN ('pass', 'fail', 'none', 'unknown')),
    passed_domains TEXT    NOT NULL,        -- d= of the signatures that are right, with blanks between
    detail         TEXT    NOT NULL,
    checked_at     INTEGER NOT NULL
) STRICT;

-- Messages that are settled when their signatures are checked; they are not in unsettled meanwhile. A row goes when the check
-- is kept.
CREATE TABLE dkim_wanted (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    since      INTEGER NOT NULL,
    tries      INTEGER NOT NULL CHECK (tries >= 0),
    next_at    INTEGER NOT NULL -- nobody tries before that
) STRICT;

-- How far the folders of mailboxes were read: what the numbers of their server mean to us. Never in a dump: another server
-- counts otherwise.
CREATE TABLE folder_position (
    feed         TEXT    NOT NULL,
    server       TEXT    NOT NULL,
    folder       TEXT    NOT NULL,
    uid_validity INTEGER NOT NULL CHECK (uid_validity BETWEEN 0 AND 4294967295),
    last_uid     INTEGER NOT NULL CHECK (last_uid BETWEEN 0 AND 4294967295),
    failed       TEXT    NOT NULL, -- UIDs at or below last_uid that the server would not give, with blanks between
    PRIMARY KEY (feed, server, folder)
) STRICT, WITHOUT ROWID;

-- When everything that waited in the feed's mailbox was kept here.
CREATE TABLE poll (
    feed      TEXT    PRIMARY KEY,
    polled_at INTEGER NOT NULL
) STRICT;
