-- What each audience was sent, and what stood in it, so that a later night knows whether there is something new to tell.
-- report_on is the night of the last mail with the whole report: the same night, but for a heartbeat.
CREATE TABLE told (
    job       TEXT NOT NULL,
    audience  TEXT NOT NULL,
    as_of     TEXT NOT NULL,
    revision  INTEGER NOT NULL,
    occasion  TEXT NOT NULL,
    report_on TEXT NOT NULL,
    digest    TEXT NOT NULL,
    deadlines TEXT NOT NULL,
    PRIMARY KEY (job, audience, as_of, revision)
) STRICT, WITHOUT ROWID;
