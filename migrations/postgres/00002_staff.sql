-- People, their sessions, and what they may do where and from when to when.
-- +goose Up
CREATE TABLE staff (
    id            uuid        PRIMARY KEY,
    email         text        NOT NULL UNIQUE CHECK (email = lower(email)),
    name          text        NOT NULL,
    password_hash text        NOT NULL,
    created_at    timestamptz NOT NULL,
    disabled_at   timestamptz
);

CREATE TABLE sessions (
    token_hash bytea       PRIMARY KEY,
    staff_id   uuid        NOT NULL REFERENCES staff (id),
    device     text        NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_staff ON sessions (staff_id);

-- Failed sign-ins, by a keyed hash of the e-mail or the address: what throttling counts, on every instance alike.
CREATE TABLE sign_in_failures (
    id     uuid        PRIMARY KEY,
    key    text        NOT NULL,
    at     timestamptz NOT NULL
);
CREATE INDEX sign_in_failures_by_key ON sign_in_failures (key, at);

-- marketplace_id '*' stands for all of them. A grant is never edited, only revoked. seal is a MAC under a key that isn't
-- in this database; a grant without it gives nothing.
CREATE TABLE role_grants (
    id             uuid        PRIMARY KEY,
    staff_id       uuid        NOT NULL REFERENCES staff (id),
    role           text        NOT NULL CHECK (role IN ('moderator', 'supervisor', 'auditor', 'investigator', 'administrator')),
    marketplace_id text        NOT NULL,
    valid_from     timestamptz NOT NULL,
    valid_to       timestamptz,
    granted_by     text        NOT NULL,
    created_at     timestamptz NOT NULL,
    revoked_at     timestamptz,
    revoked_by     text,
    seal           bytea       NOT NULL,
    CHECK (valid_to IS NULL OR valid_to > valid_from),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX role_grants_by_staff ON role_grants (staff_id);

-- The queues that a moderator's grant is limited to; no rows: all queues of the marketplace.
CREATE TABLE grant_queues (
    grant_id uuid NOT NULL REFERENCES role_grants (id),
    queue    text NOT NULL,
    PRIMARY KEY (grant_id, queue)
);

-- One row, raised by every change to a grant or to a person's standing: an enforcer with an older number reloads.
CREATE TABLE grants_epoch (
    id    smallint PRIMARY KEY CHECK (id = 1),
    epoch bigint   NOT NULL
);
INSERT INTO grants_epoch (id, epoch) VALUES (1, 1);

CREATE TABLE interests (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    staff_id       uuid        NOT NULL REFERENCES staff (id),
    seller_id      uuid        NOT NULL,
    relation       text        NOT NULL CHECK (relation IN ('relative', 'former_employer', 'owner', 'other_business')),
    note           text        NOT NULL,
    declared_at    timestamptz NOT NULL,
    ended_at       timestamptz,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, seller_id) REFERENCES sellers (marketplace_id, id)
);
CREATE UNIQUE INDEX interests_once ON interests (marketplace_id, staff_id, seller_id) WHERE ended_at IS NULL;

-- +goose Down
DROP TABLE interests;
DROP TABLE grants_epoch;
DROP TABLE grant_queues;
DROP TABLE role_grants;
DROP TABLE sign_in_failures;
DROP TABLE sessions;
DROP TABLE staff;
