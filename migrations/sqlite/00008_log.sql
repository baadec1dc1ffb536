-- The log over the entries: a Merkle tree (RFC 6962) in the order of idx, and its signed checkpoints.
-- +goose Up

-- Entries that have no number yet. The sequencer empties it.
CREATE TABLE ledger_pending (
    entry_id text PRIMARY KEY
) WITHOUT ROWID;

-- hash is the leaf's: SHA-256(0x00 ‖ body of the entry).
CREATE TABLE ledger_leaves (
    idx      integer PRIMARY KEY CHECK (idx >= 0),
    entry_id text    NOT NULL UNIQUE,
    hash     blob    NOT NULL
);

-- Full tiles of 256 hashes (C2SP tlog-tiles); the partial ones at the right edge follow from what is below them.
-- root is the hash of the tile's whole subtree.
CREATE TABLE ledger_tiles (
    level  integer NOT NULL CHECK (level >= 0),
    n      integer NOT NULL CHECK (n >= 0),
    root   blob    NOT NULL,
    hashes blob    NOT NULL,
    PRIMARY KEY (level, n)
);

-- note is the C2SP tlog-checkpoint, signed.
CREATE TABLE ledger_checkpoints (
    size integer  PRIMARY KEY CHECK (size > 0),
    at   datetime NOT NULL,
    root blob     NOT NULL,
    note text     NOT NULL
);

-- What a witness signed under a checkpoint: one line of a C2SP tlog-cosignature.
CREATE TABLE ledger_cosignatures (
    size    integer  NOT NULL REFERENCES ledger_checkpoints (size),
    witness text     NOT NULL,
    at      datetime NOT NULL,
    line    text     NOT NULL,
    PRIMARY KEY (size, witness)
);
CREATE INDEX ledger_cosignatures_by_witness ON ledger_cosignatures (witness, size);

-- Whoever writes an entry queues it, raw SQL too.
-- +goose StatementBegin
CREATE TRIGGER ledger_entries_queue AFTER INSERT ON ledger_entries
BEGIN
    INSERT INTO ledger_pending (entry_id) VALUES (NEW.id);
END;
-- +goose StatementEnd

INSERT INTO ledger_pending (entry_id) SELECT id FROM ledger_entries;

-- +goose StatementBegin
CREATE TRIGGER ledger_leaves_no_update BEFORE UPDATE ON ledger_leaves
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_leaves is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_leaves_no_delete BEFORE DELETE ON ledger_leaves
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_leaves is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_leaves_no_replace BEFORE INSERT ON ledger_leaves
WHEN EXISTS (SELECT 1 FROM ledger_leaves WHERE idx = NEW.idx OR entry_id = NEW.entry_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_leaves is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_tiles_no_update BEFORE UPDATE ON ledger_tiles
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_tiles is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_tiles_no_delete BEFORE DELETE ON ledger_tiles
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_tiles is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_tiles_no_replace BEFORE INSERT ON ledger_tiles
WHEN EXISTS (SELECT 1 FROM ledger_tiles WHERE level = NEW.level AND n = NEW.n)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_tiles is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_checkpoints_no_update BEFORE UPDATE ON ledger_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_checkpoints is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_checkpoints_no_delete BEFORE DELETE ON ledger_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_checkpoints is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_checkpoints_no_replace BEFORE INSERT ON ledger_checkpoints
WHEN EXISTS (SELECT 1 FROM ledger_checkpoints WHERE size = NEW.size)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_checkpoints is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_cosignatures_no_update BEFORE UPDATE ON ledger_cosignatures
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_cosignatures is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_cosignatures_no_delete BEFORE DELETE ON ledger_cosignatures
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_cosignatures is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_cosignatures_no_replace BEFORE INSERT ON ledger_cosignatures
WHEN EXISTS (SELECT 1 FROM ledger_cosignatures WHERE size = NEW.size AND witness = NEW.witness)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_cosignatures is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER ledger_entries_queue;
DROP TABLE ledger_cosignatures;
DROP TABLE ledger_checkpoints;
DROP TABLE ledger_tiles;
DROP TABLE ledger_leaves;
DROP TABLE ledger_pending;
