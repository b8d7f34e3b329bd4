-- What became of each finding. Days are the as_of of the night that learned of it.
ALTER TABLE findings ADD COLUMN cost_center TEXT;
ALTER TABLE findings ADD COLUMN tier TEXT;
ALTER TABLE findings ADD COLUMN invoice_date TEXT;
ALTER TABLE findings ADD COLUMN approved_on TEXT;
ALTER TABLE findings ADD COLUMN actioned_on TEXT;
ALTER TABLE findings ADD COLUMN realised_on TEXT;
ALTER TABLE findings ADD COLUMN slipped_back_on TEXT;
ALTER TABLE findings ADD COLUMN dismissed_on TEXT;

-- Lines as the inventory last showed them, so that one that has left is still known by what an invoice calls it. No names.
CREATE TABLE known_lines (
    account TEXT NOT NULL,
    line_id TEXT NOT NULL,
    last_on TEXT NOT NULL,
    -- The first night without it; empty while it is there.
    gone_on TEXT,
    line    TEXT NOT NULL,
    PRIMARY KEY (account, line_id)
) STRICT, WITHOUT ROWID;
