-- The record: one entry for each act and each refusal, written in the act's own transaction.
-- body holds the canonical JSON that was hashed, byte for byte; the other columns repeat what it says, to search by.
-- +goose Up
CREATE TABLE ledger_entries (
    id             text        PRIMARY KEY,
    marketplace_id text        NOT NULL,
    at             datetime    NOT NULL,
    actor_kind     text        NOT NULL CHECK (actor_kind IN ('person', 'command', 'system')),
    actor_id       text        NOT NULL,
    act            text        NOT NULL,
    subject_type   text        NOT NULL,
    subject_id     text        NOT NULL,
    outcome        text        NOT NULL CHECK (outcome IN ('done', 'refused')),
    code           text        NOT NULL,
    body           text        NOT NULL,
    hash           blob        NOT NULL
);
CREATE INDEX ledger_entries_by_time ON ledger_entries (marketplace_id, at, id);
CREATE INDEX ledger_entries_by_act ON ledger_entries (act, id);
CREATE INDEX ledger_entries_by_subject ON ledger_entries (subject_id, id);
CREATE INDEX ledger_entries_by_actor ON ledger_entries (actor_id, id);

-- +goose Down
DROP TABLE ledger_entries;
