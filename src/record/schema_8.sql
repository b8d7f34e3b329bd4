-- The night that a job's run is working on, from its first step to its last.
CREATE TABLE open_nights (
    job        TEXT PRIMARY KEY,
    as_of      TEXT NOT NULL,
    started_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
