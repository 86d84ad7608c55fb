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

-- What people decided about somebody. Clustered as report_recipient is, so that the list is read from both side by side.
CREATE TABLE suppression_decision (
    address_key   TEXT    NOT NULL,
    scope         TEXT    NOT NULL, -- '' everywhere, else as domain::Scope writes it
    turn          INTEGER NOT NULL, -- 1, 2, ...: the last word of a person about a scope is the highest
    address       TEXT    NOT NULL,
    decision      TEXT    NOT NULL CHECK (decision IN ('add', 'remove')),
    reason        TEXT    NOT NULL CHECK (reason IN ('complaint', 'unsubscribe', 'bounce', 'manual', 'import')),
    note          TEXT    NOT NULL,
    sticky        INTEGER NOT NULL CHECK (sticky IN (0, 1)),
    expires_at    INTEGER,          -- an add is in force before that
    decided_by    TEXT    NOT NULL,
    decided_at    INTEGER NOT NULL,
    after_message INTEGER NOT NULL, -- the newest message kept at that moment: what comes later may speak again
    PRIMARY KEY (address_key, scope, turn)
) STRICT, WITHOUT ROWID;
CREATE INDEX suppression_decision_expiry ON suppression_decision (expires_at) WHERE expires_at IS NOT NULL;

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

-- What the send log said about the mail of a report or a bounce when it was asked; the log itself forgets.
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

-- How much was sent, as programs that send mail count it. Clustered as it is asked for: one provider at a time, summed over days.
CREATE TABLE traffic_count (
    provider  TEXT    NOT NULL,
    source_ip TEXT    NOT NULL, -- this and the next three: '' where it is not told
    day       INTEGER NOT NULL,
    domain    TEXT    NOT NULL,
    list      TEXT    NOT NULL,
    campaign  TEXT    NOT NULL,
    source    TEXT    NOT NULL, -- who counted; it replaces what it said before
    attempted INTEGER NOT NULL CHECK (attempted >= accepted + deferred + rejected),
    accepted  INTEGER NOT NULL CHECK (accepted >= 0),
    deferred  INTEGER NOT NULL CHECK (deferred >= 0),
    rejected  INTEGER NOT NULL CHECK (rejected >= 0),
    PRIMARY KEY (provider, source_ip, day, domain, list, campaign, source)
) STRICT, WITHOUT ROWID;

-- What the DNS answered last. Names and texts of hosts and domains, none of a person's; a key that is a part of a name is left out.
CREATE TABLE dns_answer (
    question TEXT    PRIMARY KEY, -- "mail.example.com A"
    outcome  TEXT    NOT NULL CHECK (outcome IN ('answer', 'no-such-name', 'no-data', 'failure')),
    content  TEXT    NOT NULL,    -- the values, one a line, or why it failed
    asked_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- When a list of addresses or domains named somebody last. The answer that takes the place of another one forgets it.
CREATE TABLE dns_listing (
    zone        TEXT    NOT NULL, -- without a key
    subject     TEXT    NOT NULL, -- an address or a domain, of ours
    last_listed INTEGER NOT NULL,
    PRIMARY KEY (zone, subject)
) STRICT, WITHOUT ROWID;

-- What was decided about asking for a delisting, on the evidence of that time. One row as long as the outcome stays the same.
CREATE TABLE gate_decision (
    ip       TEXT    NOT NULL,
    list     TEXT    NOT NULL CHECK (list IN ('outlook.com', 'office365')),
    first_at INTEGER NOT NULL,
    at       INTEGER NOT NULL, -- the last time
    outcome  TEXT    NOT NULL CHECK (outcome IN ('safe', 'wait', 'not-safe', 'person', 'unknown')),
    zstd     BLOB    NOT NULL, -- the evidence of the last time, as JSON: schemas/json/evidence.schema.json
    PRIMARY KEY (ip, list, first_at)
) STRICT, WITHOUT ROWID;

-- The journal of the list of suppressions: "look at this one again". Neither fact nor derived: a rebuild leaves it and adds to
-- it, because those who read it remember how far they came. It never says what to do.
CREATE TABLE suppression_change (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    address_key TEXT    NOT NULL,
    scope       TEXT    NOT NULL,
    at          INTEGER NOT NULL
) STRICT;

-- Who is handed the list, and how far each has it: a change up to (seq, at) is confirmed by its target.
CREATE TABLE export_consumer (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL UNIQUE,
    form       TEXT    NOT NULL, -- what the target's content follows from; '' where it never had anything
    seq        INTEGER NOT NULL, -- of suppression_change
    at         INTEGER NOT NULL, -- expiries were looked at up to then
    full_after TEXT,             -- address_key: everybody up to it was told of since then, the others are still to be
    last_ok    INTEGER,
    last_tried INTEGER,
    failures   INTEGER NOT NULL, -- since the last success
    last_error TEXT    NOT NULL
) STRICT;

-- When targets confirmed that they have the list: who was suppressed at covers_until is in what the target has since `at`. A row
-- where something changed since the run before; later runs without news move its covers_until. Old ones are thinned out.
CREATE TABLE export_run (
    consumer_id  INTEGER NOT NULL REFERENCES export_consumer (id) ON DELETE CASCADE,
    at           INTEGER NOT NULL,
    covers_until INTEGER NOT NULL,
    seq          INTEGER NOT NULL, -- of suppression_change
    scope        TEXT    NOT NULL, -- what the consumer asked for then: '' all, else as domain::Scope writes it
    reasons      TEXT    NOT NULL, -- with blanks between; '' all
    PRIMARY KEY (consumer_id, at)
) STRICT, WITHOUT ROWID;

-- Messages that suppress somebody only since then, long after their receipt: a person looked at them first, a signature was
-- checked, or a rebuild understood them. Times of our own clock, so they are facts.
CREATE TABLE late_suppression (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    since      INTEGER NOT NULL
) STRICT;

-- While a rebuild is under way: whom each message suppressed before it. Who stays suppressed was so all the time.
CREATE TABLE suppressed_before (
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    address_key TEXT    NOT NULL,
    scope       TEXT    NOT NULL,
    PRIMARY KEY (message_id, address_key, scope)
) STRICT, WITHOUT ROWID;

-- People whose address was erased, and who stay suppressed.
CREATE TABLE forgotten (
    hash   BLOB    NOT NULL CHECK (length(hash) = 16), -- of a salt (meta) and the address_key
    scope  TEXT    NOT NULL,
    reason TEXT    NOT NULL,
    since  INTEGER NOT NULL,
    PRIMARY KEY (hash, scope)
) STRICT, WITHOUT ROWID;

-- Messages whose bytes went with such a person. What was derived of them stays through a rebuild.
CREATE TABLE forgotten_message (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE
) STRICT;

-- Single values that the store keeps for itself.
CREATE TABLE meta (
    name  TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

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

-- What Smart Network Data Services answered, as it came: rows below can be read from it anew.
CREATE TABLE snds_answer (
    id            INTEGER PRIMARY KEY AUTOINCREMENT, -- rows outlive the bytes, so no number comes twice
    digest        BLOB    NOT NULL UNIQUE CHECK (length(digest) = 16), -- of all that follows from the question, and the bytes
    source        TEXT    NOT NULL,                  -- 'rest', 'data-link', 'status-link', 'import'
    kind          TEXT    NOT NULL CHECK (kind IN ('data', 'status')),
    day           INTEGER,                           -- the day asked for; NULL: none was
    zone          INTEGER NOT NULL,                  -- of its dates, seconds east of UTC
    fetched_at    INTEGER NOT NULL,                  -- these bytes, last
    refused       INTEGER NOT NULL,                  -- rows that could not be read
    first_refused TEXT    NOT NULL,
    drifted       INTEGER NOT NULL CHECK (drifted IN (0, 1)),
    zstd          BLOB    NOT NULL
) STRICT;

-- A row a day, IP and source; whoever asks gets the worse of two. No row is no zero: see snds_asked.
CREATE TABLE snds_day (
    day                INTEGER NOT NULL,
    ip                 TEXT    NOT NULL,
    source             TEXT    NOT NULL,
    answer_id          INTEGER NOT NULL, -- of snds_answer, while its bytes are kept
    period_start       INTEGER NOT NULL,
    period_end         INTEGER NOT NULL,
    rcpt_commands      INTEGER NOT NULL CHECK (rcpt_commands >= 0),
    data_commands      INTEGER NOT NULL CHECK (data_commands >= 0),
    message_recipients INTEGER NOT NULL CHECK (message_recipients >= 0),
    filter_result      TEXT    NOT NULL CHECK (filter_result IN ('green', 'yellow', 'red')),
    rate_lower         REAL,             -- percent; NULL: the row does not tell it
    rate_upper         REAL,
    trap_hits          INTEGER,
    sample_helo        TEXT    NOT NULL,
    sample_mail_from   TEXT    NOT NULL,
    comments           TEXT    NOT NULL,
    PRIMARY KEY (day, ip, source)
) STRICT, WITHOUT ROWID;

-- Ranges whose standing is not normal, as the newest answer of a source tells.
CREATE TABLE snds_status (
    id        INTEGER PRIMARY KEY,
    source    TEXT    NOT NULL,
    first_ip  TEXT    NOT NULL,
    last_ip   TEXT    NOT NULL, -- it belongs to them
    blocked   INTEGER NOT NULL CHECK (blocked IN (0, 1)), -- 0: to the junk folder
    details   TEXT    NOT NULL
) STRICT;

-- The best that came of asking for a day. A day without a row was never asked for.
CREATE TABLE snds_asked (
    day     INTEGER NOT NULL,
    source  TEXT    NOT NULL,
    outcome TEXT    NOT NULL CHECK (outcome IN ('rows', 'no-data', 'failed')),
    at      INTEGER NOT NULL, -- last
    why     TEXT    NOT NULL,
    PRIMARY KEY (day, source)
) STRICT, WITHOUT ROWID;

-- How each source does. Never in a dump: these are times of our own clock.
CREATE TABLE snds_source (
    source       TEXT    NOT NULL,
    kind         TEXT    NOT NULL CHECK (kind IN ('data', 'status', 'sign-in')),
    form         TEXT    NOT NULL, -- of a link, its digest
    first_used   INTEGER NOT NULL, -- of that link
    last_tried   INTEGER NOT NULL,
    last_ok      INTEGER,
    failures     INTEGER NOT NULL, -- since then
    last_error   TEXT    NOT NULL,
    needs_person INTEGER NOT NULL CHECK (needs_person IN (0, 1)), -- asking again does not help
    PRIMARY KEY (source, kind)
) STRICT, WITHOUT ROWID;

-- Requests to lift a block, as people note them. Never who was written to.
CREATE TABLE delist_request (
    id       INTEGER PRIMARY KEY,
    list     TEXT    NOT NULL CHECK (list IN ('outlook.com', 'office365')),
    networks TEXT    NOT NULL CHECK (networks <> ''), -- addresses and networks of ours, with blanks between
    door     TEXT    NOT NULL,                        -- domain::Door
    sent_at  INTEGER NOT NULL,
    note     TEXT    NOT NULL,
    noted_by TEXT    NOT NULL,
    noted_at INTEGER NOT NULL
) STRICT;

-- What people tell of a request after it was sent. What support answered by mail is derived: support_answer.
CREATE TABLE delist_event (
    request_id INTEGER NOT NULL REFERENCES delist_request (id) ON DELETE CASCADE,
    turn       INTEGER NOT NULL, -- 1, 2, ...
    kind       TEXT    NOT NULL CHECK (kind IN ('ticket', 'replied', 'outcome', 'withdrawn')),
    at         INTEGER NOT NULL,
    networks   TEXT    NOT NULL, -- which part of the request, with blanks between; '' all
    ticket     TEXT    NOT NULL, -- ten digits; '' of another kind
    outcome    TEXT    NOT NULL, -- domain::MitigationOutcome; '' of another kind
    note       TEXT    NOT NULL,
    noted_by   TEXT    NOT NULL,
    noted_at   INTEGER NOT NULL,
    PRIMARY KEY (request_id, turn)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX delist_event_ticket ON delist_event (ticket) WHERE ticket <> '';

-- Answers of sender support that were not sure enough to follow, and that a person has read.
CREATE TABLE support_answer_read (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    decided_by TEXT    NOT NULL,
    decided_at INTEGER NOT NULL
) STRICT;

-- What was wrong with the mail of addresses of ours, and what was changed.
CREATE TABLE block_cause (
    id       INTEGER PRIMARY KEY,
    networks TEXT    NOT NULL CHECK (networks <> ''), -- with blanks between
    cause    TEXT    NOT NULL,
    fix      TEXT    NOT NULL,
    at       INTEGER NOT NULL, -- from when on mail is sent without the cause
    noted_by TEXT    NOT NULL,
    noted_at INTEGER NOT NULL
) STRICT;

-- Mails of ours that a person moved to Junk in a mailbox of their own: a report about it has to come.
CREATE TABLE feed_trial (
    address_key TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    address     TEXT    NOT NULL,
    noted_by    TEXT    NOT NULL,
    noted_at    INTEGER NOT NULL,
    PRIMARY KEY (address_key, at)
) STRICT, WITHOUT ROWID;
