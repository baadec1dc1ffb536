-- Marketplaces and what they sell and publish. Every row of a marketplace carries its id, first in its keys.
-- +goose Up
CREATE TABLE marketplaces (
    id                   text        PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 40 AND id NOT GLOB '*[^a-z0-9-]*' AND id NOT GLOB '-*'),
    name                 text        NOT NULL,
    negative_at_or_below smallint    NOT NULL DEFAULT 2 CHECK (negative_at_or_below BETWEEN 0 AND 5),
    proposal_ttl_hours   integer     NOT NULL DEFAULT 72 CHECK (proposal_ttl_hours BETWEEN 1 AND 720),
    lease_minutes        integer     NOT NULL DEFAULT 10 CHECK (lease_minutes BETWEEN 1 AND 120),
    created_at           datetime    NOT NULL
);

CREATE TABLE sellers (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    id             text        NOT NULL,
    external_id    text        NOT NULL,
    name           text        NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, external_id)
);

CREATE TABLE products (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    id             text        NOT NULL,
    external_id    text        NOT NULL,
    title          text        NOT NULL,
    category       text        NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, external_id)
);

-- A customer is an opaque id: who wrote a review, and nothing about the person.
CREATE TABLE customers (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    id             text        NOT NULL,
    external_id    text        NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, external_id)
);

-- The review as it stands. digest is the salted commitment to its content that the ledger carries;
-- intake_id is the ledger entry that brought it in.
CREATE TABLE reviews (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    external_id    text        NOT NULL,
    seller_id      text        NOT NULL,
    product_id     text        NOT NULL,
    customer_id    text        NOT NULL,
    order_ref      text        NOT NULL DEFAULT '',
    verified       boolean,
    rating         smallint    NOT NULL CHECK (rating BETWEEN 1 AND 5),
    title          text        NOT NULL,
    body           text        NOT NULL,
    posted_at      datetime    NOT NULL,
    version        integer     NOT NULL DEFAULT 1 CHECK (version >= 1),
    salt           blob        NOT NULL,
    digest         blob        NOT NULL,
    status         text        NOT NULL DEFAULT 'published' CHECK (status IN ('published', 'held', 'redacted', 'removed')),
    removal_id     text,
    intake_id      text        NOT NULL,
    created_at     datetime    NOT NULL,
    updated_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, external_id),
    FOREIGN KEY (marketplace_id, seller_id) REFERENCES sellers (marketplace_id, id),
    FOREIGN KEY (marketplace_id, product_id) REFERENCES products (marketplace_id, id),
    FOREIGN KEY (marketplace_id, customer_id) REFERENCES customers (marketplace_id, id),
    CHECK ((status = 'removed') = (removal_id IS NOT NULL))
);
CREATE INDEX reviews_by_seller ON reviews (marketplace_id, seller_id, status, rating);
CREATE INDEX reviews_by_author ON reviews (marketplace_id, customer_id, product_id);
CREATE INDEX reviews_by_intake ON reviews (marketplace_id, intake_id);

-- Texts that an edit has replaced. A decision names (review, version); the text is here or in reviews.
CREATE TABLE review_versions (
    marketplace_id text        NOT NULL,
    review_id      text        NOT NULL,
    version        integer     NOT NULL,
    rating         smallint    NOT NULL,
    title          text        NOT NULL,
    body           text        NOT NULL,
    posted_at      datetime    NOT NULL,
    salt           blob        NOT NULL,
    digest         blob        NOT NULL,
    replaced_at    datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, review_id, version),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);

-- +goose Down
DROP TABLE review_versions;
DROP TABLE reviews;
DROP TABLE customers;
DROP TABLE products;
DROP TABLE sellers;
DROP TABLE marketplaces;
