-- The send log: who got what. A file of its own beside the database: it is large, it can be read again from the logs, and
-- its writer must not keep a delivery waiting. Days are days since the epoch, UTC; keys are digests cut to 64 bits
-- (recipients: 48), as signed numbers.

-- Few, and repeated in every row of sent: by which server of ours, to which, from which address.
CREATE TABLE sent_route (
    id        INTEGER PRIMARY KEY,
    server    TEXT NOT NULL,
    relay     TEXT NOT NULL, -- '' where unknown
    provider  TEXT NOT NULL,
    source_ip TEXT NOT NULL, -- '' where unknown
    UNIQUE (server, relay, provider, source_ip)
) STRICT;

-- One row a queue id and recipient; the last word counts. Made for the insert: every index begins with the day, so that
-- only the pages of today are touched, however many days are kept.
CREATE TABLE sent (
    id            INTEGER PRIMARY KEY,
    day           INTEGER NOT NULL, -- of the first attempt that was read
    queue_key     INTEGER NOT NULL,
    recipient_key INTEGER NOT NULL, -- of our server and the recipient
    message_key   INTEGER,          -- nothing: not known yet; 0: the message has no Message-ID
    recipient     TEXT    NOT NULL,
    route         INTEGER NOT NULL, -- of the last attempt
    status        INTEGER NOT NULL CHECK (status IN (0, 1, 2)), -- accepted, deferred, rejected
    at            INTEGER NOT NULL, -- of the last attempt
    deferrals     INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX sent_delivery ON sent (day, queue_key, recipient_key);
CREATE INDEX sent_message ON sent (day, message_key) WHERE message_key IS NOT NULL;
CREATE INDEX sent_unnamed ON sent (day, queue_key) WHERE message_key IS NULL;

-- One row an attempt that was put off, so that it counts once, and so that the next attempt, on another day, finds its row.
CREATE TABLE sent_deferral (
    queue_key     INTEGER NOT NULL,
    recipient_key INTEGER NOT NULL,
    at            INTEGER NOT NULL,
    day           INTEGER NOT NULL, -- of the row in sent
    PRIMARY KEY (queue_key, recipient_key, at)
) STRICT, WITHOUT ROWID;

-- Messages in the queue of a server of ours, whose deliveries are to come; a row goes with the line that ends the queue id.
CREATE TABLE sent_name (
    name_key    INTEGER NOT NULL, -- of our server and the queue id
    at          INTEGER NOT NULL,
    until       INTEGER,          -- the server was done with it, and no delivery was read yet
    message_key INTEGER NOT NULL,
    PRIMARY KEY (name_key, at)
) STRICT, WITHOUT ROWID;

-- Attempts by the day they were made. Clustered as it is asked for: one provider at a time, summed over days.
CREATE TABLE sent_count (
    provider  TEXT    NOT NULL,
    source_ip TEXT    NOT NULL,
    day       INTEGER NOT NULL,
    accepted  INTEGER NOT NULL,
    deferred  INTEGER NOT NULL,
    rejected  INTEGER NOT NULL,
    PRIMARY KEY (provider, source_ip, day)
) STRICT, WITHOUT ROWID;

-- Attempts to reach the servers of Microsoft's two lists, by the hour (since the epoch) in which they were made.
CREATE TABLE sent_hour (
    provider      TEXT    NOT NULL, -- as domain::BlockList
    source_ip     TEXT    NOT NULL,
    hour          INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    accepted      INTEGER NOT NULL,
    first_at      INTEGER NOT NULL,
    last_at       INTEGER NOT NULL,
    last_accepted INTEGER,
    minutes       BLOB    NOT NULL CHECK (length(minutes) = 120), -- attempts of each, two bytes, the high one first
    PRIMARY KEY (provider, source_ip, hour)
) STRICT, WITHOUT ROWID;

-- Refusals that say something of how an address of ours stands with such a list. Host, text and rule are of the newest.
CREATE TABLE sent_refusal (
    source_ip TEXT    NOT NULL, -- that the answer names, else the mail left from; '' where neither is known
    provider  TEXT    NOT NULL, -- whose servers refused, as domain::BlockList
    category  TEXT    NOT NULL, -- domain::RejectionCategory
    list      TEXT    NOT NULL, -- whose listing the answer names; '' where it names none
    code      TEXT    NOT NULL, -- '' where it says none
    hour      INTEGER NOT NULL,
    refusals  INTEGER NOT NULL,
    first_at  INTEGER NOT NULL,
    last_at   INTEGER NOT NULL,
    host      TEXT    NOT NULL,
    text      TEXT    NOT NULL, -- shortened, without anybody's address
    rule      TEXT    NOT NULL,
    PRIMARY KEY (source_ip, provider, category, list, code, hour)
) STRICT, WITHOUT ROWID;

-- How far each log was read. A log is known by its first bytes (unpacked), whatever it is called now.
CREATE TABLE sent_file (
    id          INTEGER PRIMARY KEY,
    head_length INTEGER NOT NULL,
    head        BLOB    NOT NULL CHECK (length(head) = 16), -- digest of the first head_length bytes
    offset      INTEGER NOT NULL, -- bytes read, unpacked, up to the end of a line
    tail        BLOB    NOT NULL CHECK (length(tail) = 16), -- digest of the last bytes before the offset
    seen_at     INTEGER NOT NULL
) STRICT;
