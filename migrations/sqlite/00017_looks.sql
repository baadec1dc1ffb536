-- Second looks: another moderator decides afresh on a review that somebody has decided on, without knowing that.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN looks_per_10000 integer NOT NULL DEFAULT 150 CHECK (looks_per_10000 BETWEEN 0 AND 10000);

-- look_of is the decision that this ticket looks at again; look_why, how that decision was chosen: by lot, or by a
-- supervisor who knows the review to be good. Nothing else tells such a ticket from any other. Where the two disagree
-- about a kept review, a third moderator decides it anew: why is recheck, and the decision is like any other.
ALTER TABLE tickets ADD COLUMN look_of text;
ALTER TABLE tickets ADD COLUMN look_why text CHECK (look_why IN ('uniform', 'test', 'recheck'));
DROP INDEX tickets_one_live;
CREATE UNIQUE INDEX tickets_one_live ON tickets (marketplace_id, review_id) WHERE state <> 'closed' AND (look_why IS NULL OR look_why = 'recheck');
CREATE UNIQUE INDEX tickets_one_look ON tickets (marketplace_id, look_of) WHERE look_why = 'uniform';
CREATE INDEX decisions_by_review ON decisions (marketplace_id, review_id);

-- +goose StatementBegin
CREATE TRIGGER tickets_look_of BEFORE INSERT ON tickets
WHEN (NEW.look_of IS NULL) <> (NEW.look_why IS NULL)
  OR (NEW.look_of IS NOT NULL AND NOT EXISTS (SELECT 1 FROM decisions WHERE marketplace_id = NEW.marketplace_id AND id = NEW.look_of))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a second look is at a decision');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tickets_look_fixed BEFORE UPDATE ON tickets
WHEN NEW.look_of IS NOT OLD.look_of OR NEW.look_why IS NOT OLD.look_why OR NEW.review_id IS NOT OLD.review_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what a ticket is about can''t be changed');
END;
-- +goose StatementEnd

DROP TRIGGER tickets_no_replace;
-- +goose StatementBegin
CREATE TRIGGER tickets_no_replace BEFORE INSERT ON tickets
WHEN EXISTS (SELECT 1 FROM tickets WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id
        OR (review_id = NEW.review_id AND state <> 'closed' AND (look_why IS NULL OR look_why = 'recheck') AND (NEW.look_why IS NULL OR NEW.look_why = 'recheck'))
        OR (look_of = NEW.look_of AND look_why = 'uniform' AND NEW.look_why = 'uniform')))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of tickets is taken');
END;
-- +goose StatementEnd

-- What the second moderator said: that the review breaks the rules, by a reason's code, or that it is genuine.
CREATE TABLE second_looks (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    ticket_id      text        NOT NULL,
    decision_id    text        NOT NULL,
    review_id      text        NOT NULL,
    review_version integer     NOT NULL,
    moderator_id   text        NOT NULL REFERENCES staff (id),
    why            text        NOT NULL CHECK (why IN ('uniform', 'test')),
    verdict        text        NOT NULL CHECK (verdict IN ('genuine', 'violating')),
    reason_code    text,
    looked_at      datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, ticket_id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    FOREIGN KEY (marketplace_id, decision_id) REFERENCES decisions (marketplace_id, id),
    CHECK ((verdict = 'violating') = (reason_code IS NOT NULL))
);
CREATE INDEX second_looks_by_decision ON second_looks (marketplace_id, decision_id);
CREATE INDEX second_looks_by_time ON second_looks (marketplace_id, looked_at, id);
CREATE INDEX second_looks_by_moderator ON second_looks (marketplace_id, moderator_id, looked_at);

-- +goose StatementBegin
CREATE TRIGGER second_looks_ticket BEFORE INSERT ON second_looks
WHEN NOT EXISTS (SELECT 1 FROM tickets WHERE marketplace_id = NEW.marketplace_id AND id = NEW.ticket_id
                    AND look_of = NEW.decision_id AND look_why = NEW.why AND review_id = NEW.review_id AND state = 'closed')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a second look needs its ticket');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER second_looks_other BEFORE INSERT ON second_looks
WHEN EXISTS (SELECT 1 FROM decisions WHERE marketplace_id = NEW.marketplace_id AND review_id = NEW.review_id AND moderator_id = NEW.moderator_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: who has decided on a review can''t be its second look');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER second_looks_no_update BEFORE UPDATE ON second_looks
BEGIN
    SELECT RAISE(ABORT, 'evenhand: second_looks is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER second_looks_no_delete BEFORE DELETE ON second_looks
BEGIN
    SELECT RAISE(ABORT, 'evenhand: second_looks is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER second_looks_no_replace BEFORE INSERT ON second_looks
WHEN EXISTS (SELECT 1 FROM second_looks WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR ticket_id = NEW.ticket_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: second_looks is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE second_looks;
DROP TRIGGER tickets_look_fixed;
DROP TRIGGER tickets_look_of;
DROP TRIGGER tickets_no_replace;
DROP INDEX decisions_by_review;
DROP INDEX tickets_one_look;
DROP INDEX tickets_one_live;
CREATE UNIQUE INDEX tickets_one_live ON tickets (marketplace_id, review_id) WHERE state <> 'closed';
ALTER TABLE tickets DROP COLUMN look_why;
ALTER TABLE tickets DROP COLUMN look_of;
ALTER TABLE marketplaces DROP COLUMN looks_per_10000;
-- +goose StatementBegin
CREATE TRIGGER tickets_no_replace BEFORE INSERT ON tickets
WHEN EXISTS (SELECT 1 FROM tickets WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (review_id = NEW.review_id AND state <> 'closed')))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of tickets is taken');
END;
-- +goose StatementEnd
