-- Derived: everything settling writes. A rebuild drops these tables, makes them anew and settles every message again.

-- How each settled message ended; `disposition` is one of domain::Disposition.
CREATE TABLE outcome (
    message_id  INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    kind        TEXT    NOT NULL CHECK (kind IN ('feedback-report', 'bounce', 'support-reply', 'unrecognized')),
    disposition TEXT    NOT NULL
) STRICT;

CREATE TABLE report (
    message_id          INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    identity            BLOB    NOT NULL UNIQUE CHECK (length(identity) = 16), -- the same report by another route counts once;
                                                                               -- the time of arrival comes first
    dialect             TEXT    NOT NULL,
    feedback_type       TEXT    NOT NULL,
    complaint           INTEGER NOT NULL CHECK (complaint IN (0, 1)),
    unsubscribe         INTEGER NOT NULL CHECK (unsubscribe IN (0, 1)),
    source_ip           TEXT,
    source_ip_from      TEXT    NOT NULL,
    original_mail_from  TEXT,
    recipient_status    TEXT    NOT NULL,
    recipient_from      TEXT    NOT NULL,
    basis               TEXT    NOT NULL, -- of the attribution: domain::Basis
    verdict             TEXT    NOT NULL, -- domain::Verdict
    attributed          INTEGER NOT NULL CHECK (attributed IN (0, 1)),
    token_refused       INTEGER NOT NULL CHECK (token_refused IN (0, 1)), -- something looks like a token of ours, and none opened
    counted             INTEGER NOT NULL CHECK (counted >= 0), -- complaints it stands for
    reported_message_id TEXT,
    sending_domain      TEXT,             -- of ours
    list                TEXT,
    campaign            TEXT,
    sealed_at           INTEGER,          -- of the token that opened: our mail was made then
    arrival_date        INTEGER,
    arrival_date_from   TEXT    NOT NULL,
    report_date         INTEGER NOT NULL,
    arrival_day         INTEGER NOT NULL, -- the report's day where the report tells no arrival
    report_day          INTEGER NOT NULL,
    incidents           INTEGER NOT NULL CHECK (incidents >= 0),
    from_domain         TEXT,             -- this and the next: set where the report is believed and tells of DKIM; ours
    dkim_aligned        INTEGER CHECK (dkim_aligned IN (0, 1)) -- the provider found a right signature of that domain or one above it
) STRICT;
CREATE INDEX report_dkim ON report (from_domain, dkim_aligned, report_date) WHERE from_domain IS NOT NULL;
-- Which complaints an address had. The day comes first, as in complaint_count: today is written in one place.
CREATE INDEX report_complaint ON report (report_day, source_ip) WHERE complaint = 1;

-- Whom each report is about, and whom a bounce suppresses. What the list of suppressions says of an address is a sum over its rows, which lie side by
-- side: a report is written to one place here, and the order of settling does not matter.
CREATE TABLE report_recipient (
    address_key TEXT    NOT NULL, -- '@system:id' for a subscriber whose address is not known
    scope       TEXT    NOT NULL, -- of the suppression: '' everywhere, else as domain::Scope writes it
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    address     TEXT,             -- as the report spells it, NULL where that is the key
    received_at INTEGER NOT NULL,
    complaint   INTEGER NOT NULL CHECK (complaint IN (0, 1)),
    unsubscribe INTEGER NOT NULL CHECK (unsubscribe IN (0, 1)), -- neither: a bounce
    suppresses  INTEGER NOT NULL CHECK (suppresses IN (0, 1)), -- 0: protected by policy, held, or the report asks for nothing
    again       INTEGER NOT NULL CHECK (again IN (0, 1)),      -- 1: a report or a decision about the person was there before
    PRIMARY KEY (address_key, scope, message_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX report_recipient_again ON report_recipient (received_at) WHERE again = 1;
CREATE INDEX report_recipient_message ON report_recipient (message_id);

-- Who did not get the mail, as bounces tell it. Enumerations are those of domain/refused.hpp.
CREATE TABLE bounce (
    message_id  INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    ordinal     INTEGER NOT NULL, -- of the recipient within it
    address_key TEXT    NOT NULL, -- '' where it does not say
    action      TEXT    NOT NULL,
    status      TEXT    NOT NULL,
    provider    TEXT    NOT NULL, -- whose servers refused; '' where it says nothing of how an address of ours stands with them
    category    TEXT    NOT NULL,
    list        TEXT    NOT NULL,
    code        TEXT    NOT NULL,
    source_ip   TEXT    NOT NULL,
    host        TEXT    NOT NULL,
    at          INTEGER NOT NULL, -- of the refusal
    text        TEXT    NOT NULL, -- shortened, without anybody's address
    rule        TEXT    NOT NULL,
    proof       TEXT    NOT NULL CHECK (proof IN ('none', 'verp', 'send-log', 'token')),
    PRIMARY KEY (message_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX bounce_provider ON bounce (provider, at) WHERE provider <> '';

-- What to ask the send log about bounces that nothing proves: the log may be read only after the bounce came.
CREATE TABLE bounce_unproven (
    message_id  INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    received_at INTEGER NOT NULL,
    returned_id TEXT    NOT NULL, -- Message-ID; may be ''
    queue_ids   TEXT    NOT NULL, -- with blanks between
    sent_near   INTEGER NOT NULL
) STRICT;
CREATE INDEX bounce_unproven_age ON bounce_unproven (received_at);

-- Complaints by the day the report came and the day the reported mail arrived, for each name that they count for. Clustered by
-- the first, which is never earlier than the second: a report of today is written where today is, however much was counted
-- before, and whoever asks for the last days reads these alone.
CREATE TABLE complaint_count (
    counted_by  INTEGER NOT NULL CHECK (counted_by BETWEEN 0 AND 3), -- source IP, sending domain, list, campaign
    report_day  INTEGER NOT NULL,
    name        TEXT    NOT NULL, -- a source IP is '' where no report says it
    arrival_day INTEGER NOT NULL, -- the report's day where the report tells no arrival
    reports     INTEGER NOT NULL,
    complaints  INTEGER NOT NULL, -- reports times incidents, capped by policy
    attributed  INTEGER NOT NULL, -- reports whose recipient is known
    unverified  INTEGER NOT NULL, -- reports that nothing proves to be the provider's
    PRIMARY KEY (counted_by, report_day, name, arrival_day)
) STRICT, WITHOUT ROWID;

-- The feedback reports a feed and day of receipt, without duplicates and forged ones.
CREATE TABLE feed_day (
    feed           TEXT    NOT NULL,
    day            INTEGER NOT NULL,
    reports        INTEGER NOT NULL,
    complaints     INTEGER NOT NULL, -- reports that are complaints about our mail
    attributed     INTEGER NOT NULL, -- of these
    unverified     INTEGER NOT NULL, -- of these
    tokens_opened  INTEGER NOT NULL, -- reports whose recipient a token of ours names
    tokens_refused INTEGER NOT NULL,
    last_report_at INTEGER NOT NULL,
    PRIMARY KEY (feed, day)
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

-- Reports that a person has to decide about; `reason` is one of domain::Hold.
CREATE TABLE held (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    reason     TEXT    NOT NULL,
    since      INTEGER NOT NULL
) STRICT;

CREATE TABLE held_person (
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    person_key TEXT    NOT NULL,
    PRIMARY KEY (message_id, person_key)
) STRICT, WITHOUT ROWID;

-- How many people the reports of a feed suppressed within an hour of receipt: a flood is held.
CREATE TABLE pace (
    feed   TEXT    NOT NULL,
    hour   INTEGER NOT NULL, -- hours since the epoch
    people INTEGER NOT NULL,
    PRIMARY KEY (feed, hour)
) STRICT, WITHOUT ROWID;

-- Answers of Microsoft's sender support, the forged ones too. What they change is decided where it is asked: by their verdict,
-- and by whether a request here has their ticket.
CREATE TABLE support_answer (
    message_id INTEGER PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,
    at         INTEGER NOT NULL, -- its Date, never later than its receipt
    ticket     TEXT    NOT NULL, -- ten digits; '' none
    verdict    TEXT    NOT NULL, -- domain::Verdict
    why        TEXT    NOT NULL  -- what speaks for or against it
) STRICT;

-- Its sections, in their order.
CREATE TABLE support_finding (
    message_id INTEGER NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    turn       INTEGER NOT NULL, -- 1, 2, ...
    outcome    TEXT    NOT NULL, -- domain::MitigationOutcome
    networks   TEXT    NOT NULL, -- with blanks between; '' what the ticket is about
    PRIMARY KEY (message_id, turn)
) STRICT, WITHOUT ROWID;

-- When the rebuild began that made these tables, and the newest message it reads again: these wait since then in the queue, and
-- not since their receipt. Without a row there was none; a database that is older than this table has none either.
CREATE TABLE rebuild (
    began_at     INTEGER NOT NULL,
    last_message INTEGER NOT NULL
) STRICT;
