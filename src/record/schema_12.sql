-- What a job's nights knew before the one that was reported last: that one, made again, begins where it began the first time.
-- A row of another table is a JSON object of its columns; `part` names the table.
CREATE TABLE night_before (
    job   TEXT NOT NULL,
    as_of TEXT NOT NULL,
    part  TEXT NOT NULL,
    row   TEXT NOT NULL
) STRICT;
CREATE TABLE last_remembered (
    job   TEXT PRIMARY KEY,
    as_of TEXT NOT NULL
) STRICT, WITHOUT ROWID;
