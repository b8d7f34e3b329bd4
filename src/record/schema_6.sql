-- A mail may be given up: by a person, with a recipient whom the job no longer names, or with the retention.
CREATE TABLE outbox_with_dropped (
    id         INTEGER PRIMARY KEY,
    message    INTEGER NOT NULL REFERENCES outbox_messages (id),
    recipient  TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'inflight', 'accepted', 'refused', 'ambiguous', 'dropped')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    reason     TEXT,
    updated_at TEXT NOT NULL,
    UNIQUE (message, recipient)
) STRICT;
INSERT INTO outbox_with_dropped SELECT id, message, recipient, state, attempts, reason, updated_at FROM outbox;
DROP TABLE outbox;
ALTER TABLE outbox_with_dropped RENAME TO outbox;
