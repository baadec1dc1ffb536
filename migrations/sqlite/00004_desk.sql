-- The desk: flags, tickets, what moderators decided, removals asked for and undone.
-- +goose Up
CREATE TABLE tickets (
    marketplace_id  text        NOT NULL,
    id              text        NOT NULL,
    review_id       text        NOT NULL,
    seller_id       text        NOT NULL,
    queue           text        NOT NULL,
    priority        smallint    NOT NULL DEFAULT 0,
    state           text        NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'waiting', 'closed')),
    lease_holder_id text        REFERENCES staff (id),
    lease_until     datetime   ,
    opened_at       datetime    NOT NULL,
    due_at          datetime    NOT NULL,
    closed_at       datetime   ,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id),
    FOREIGN KEY (marketplace_id, seller_id) REFERENCES sellers (marketplace_id, id),
    CHECK ((lease_holder_id IS NULL) = (lease_until IS NULL))
);
CREATE UNIQUE INDEX tickets_one_live ON tickets (marketplace_id, review_id) WHERE state <> 'closed';
CREATE INDEX tickets_by_review ON tickets (marketplace_id, review_id);
CREATE INDEX tickets_by_urgency ON tickets (marketplace_id, priority DESC, due_at, id) WHERE state = 'open';
CREATE INDEX tickets_by_queue ON tickets (marketplace_id, queue, due_at) WHERE state = 'open';
CREATE INDEX tickets_by_holder ON tickets (lease_holder_id) WHERE state = 'open';

CREATE TABLE flags (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    ticket_id      text        NOT NULL,
    review_id      text        NOT NULL,
    review_version integer     NOT NULL,
    source         text        NOT NULL CHECK (source IN ('seller', 'customer', 'classifier', 'staff', 'import')),
    text           text        NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id)
);
CREATE INDEX flags_by_ticket ON flags (marketplace_id, ticket_id);

-- One row for each time a moderator decided on a review: the unit of exposure for the statistics.
CREATE TABLE decisions (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    ticket_id      text        NOT NULL,
    review_id      text        NOT NULL,
    review_version integer     NOT NULL,
    seller_id      text        NOT NULL,
    moderator_id   text        NOT NULL REFERENCES staff (id),
    queue          text        NOT NULL,
    rating         smallint    NOT NULL,
    action         text        NOT NULL CHECK (action IN ('keep', 'remove')),
    assigned       text        NOT NULL CHECK (assigned IN ('random', 'picked')),
    proposal_id    text,
    decided_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    CHECK ((action = 'remove') = (proposal_id IS NOT NULL))
);
CREATE INDEX decisions_by_pair ON decisions (marketplace_id, moderator_id, seller_id, decided_at);
CREATE INDEX decisions_by_time ON decisions (marketplace_id, decided_at, id);
CREATE INDEX decisions_by_ticket ON decisions (marketplace_id, ticket_id);

CREATE TABLE skips (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    ticket_id      text        NOT NULL,
    staff_id       text        NOT NULL REFERENCES staff (id),
    reason         text        NOT NULL,
    note           text        NOT NULL,
    skipped_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id)
);
CREATE INDEX skips_by_ticket ON skips (marketplace_id, ticket_id);
CREATE INDEX skips_by_staff ON skips (marketplace_id, staff_id, skipped_at);

-- What a proposal to remove a review is about, in columns that lists filter by; its words are in the proposal.
CREATE TABLE removal_requests (
    marketplace_id text        NOT NULL,
    proposal_id    text        NOT NULL,
    review_id      text        NOT NULL,
    review_version integer     NOT NULL,
    seller_id      text        NOT NULL,
    ticket_id      text        NOT NULL,
    requester_id   text        NOT NULL,
    reason_code    text        NOT NULL,
    reason_version integer     NOT NULL,
    rating         smallint    NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, proposal_id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id),
    FOREIGN KEY (marketplace_id, seller_id) REFERENCES sellers (marketplace_id, id),
    FOREIGN KEY (reason_code, reason_version) REFERENCES reason_codes (code, version)
);
CREATE INDEX removal_requests_by_time ON removal_requests (marketplace_id, created_at, proposal_id);
CREATE INDEX removal_requests_by_seller ON removal_requests (marketplace_id, seller_id, created_at);
CREATE INDEX removal_requests_by_requester ON removal_requests (marketplace_id, requester_id, created_at);
CREATE INDEX removal_requests_by_review ON removal_requests (marketplace_id, review_id);

CREATE TABLE restorations (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    review_id      text        NOT NULL,
    proposal_id    text        NOT NULL,
    staff_id       text        NOT NULL REFERENCES staff (id),
    note           text        NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id)
);

-- +goose Down
DROP TABLE restorations;
DROP TABLE removal_requests;
DROP TABLE skips;
DROP TABLE decisions;
DROP TABLE flags;
DROP TABLE tickets;
