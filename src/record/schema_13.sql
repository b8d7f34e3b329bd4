-- The new line that took a saving back: it takes no other.
ALTER TABLE findings ADD COLUMN taken_back_by TEXT;
ALTER TABLE findings_before ADD COLUMN taken_back_by TEXT;
