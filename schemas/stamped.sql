-- Who got a message whose token says an id (the queue id) in place of its recipient. A file of its own beside the database
-- and the send log: its only writer answers a mail server, so nobody else may hold it for long.
CREATE TABLE stamped (
    id         INTEGER PRIMARY KEY,
    token_id   TEXT    NOT NULL,
    message_id TEXT    NOT NULL, -- without angle brackets; '' where the message has none
    at         INTEGER NOT NULL,
    recipients TEXT    NOT NULL  -- one a line
) STRICT;
CREATE INDEX stamped_token ON stamped (token_id);
CREATE INDEX stamped_message ON stamped (message_id) WHERE message_id <> '';
