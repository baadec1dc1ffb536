-- The log over the entries: a Merkle tree (RFC 6962) in the order of idx, and its signed checkpoints.
-- +goose Up

-- Entries that have no number yet. The sequencer empties it.
CREATE TABLE ledger_pending (
    entry_id uuid PRIMARY KEY
);

-- hash is the leaf's: SHA-256(0x00 ‖ body of the entry).
CREATE TABLE ledger_leaves (
    idx      bigint PRIMARY KEY CHECK (idx >= 0),
    entry_id uuid   NOT NULL UNIQUE,
    hash     bytea  NOT NULL
);

-- Full tiles of 256 hashes (C2SP tlog-tiles); the partial ones at the right edge follow from what is below them.
-- root is the hash of the tile's whole subtree.
CREATE TABLE ledger_tiles (
    level  smallint NOT NULL CHECK (level >= 0),
    n      bigint   NOT NULL CHECK (n >= 0),
    root   bytea    NOT NULL,
    hashes bytea    NOT NULL,
    PRIMARY KEY (level, n)
);

-- note is the C2SP tlog-checkpoint, signed.
CREATE TABLE ledger_checkpoints (
    size bigint      PRIMARY KEY CHECK (size > 0),
    at   timestamptz NOT NULL,
    root bytea       NOT NULL,
    note text        NOT NULL
);

-- What a witness signed under a checkpoint: one line of a C2SP tlog-cosignature.
CREATE TABLE ledger_cosignatures (
    size    bigint      NOT NULL REFERENCES ledger_checkpoints (size),
    witness text        NOT NULL,
    at      timestamptz NOT NULL,
    line    text        NOT NULL,
    PRIMARY KEY (size, witness)
);
CREATE INDEX ledger_cosignatures_by_witness ON ledger_cosignatures (witness, size);

-- Whoever writes an entry queues it, raw SQL too; the application's account can't do the one without the other.
-- +goose StatementBegin
CREATE FUNCTION evenhand_queue_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_pending (entry_id) SELECT id FROM added;
    RETURN NULL;
END $$;
-- +goose StatementEnd
CREATE TRIGGER ledger_entries_queue AFTER INSERT ON ledger_entries REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION evenhand_queue_entry();

INSERT INTO ledger_pending (entry_id) SELECT id FROM ledger_entries;

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['ledger_leaves', 'ledger_tiles', 'ledger_checkpoints', 'ledger_cosignatures'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION evenhand_append_only()', t || '_append_only', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only()', t || '_no_truncate', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER ledger_entries_queue ON ledger_entries;
DROP FUNCTION evenhand_queue_entry();
DROP TABLE ledger_cosignatures;
DROP TABLE ledger_checkpoints;
DROP TABLE ledger_tiles;
DROP TABLE ledger_leaves;
DROP TABLE ledger_pending;
