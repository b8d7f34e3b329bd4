-- Days that a person has confirmed as they are, for the whole account or a part of it ('account', 'direction outbound', ...).
CREATE TABLE accepted_days (
    account TEXT NOT NULL,
    scope   TEXT NOT NULL,
    day     TEXT NOT NULL,
    PRIMARY KEY (account, scope, day)
) STRICT, WITHOUT ROWID;
INSERT OR IGNORE INTO accepted_days (account, scope, day)
    SELECT account, 'account', day FROM coverage WHERE empty_reads >= 1000;
ALTER TABLE coverage DROP COLUMN empty_reads;
