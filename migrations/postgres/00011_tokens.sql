-- Tokens by which a person's programs read for them. They do nothing else: no token approves or asks for anything.
-- hash is a MAC of the token under a key that isn't in this database.
-- +goose Up
CREATE TABLE tokens (
    id         uuid        PRIMARY KEY,
    staff_id   uuid        NOT NULL REFERENCES staff (id),
    name       text        NOT NULL,
    scope      text        NOT NULL CHECK (scope IN ('ledger.read')),
    hash       bytea       NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at    timestamptz,
    revoked_at timestamptz
);
CREATE INDEX tokens_by_person ON tokens (staff_id, created_at);
CREATE TRIGGER tokens_never_deleted BEFORE DELETE ON tokens FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted();
CREATE TRIGGER tokens_no_truncate BEFORE TRUNCATE ON tokens FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted();

-- +goose Down
DROP TABLE tokens;
