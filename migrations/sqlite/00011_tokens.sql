-- Tokens by which a person's programs read for them. They do nothing else: no token approves or asks for anything.
-- hash is a MAC of the token under a key that isn't in this database.
-- +goose Up
CREATE TABLE tokens (
    id         text     PRIMARY KEY,
    staff_id   text     NOT NULL REFERENCES staff (id),
    name       text     NOT NULL,
    scope      text     NOT NULL CHECK (scope IN ('ledger.read')),
    hash       blob     NOT NULL UNIQUE,
    created_at datetime NOT NULL,
    expires_at datetime NOT NULL CHECK (expires_at > created_at),
    used_at    datetime,
    revoked_at datetime
);
CREATE INDEX tokens_by_person ON tokens (staff_id, created_at);
-- +goose StatementBegin
CREATE TRIGGER tokens_never_deleted BEFORE DELETE ON tokens
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of tokens are never deleted');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER tokens_no_replace BEFORE INSERT ON tokens
WHEN EXISTS (SELECT 1 FROM tokens WHERE id = NEW.id OR hash = NEW.hash)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of tokens are never deleted, and this key is taken');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE tokens;
