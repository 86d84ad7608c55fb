-- Derived: everything settling writes. A rebuild drops these tables, makes them anew and settles every message again.

-- How each settled message ended; `disposition` is one of domain::Disposition.
CREATE TABLE outcome (
    message_id  INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('feedback-report', 'bounce', 'support-reply', 'unrecognized')),
    disposition TEXT    NOT NULL
) STRICT;

CREATE TABLE report (
    message_id          INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    identity            BLOB    NOT NULL UNIQUE CHECK (length(identity) = 16), -- the same report by another route counts once
    dialect             TEXT    NOT NULL,
    feedback_type       TEXT    NOT NULL,
    complaint           INTEGER NOT NULL CHECK (complaint IN (0, 1)),
    unsubscribe         INTEGER NOT NULL CHECK (unsubscribe IN (0, 1)),
    source_ip           TEXT,
    source_ip_from      TEXT    NOT NULL,
    original_mail_from  TEXT,
    recipient_status    TEXT    NOT NULL,
    recipient_from      TEXT    NOT NULL,
    reported_message_id TEXT,
    reported_from       TEXT,
    reported_list_id    TEXT,
    arrival_date        INTEGER,
    arrival_date_from   TEXT    NOT NULL,
    report_date         INTEGER NOT NULL,
    incidents           INTEGER NOT NULL CHECK (incidents >= 0)
) STRICT;

CREATE TABLE report_recipient (
    address_key TEXT    NOT NULL,
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    PRIMARY KEY (address_key, message_id)
) STRICT, WITHOUT ROWID;

-- One row an address that a report or a person ever spoke about. Written so that the order of settling does not matter:
-- the latest of a complaint and a decision wins.
CREATE TABLE suppression (
    address_key   TEXT    PRIMARY KEY,
    address       TEXT    NOT NULL,
    reports       INTEGER NOT NULL DEFAULT 0,
    complaints    INTEGER NOT NULL DEFAULT 0,
    unsubscribes  INTEGER NOT NULL DEFAULT 0,
    first_at      INTEGER, -- received_at of the first report
    last_at       INTEGER, -- received_at of the last report
    last_message  INTEGER, -- the newest message that speaks of it
    decision      TEXT CHECK (decision IN ('add', 'remove')),
    decided_at    INTEGER,
    decided_after INTEGER, -- newest message at the decision: clocks do not decide which came first
    active        INTEGER NOT NULL GENERATED ALWAYS AS (
        CASE WHEN decision = 'add' THEN 1
             WHEN decision = 'remove' THEN coalesce(last_message > decided_after, 0)
             ELSE 1 END) STORED
) STRICT, WITHOUT ROWID;

-- Complaints a source IP ('' where no report says it), by the day the reported mail arrived and the day the report came.
CREATE TABLE complaint_count (
    source_ip   TEXT    NOT NULL,
    arrival_day INTEGER NOT NULL, -- the report's day where the report tells no arrival
    report_day  INTEGER NOT NULL,
    reports     INTEGER NOT NULL,
    complaints  INTEGER NOT NULL, -- reports times incidents, capped by policy
    attributed  INTEGER NOT NULL, -- reports whose recipient is known
    PRIMARY KEY (source_ip, arrival_day, report_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome_count (
    feed        TEXT    NOT NULL,
    day         INTEGER NOT NULL, -- of receipt
    disposition TEXT    NOT NULL,
    messages    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    PRIMARY KEY (feed, day, disposition)
) STRICT, WITHOUT ROWID;

CREATE TABLE quarantine (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    reason     TEXT    NOT NULL,
    since      INTEGER NOT NULL
) STRICT;
