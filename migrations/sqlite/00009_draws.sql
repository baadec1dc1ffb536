-- Draws that can be replayed: which ticket a moderator got, and which approver a request got.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN approvers_drawn boolean NOT NULL DEFAULT true;

-- drawn: only who was drawn for it decides on it. It is settled when the request is made.
ALTER TABLE removal_requests ADD COLUMN drawn boolean NOT NULL DEFAULT false;

-- One seed for each marketplace and UTC day. id is the entry that commits to it before the day's first draw; the seed
-- itself comes in when the day is over, under reveal_id's entry. Until then it isn't in this database.
CREATE TABLE draw_seeds (
    marketplace_id text  NOT NULL REFERENCES marketplaces (id),
    period         text  NOT NULL CHECK (period GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
    id             text  NOT NULL UNIQUE,
    commitment     blob  NOT NULL CHECK (length(commitment) = 32),
    reveal_id      text,
    seed           blob,
    PRIMARY KEY (marketplace_id, period),
    CHECK ((reveal_id IS NULL) = (seed IS NULL))
);
CREATE INDEX draw_seeds_hidden ON draw_seeds (period) WHERE seed IS NULL;

-- The n-th draw of one person on one day. pool is the canonical JSON list of the tickets' ids as they stood, the most
-- urgent first; attempts is how many of them somebody else took before the one that was given out.
CREATE TABLE draws (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    period         text        NOT NULL,
    person_id      text        NOT NULL REFERENCES staff (id),
    n              integer     NOT NULL CHECK (n >= 0),
    pool           text        NOT NULL,
    attempts       integer     NOT NULL CHECK (attempts >= 0),
    ticket_id      text        NOT NULL,
    drawn_at       datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, person_id, period, n),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id)
);
CREATE INDEX draws_by_ticket ON draws (marketplace_id, ticket_id, person_id);

-- The n-th approver drawn for a request. pool is the canonical JSON list of those who might have been, by id. Nobody is
-- drawn for the same request twice; ended_why says why somebody else was drawn in their place.
CREATE TABLE approver_draws (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    proposal_id    text        NOT NULL,
    approver_id    text        NOT NULL REFERENCES staff (id),
    n              integer     NOT NULL CHECK (n >= 0),
    period         text        NOT NULL,
    pool           text        NOT NULL,
    drawn_at       datetime    NOT NULL,
    due_at         datetime    NOT NULL,
    ended_at       datetime,
    ended_why      text        CHECK (ended_why IN ('late', 'disabled', 'role', 'interest', 'absent', 'conflict', 'expertise', 'language', 'upsetting')),
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id, n),
    UNIQUE (marketplace_id, proposal_id, approver_id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);

-- A replay reads tickets in the order in which they came.
CREATE INDEX tickets_by_opening ON tickets (marketplace_id, opened_at, id);

-- +goose StatementBegin
CREATE TRIGGER draws_no_update BEFORE UPDATE ON draws
BEGIN
    SELECT RAISE(ABORT, 'evenhand: draws is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draws_no_delete BEFORE DELETE ON draws
BEGIN
    SELECT RAISE(ABORT, 'evenhand: draws is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draws_no_replace BEFORE INSERT ON draws
WHEN EXISTS (SELECT 1 FROM draws WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (person_id = NEW.person_id AND period = NEW.period AND n = NEW.n)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: draws is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draws_seeded BEFORE INSERT ON draws
WHEN NOT EXISTS (SELECT 1 FROM draw_seeds WHERE marketplace_id = NEW.marketplace_id AND period = NEW.period AND seed IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a draw needs a seed that is committed to and not yet revealed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draws_gapless BEFORE INSERT ON draws
WHEN NEW.n > 0 AND NOT EXISTS (SELECT 1 FROM draws WHERE marketplace_id = NEW.marketplace_id AND person_id = NEW.person_id AND period = NEW.period AND n = NEW.n - 1)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a draw can''t be left out');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draw_seeds_no_delete BEFORE DELETE ON draw_seeds
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of draw_seeds are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draw_seeds_no_replace BEFORE INSERT ON draw_seeds
WHEN EXISTS (SELECT 1 FROM draw_seeds WHERE id = NEW.id OR (marketplace_id = NEW.marketplace_id AND period = NEW.period))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of draw_seeds is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draw_seeds_hidden_first BEFORE INSERT ON draw_seeds
WHEN NEW.seed IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a seed is committed to before it is revealed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER draw_seeds_fixed BEFORE UPDATE ON draw_seeds
WHEN OLD.seed IS NOT NULL OR NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.period IS NOT OLD.period OR NEW.id IS NOT OLD.id OR NEW.commitment IS NOT OLD.commitment
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a seed is revealed once, and its commitment never changes');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approver_draws_no_delete BEFORE DELETE ON approver_draws
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of approver_draws are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approver_draws_no_replace BEFORE INSERT ON approver_draws
WHEN EXISTS (SELECT 1 FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (proposal_id = NEW.proposal_id AND (n = NEW.n OR approver_id = NEW.approver_id))))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of approver_draws is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approver_draws_fixed BEFORE UPDATE ON approver_draws
WHEN OLD.ended_at IS NOT NULL OR NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.proposal_id IS NOT OLD.proposal_id OR NEW.approver_id IS NOT OLD.approver_id OR NEW.n IS NOT OLD.n OR NEW.period IS NOT OLD.period OR NEW.pool IS NOT OLD.pool OR NEW.drawn_at IS NOT OLD.drawn_at OR NEW.due_at IS NOT OLD.due_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: who was drawn for a request can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approver_draws_seeded BEFORE INSERT ON approver_draws
WHEN NOT EXISTS (SELECT 1 FROM draw_seeds WHERE marketplace_id = NEW.marketplace_id AND period = NEW.period AND seed IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a draw needs a seed that is committed to and not yet revealed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approver_draws_gapless BEFORE INSERT ON approver_draws
WHEN NEW.n <> (SELECT count(*) FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a draw can''t be left out');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approver_draws_eligible BEFORE INSERT ON approver_draws
WHEN NEW.ended_at IS NOT NULL
     OR NOT EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.state = 'open' AND p.requester_id <> NEW.approver_id)
     OR NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.approver_id AND disabled_at IS NULL)
     OR EXISTS (SELECT 1 FROM removal_requests q JOIN interests i ON i.marketplace_id = q.marketplace_id AND i.seller_id = q.seller_id
                 WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.proposal_id AND i.staff_id = NEW.approver_id AND i.ended_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this person can''t be drawn for this request');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approver_draws_enough BEFORE INSERT ON approver_draws
WHEN (SELECT count(*) FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id AND ended_at IS NULL)
     >= (SELECT quorum FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: enough people are drawn for this request');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_drawn BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM removal_requests WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id AND drawn)
     AND NOT EXISTS (SELECT 1 FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id
                        AND approver_id = NEW.approver_id AND ended_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: only who was drawn for this request decides on it');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tickets_urgency BEFORE UPDATE ON tickets
WHEN NEW.priority IS NOT OLD.priority OR NEW.due_at IS NOT OLD.due_at OR NEW.queue IS NOT OLD.queue
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a ticket''s urgency can''t be changed');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER tickets_urgency;
DROP TRIGGER approvals_drawn;
DROP INDEX tickets_by_opening;
DROP TABLE approver_draws;
DROP TABLE draws;
DROP TABLE draw_seeds;
ALTER TABLE removal_requests DROP COLUMN drawn;
ALTER TABLE marketplaces DROP COLUMN approvers_drawn;
