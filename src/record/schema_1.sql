-- Days are account-local `YYYY-MM-DD`, instants RFC 3339 UTC, money hundredths of the currency's unit.

CREATE TABLE runs (
    id              INTEGER PRIMARY KEY,
    job             TEXT NOT NULL,
    as_of           TEXT NOT NULL,
    revision        INTEGER NOT NULL CHECK (revision >= 1),
    status          TEXT NOT NULL CHECK (status IN ('running', 'ok', 'warned', 'held', 'blocked', 'failed')),
    inputs_digest   TEXT NOT NULL,
    settings_digest TEXT NOT NULL,
    report_digest   TEXT,
    change_hash     TEXT,
    started_at      TEXT NOT NULL,
    ended_at        TEXT,
    exit_code       INTEGER,
    summary         TEXT
) STRICT;
CREATE INDEX runs_by_night ON runs (job, as_of, revision);

CREATE TABLE inputs (
    path        TEXT PRIMARY KEY,
    size        INTEGER NOT NULL,
    mtime_ns    INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    table_name  TEXT NOT NULL,
    account     TEXT,
    first_day   TEXT,
    last_day    TEXT,
    rows_read   INTEGER NOT NULL,
    used        INTEGER NOT NULL,
    duplicates  INTEGER NOT NULL,
    quarantined INTEGER NOT NULL,
    result      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE leg_windows (
    account TEXT NOT NULL,
    source  TEXT NOT NULL,
    day     TEXT NOT NULL,
    digest  TEXT NOT NULL,
    rows    INTEGER NOT NULL,
    pruned  INTEGER NOT NULL DEFAULT 0 CHECK (pruned IN (0, 1)),
    -- A night that was reported rests on it: it stays when its file goes.
    kept    INTEGER NOT NULL DEFAULT 0 CHECK (kept IN (0, 1)),
    PRIMARY KEY (account, day, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX leg_windows_by_source ON leg_windows (source);

CREATE TABLE coverage (
    account   TEXT NOT NULL,
    source    TEXT NOT NULL,
    day       TEXT NOT NULL,
    state     TEXT NOT NULL CHECK (state IN ('complete', 'provisional', 'suspect', 'missing')),
    rows      INTEGER NOT NULL,
    watermark TEXT,
    empty_reads INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, source, day)
) STRICT, WITHOUT ROWID;

-- The zone in which an account's days were cut.
CREATE TABLE zones (
    account   TEXT PRIMARY KEY,
    time_zone TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE usage_days (
    account TEXT NOT NULL,
    day     TEXT NOT NULL,
    key     TEXT NOT NULL,
    PRIMARY KEY (account, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE first_seen (
    account TEXT NOT NULL,
    line_id TEXT NOT NULL,
    day     TEXT NOT NULL,
    PRIMARY KEY (account, line_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
    job            TEXT NOT NULL,
    finding_id     TEXT NOT NULL,
    kind           TEXT NOT NULL,
    account        TEXT NOT NULL,
    line_id        TEXT,
    first_seen     TEXT NOT NULL,
    last_seen      TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('identified', 'approved', 'actioned', 'realised',
                                                  'slipped_back', 'dismissed', 'expired')),
    monthly_amount INTEGER NOT NULL,
    currency       TEXT NOT NULL,
    PRIMARY KEY (job, finding_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE halts (
    application TEXT PRIMARY KEY,
    reason      TEXT NOT NULL,
    set_at      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The frozen bytes of one audience's mail. Bytes are emptied by retention; the row stays, so that the key
-- still answers "sent already".
CREATE TABLE outbox_messages (
    id         INTEGER PRIMARY KEY,
    job        TEXT NOT NULL,
    as_of      TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    audience   TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sender     TEXT NOT NULL,
    digest     TEXT NOT NULL,
    bytes      BLOB NOT NULL,
    UNIQUE (job, as_of, revision, audience)
) STRICT;

CREATE TABLE outbox (
    id         INTEGER PRIMARY KEY,
    message    INTEGER NOT NULL REFERENCES outbox_messages (id),
    recipient  TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('pending', 'inflight', 'accepted', 'refused', 'ambiguous')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    reason     TEXT,
    updated_at TEXT NOT NULL,
    UNIQUE (message, recipient)
) STRICT;
