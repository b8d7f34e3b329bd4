-- Which extension a line had on which reported nights: a bill bears the one of its day.
CREATE TABLE line_extensions (
    account   TEXT NOT NULL,
    line_id   TEXT NOT NULL,
    extension TEXT NOT NULL,
    first_on  TEXT NOT NULL,
    last_on   TEXT NOT NULL,
    PRIMARY KEY (account, line_id, first_on)
) STRICT, WITHOUT ROWID;
INSERT INTO line_extensions
SELECT known.account, known.line_id, json_extract(known.line, '$.extension'), coalesce(seen.day, known.last_on), known.last_on
FROM known_lines known
LEFT JOIN first_seen seen ON seen.account = known.account AND seen.line_id = known.line_id AND seen.day <= known.last_on;
