-- People, their sessions, and what they may do where and from when to when.
-- +goose Up
CREATE TABLE staff (
    id            text        PRIMARY KEY,
    email         text        NOT NULL UNIQUE CHECK (email = lower(email)),
    name          text        NOT NULL,
    password_hash text        NOT NULL,
    created_at    datetime    NOT NULL,
    disabled_at   datetime   
);

CREATE TABLE sessions (
    token_hash blob        PRIMARY KEY,
    staff_id   text        NOT NULL REFERENCES staff (id),
    device     text        NOT NULL,
    created_at datetime    NOT NULL,
    seen_at    datetime    NOT NULL,
    expires_at datetime    NOT NULL
);
CREATE INDEX sessions_by_staff ON sessions (staff_id);

-- Failed sign-ins, by a keyed hash of the e-mail or the address: what throttling counts, on every instance alike.
CREATE TABLE sign_in_failures (
    id     text        PRIMARY KEY,
    key    text        NOT NULL,
    at     datetime    NOT NULL
);
CREATE INDEX sign_in_failures_by_key ON sign_in_failures (key, at);

-- marketplace_id '*' stands for all of them. A grant is never edited, only revoked. seal is a MAC under a key that isn't
-- in this database; a grant without it gives nothing.
CREATE TABLE role_grants (
    id             text        PRIMARY KEY,
    staff_id       text        NOT NULL REFERENCES staff (id),
    role           text        NOT NULL CHECK (role IN ('moderator', 'supervisor', 'auditor', 'investigator', 'administrator')),
    marketplace_id text        NOT NULL,
    valid_from     datetime    NOT NULL,
    valid_to       datetime   ,
    granted_by     text        NOT NULL,
    created_at     datetime    NOT NULL,
    revoked_at     datetime   ,
    revoked_by     text,
    seal           blob        NOT NULL,
    CHECK (valid_to IS NULL OR valid_to > valid_from),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
CREATE INDEX role_grants_by_staff ON role_grants (staff_id);

-- The queues that a moderator's grant is limited to; no rows: all queues of the marketplace.
CREATE TABLE grant_queues (
    grant_id text NOT NULL REFERENCES role_grants (id),
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
    id             text        NOT NULL,
    staff_id       text        NOT NULL REFERENCES staff (id),
    seller_id      text        NOT NULL,
    relation       text        NOT NULL CHECK (relation IN ('relative', 'former_employer', 'owner', 'other_business')),
    note           text        NOT NULL,
    declared_at    datetime    NOT NULL,
    ended_at       datetime   ,
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
