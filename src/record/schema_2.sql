-- Why a run failed, in the words that the operator was given.
ALTER TABLE runs ADD COLUMN reason TEXT;
