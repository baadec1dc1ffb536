-- Pages show the last eight digits of an id; these find what it belongs to without reading a table.
-- +goose Up
CREATE INDEX reviews_by_ending ON reviews (marketplace_id, substr(id, -8));
CREATE INDEX proposals_by_ending ON proposals (marketplace_id, substr(id, -8));
CREATE INDEX ledger_entries_by_ending ON ledger_entries (marketplace_id, substr(id, -8));

-- +goose Down
DROP INDEX ledger_entries_by_ending;
DROP INDEX proposals_by_ending;
DROP INDEX reviews_by_ending;
