-- Whom call rows name that could not be used: kept with the days, since their files roll away. Names and call ids are sealed. A row
-- whose time could not be read lies on any of the days that its file covered. `source` is blank where its file has rolled on.
CREATE TABLE unread_names (
    account   TEXT NOT NULL,
    source    TEXT NOT NULL,
    first_day TEXT NOT NULL,
    last_day  TEXT NOT NULL,
    name      TEXT NOT NULL,
    call_id   TEXT NOT NULL,
    rows      INTEGER NOT NULL,
    PRIMARY KEY (account, source, first_day, last_day, name, call_id)
) STRICT, WITHOUT ROWID;
