-- Days in the past on which an account was judged again: what came of it, by the digest of what it was computed from.
CREATE TABLE origins (
    job     TEXT NOT NULL,
    account TEXT NOT NULL,
    day     TEXT NOT NULL,
    key     TEXT NOT NULL,
    result  TEXT NOT NULL,
    PRIMARY KEY (job, account, day)
) STRICT, WITHOUT ROWID;

-- Flags as they were sent, and what became of the line. p_silent_90 in millionths, money hundredths of the currency's unit.
CREATE TABLE flags (
    job          TEXT NOT NULL,
    account      TEXT NOT NULL,
    line_id      TEXT NOT NULL,
    flagged_on   TEXT NOT NULL,
    verdict      TEXT NOT NULL,
    p_silent_90  INTEGER,
    monthly_cost INTEGER NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('still_silent', 'came_back', 'removed', 'exempted')),
    outcome_on   TEXT,
    PRIMARY KEY (job, account, line_id, flagged_on)
) STRICT, WITHOUT ROWID;
