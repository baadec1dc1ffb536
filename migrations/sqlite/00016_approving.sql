-- Approving: which evidence was opened, questions back to who asked, a second seat for requests near their end, and the
-- latest alarms of the board.
-- +goose Up
-- evidence: how many pieces have to be opened before this is approved; 0 for what was asked before there was a count.
ALTER TABLE removal_requests ADD COLUMN evidence integer NOT NULL DEFAULT 0 CHECK (evidence >= 0);
CREATE INDEX removal_requests_by_pair ON removal_requests (marketplace_id, requester_id, seller_id, created_at);
CREATE INDEX proposals_open ON proposals (marketplace_id, created_at, id) WHERE state = 'open';
CREATE INDEX approvals_by_approver ON approvals (marketplace_id, approver_id, created_at, id);

-- Who has opened which piece of a request's evidence. item counts from 0, in the order of the request.
CREATE TABLE evidence_openings (
    marketplace_id text     NOT NULL,
    id             text     NOT NULL,
    proposal_id    text     NOT NULL,
    item           integer  NOT NULL CHECK (item >= 0),
    staff_id       text     NOT NULL REFERENCES staff (id),
    opened_at      datetime NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id, staff_id, item),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES removal_requests (marketplace_id, proposal_id)
);

-- What an approver asks back about a request, and what its requester answers. n counts within the request, from 1.
-- text_digest commits to the text, SHA-256(text_salt ‖ canonical JSON of the text), and outlives it.
CREATE TABLE proposal_messages (
    marketplace_id text     NOT NULL,
    id             text     NOT NULL,
    proposal_id    text     NOT NULL,
    n              integer  NOT NULL CHECK (n BETWEEN 1 AND 50),
    author_id      text     NOT NULL REFERENCES staff (id),
    kind           text     NOT NULL CHECK (kind IN ('question', 'answer')),
    text           text     NOT NULL,
    text_salt      blob     NOT NULL,
    text_digest    blob     NOT NULL CHECK (length(text_digest) = 32),
    created_at     datetime NOT NULL,
    erased_at      datetime,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id, n),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES removal_requests (marketplace_id, proposal_id)
);

-- The board of a marketplace as it was last computed, and the pairs that stood out. Nothing is decided by it: it can be
-- computed again from the decisions at any time. lease_until is until when somebody is at it.
CREATE TABLE kept_boards (
    marketplace_id text     NOT NULL REFERENCES marketplaces (id),
    computed_at    datetime,
    since          datetime,
    compared       integer  NOT NULL DEFAULT 0,
    lease_until    datetime,
    PRIMARY KEY (marketplace_id)
);
CREATE TABLE kept_alarms (
    marketplace_id text    NOT NULL REFERENCES kept_boards (marketplace_id),
    moderator_id   text    NOT NULL,
    seller_id      text    NOT NULL,
    exposure       integer NOT NULL,
    observed       integer NOT NULL,
    expected       real    NOT NULL,
    PRIMARY KEY (marketplace_id, moderator_id, seller_id)
);

-- +goose StatementBegin
CREATE TRIGGER evidence_openings_there BEFORE INSERT ON evidence_openings
WHEN NOT EXISTS (SELECT 1 FROM removal_requests q JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
     WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.proposal_id AND NEW.item < q.evidence
       AND p.state = 'open' AND p.requester_id <> NEW.staff_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: there is no such evidence for this person to open');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER evidence_openings_no_replace BEFORE INSERT ON evidence_openings
WHEN EXISTS (SELECT 1 FROM evidence_openings WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id
     OR (proposal_id = NEW.proposal_id AND staff_id = NEW.staff_id AND item = NEW.item)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of evidence_openings is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER evidence_openings_no_update BEFORE UPDATE ON evidence_openings
BEGIN
    SELECT RAISE(ABORT, 'evenhand: evidence_openings is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER evidence_openings_no_delete BEFORE DELETE ON evidence_openings
BEGIN
    SELECT RAISE(ABORT, 'evenhand: evidence_openings is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposal_messages_by_whom BEFORE INSERT ON proposal_messages
WHEN NEW.erased_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM proposals p
     WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.state = 'open'
       AND (NEW.kind = 'answer') = (p.requester_id = NEW.author_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: others ask, and the requester answers, while the request is open');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposal_messages_gapless BEFORE INSERT ON proposal_messages
WHEN NEW.n <> 1 + (SELECT count(*) FROM proposal_messages WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a message can''t be left out');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposal_messages_no_replace BEFORE INSERT ON proposal_messages
WHEN EXISTS (SELECT 1 FROM proposal_messages WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id
     OR (proposal_id = NEW.proposal_id AND n = NEW.n)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of proposal_messages is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposal_messages_blank_only BEFORE UPDATE ON proposal_messages
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.text IS NOT '' OR NEW.text_salt IS NOT x'' OR
     NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.proposal_id IS NOT OLD.proposal_id OR
     NEW.n IS NOT OLD.n OR NEW.author_id IS NOT OLD.author_id OR NEW.kind IS NOT OLD.kind OR
     NEW.text_digest IS NOT OLD.text_digest OR NEW.created_at IS NOT OLD.created_at OR NEW.erased_at IS NOT
     (SELECT CASE WHEN p.state IN ('open', 'approved') THEN NULL ELSE c.erased_at END FROM proposals p
     JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
     JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id
     JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id
     WHERE p.marketplace_id = OLD.marketplace_id AND p.id = OLD.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: proposal_messages is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposal_messages_no_delete BEFORE DELETE ON proposal_messages
BEGIN
    SELECT RAISE(ABORT, 'evenhand: proposal_messages is append-only');
END;
-- +goose StatementEnd

-- As in 00009, with one seat more once a request is near its end: the last third of its time, and at least the last four
-- hours of it. A second is allowed for, since days in floating point aren't exact.
DROP TRIGGER approver_draws_enough;
-- +goose StatementBegin
CREATE TRIGGER approver_draws_enough BEFORE INSERT ON approver_draws
WHEN (SELECT count(*) FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id AND ended_at IS NULL)
     >= (SELECT quorum + ((julianday(expires_at) - julianday(NEW.drawn_at)) * 86400 <=
             max((julianday(expires_at) - julianday(created_at)) * 86400 / 3, 14400) + 1)
           FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: enough people are drawn for this request');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER approver_draws_enough;
-- +goose StatementBegin
CREATE TRIGGER approver_draws_enough BEFORE INSERT ON approver_draws
WHEN (SELECT count(*) FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id AND ended_at IS NULL)
     >= (SELECT quorum FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: enough people are drawn for this request');
END;
-- +goose StatementEnd
DROP TABLE kept_alarms;
DROP TABLE kept_boards;
DROP TABLE proposal_messages;
DROP TABLE evidence_openings;
DROP INDEX approvals_by_approver;
DROP INDEX proposals_open;
DROP INDEX removal_requests_by_pair;
ALTER TABLE removal_requests DROP COLUMN evidence;
