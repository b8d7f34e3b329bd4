-- How long what jobs that share the store have stored may stay, by the settings that each of them had on its last night.
CREATE TABLE retention (
    job        TEXT NOT NULL,
    account    TEXT NOT NULL,
    raw_days   INTEGER NOT NULL,
    mail_days  INTEGER NOT NULL,
    last_night TEXT NOT NULL,
    PRIMARY KEY (job, account)
) STRICT, WITHOUT ROWID;
