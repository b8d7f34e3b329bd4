-- What a job's nights knew before the one that was reported last, in the columns of the tables themselves: that night, made
-- again, begins where it began the first time. `kept` says whose state a row is: 'before' that night, or 'now' while a night
-- that goes back is being made.
CREATE TABLE findings_before AS SELECT CAST('' AS TEXT) AS kept, * FROM findings WHERE 0;
CREATE TABLE flags_before AS SELECT CAST('' AS TEXT) AS kept, * FROM flags WHERE 0;
CREATE TABLE first_seen_before AS SELECT CAST('' AS TEXT) AS kept, CAST('' AS TEXT) AS job, * FROM first_seen WHERE 0;
CREATE TABLE known_lines_before AS SELECT CAST('' AS TEXT) AS kept, CAST('' AS TEXT) AS job, * FROM known_lines WHERE 0;
CREATE TABLE line_extensions_before AS SELECT CAST('' AS TEXT) AS kept, CAST('' AS TEXT) AS job, * FROM line_extensions WHERE 0;
CREATE TABLE seen_keys_before AS SELECT CAST('' AS TEXT) AS kept, CAST('' AS TEXT) AS job, * FROM seen_keys WHERE 0;
CREATE TABLE keys_seen_on_before AS SELECT CAST('' AS TEXT) AS kept, CAST('' AS TEXT) AS job, * FROM keys_seen_on WHERE 0;
CREATE TABLE last_remembered (
    job     TEXT NOT NULL,
    account TEXT NOT NULL,
    as_of   TEXT NOT NULL,
    PRIMARY KEY (job, account)
) STRICT, WITHOUT ROWID;
