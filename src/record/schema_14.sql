-- Lines that have gone on under another id.
CREATE TABLE moved_lines (
    account  TEXT NOT NULL,
    moved_on TEXT NOT NULL,
    from_id  TEXT NOT NULL,
    to_id    TEXT NOT NULL,
    PRIMARY KEY (account, moved_on, from_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE moved_lines_before AS SELECT CAST('' AS TEXT) AS kept, CAST('' AS TEXT) AS job, * FROM moved_lines WHERE 0;
