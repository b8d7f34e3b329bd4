-- What calls named the lines of reported nights by, as JSON; gone_on is the first such night without it. Logins and addresses
-- stand there sealed, with a key of this store's own.
CREATE TABLE seen_keys (
    account TEXT NOT NULL,
    keys    TEXT NOT NULL,
    gone_on TEXT,
    PRIMARY KEY (account, keys)
) STRICT, WITHOUT ROWID;

CREATE TABLE keys_seen_on (
    account TEXT PRIMARY KEY,
    seen_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE seal (key TEXT NOT NULL) STRICT;
INSERT INTO seal (key) VALUES (hex(randomblob(16)));
