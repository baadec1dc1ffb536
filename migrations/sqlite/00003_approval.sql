-- What takes two people: proposals, and each person's verdict on one.
-- +goose Up
CREATE TABLE reason_codes (
    code         text        NOT NULL,
    version      integer     NOT NULL CHECK (version >= 1),
    meaning      text        NOT NULL,
    policy       text        NOT NULL,
    evidence     text        NOT NULL,
    remedy       text        NOT NULL,
    dsa_ground   text        NOT NULL,
    dsa_category text        NOT NULL,
    dsa_keyword  text        NOT NULL,
    ftc_basis    text        NOT NULL,
    position     smallint    NOT NULL,
    valid_from   datetime    NOT NULL,
    PRIMARY KEY (code, version)
);

-- payload is the canonical JSON of exactly what was asked; digest its SHA-256, to which approvals are bound.
-- seal is a MAC over the digest under a key that isn't in this database.
-- quorum counts approvals, so one is two people with the requester.
CREATE TABLE proposals (
    marketplace_id  text        NOT NULL REFERENCES marketplaces (id),
    id              text        NOT NULL,
    kind            text        NOT NULL,
    subject_type    text        NOT NULL,
    subject_id      text        NOT NULL,
    subject_version integer     NOT NULL,
    payload         text        NOT NULL,
    digest          blob        NOT NULL,
    seal            blob        NOT NULL,
    requester_id    text        NOT NULL REFERENCES staff (id),
    state           text        NOT NULL DEFAULT 'open'
        CHECK (state IN ('open', 'approved', 'effective', 'declined', 'withdrawn', 'expired', 'void')),
    quorum          smallint    NOT NULL CHECK (quorum >= 1),
    created_at      datetime    NOT NULL,
    expires_at      datetime    NOT NULL CHECK (expires_at > created_at),
    decided_at      datetime   ,
    PRIMARY KEY (marketplace_id, id)
);
CREATE UNIQUE INDEX proposals_one_open ON proposals (marketplace_id, kind, subject_id) WHERE state IN ('open', 'approved');
CREATE INDEX proposals_by_expiry ON proposals (expires_at) WHERE state = 'open';
CREATE INDEX proposals_by_subject ON proposals (marketplace_id, subject_id);
CREATE INDEX proposals_by_requester ON proposals (marketplace_id, requester_id, created_at);

-- seal is a MAC over the approval under a key that isn't in this database.
CREATE TABLE approvals (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    proposal_id    text        NOT NULL,
    approver_id    text        NOT NULL REFERENCES staff (id),
    verdict        text        NOT NULL CHECK (verdict IN ('approve', 'decline')),
    note           text        NOT NULL,
    digest         blob        NOT NULL,
    seal           blob        NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id, approver_id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id)
);

-- +goose Down
DROP TABLE approvals;
DROP TABLE proposals;
DROP TABLE reason_codes;
