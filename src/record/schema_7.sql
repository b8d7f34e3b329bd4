-- The usage files by account and month (`2026-10`), with the SHA-256 of their bytes, hex.
CREATE TABLE usage_files (
    account TEXT NOT NULL,
    month   TEXT NOT NULL,
    digest  TEXT NOT NULL,
    PRIMARY KEY (account, month)
) STRICT, WITHOUT ROWID;

-- How many drafts have been kept: files that bear another number belong to none.
CREATE TABLE drafts (kept INTEGER NOT NULL) STRICT;
INSERT INTO drafts (kept) VALUES (0);

-- What no reported night rests on is no longer stored: it goes, and every file is read once more.
DELETE FROM leg_windows WHERE kept = 0;
DELETE FROM inputs;
ALTER TABLE leg_windows DROP COLUMN kept;
