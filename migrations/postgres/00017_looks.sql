-- Second looks: another moderator decides afresh on a review that somebody has decided on, without knowing that.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN looks_per_10000 integer NOT NULL DEFAULT 150 CHECK (looks_per_10000 BETWEEN 0 AND 10000);

-- look_of is the decision that this ticket looks at again; look_why, how that decision was chosen: by lot, or by a
-- supervisor who knows the review to be good. Nothing else tells such a ticket from any other. Where the two disagree
-- about a kept review, a third moderator decides it anew: why is recheck, and the decision is like any other.
ALTER TABLE tickets ADD COLUMN look_of uuid;
ALTER TABLE tickets ADD COLUMN look_why text CHECK (look_why IN ('uniform', 'test', 'recheck'));
ALTER TABLE tickets ADD CONSTRAINT tickets_look CHECK ((look_of IS NULL) = (look_why IS NULL));
ALTER TABLE tickets ADD CONSTRAINT tickets_look_of FOREIGN KEY (marketplace_id, look_of) REFERENCES decisions (marketplace_id, id);
DROP INDEX tickets_one_live;
CREATE UNIQUE INDEX tickets_one_live ON tickets (marketplace_id, review_id) WHERE state <> 'closed' AND (look_why IS NULL OR look_why = 'recheck');
CREATE UNIQUE INDEX tickets_one_look ON tickets (marketplace_id, look_of) WHERE look_why = 'uniform';
CREATE INDEX decisions_by_review ON decisions (marketplace_id, review_id);

CREATE TRIGGER tickets_look_fixed BEFORE UPDATE ON tickets FOR EACH ROW
    WHEN (NEW.look_of IS DISTINCT FROM OLD.look_of OR NEW.look_why IS DISTINCT FROM OLD.look_why OR NEW.review_id IS DISTINCT FROM OLD.review_id)
    EXECUTE FUNCTION evenhand_tickets_guard();

-- What the second moderator said: that the review breaks the rules, by a reason's code, or that it is genuine.
CREATE TABLE second_looks (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    ticket_id      uuid        NOT NULL,
    decision_id    uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    review_version integer     NOT NULL,
    moderator_id   uuid        NOT NULL REFERENCES staff (id),
    why            text        NOT NULL CHECK (why IN ('uniform', 'test')),
    verdict        text        NOT NULL CHECK (verdict IN ('genuine', 'violating')),
    reason_code    text,
    looked_at      timestamptz NOT NULL,
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
CREATE FUNCTION evenhand_second_looks_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM tickets WHERE marketplace_id = NEW.marketplace_id AND id = NEW.ticket_id
                      AND look_of = NEW.decision_id AND look_why = NEW.why AND review_id = NEW.review_id AND state = 'closed') THEN
        RAISE EXCEPTION 'evenhand: a second look needs its ticket' USING ERRCODE = '23001';
    END IF;
    IF EXISTS (SELECT 1 FROM decisions WHERE marketplace_id = NEW.marketplace_id AND review_id = NEW.review_id AND moderator_id = NEW.moderator_id) THEN
        RAISE EXCEPTION 'evenhand: who has decided on a review can''t be its second look' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER second_looks_guard BEFORE INSERT ON second_looks FOR EACH ROW EXECUTE FUNCTION evenhand_second_looks_guard();
CREATE TRIGGER second_looks_append_only BEFORE UPDATE OR DELETE ON second_looks FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER second_looks_no_truncate BEFORE TRUNCATE ON second_looks FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();

-- +goose Down
DROP TABLE second_looks;
DROP FUNCTION evenhand_second_looks_guard();
DROP TRIGGER tickets_look_fixed ON tickets;
DROP INDEX decisions_by_review;
DROP INDEX tickets_one_look;
DROP INDEX tickets_one_live;
CREATE UNIQUE INDEX tickets_one_live ON tickets (marketplace_id, review_id) WHERE state <> 'closed';
ALTER TABLE tickets DROP CONSTRAINT tickets_look_of;
ALTER TABLE tickets DROP CONSTRAINT tickets_look;
ALTER TABLE tickets DROP COLUMN look_why;
ALTER TABLE tickets DROP COLUMN look_of;
ALTER TABLE marketplaces DROP COLUMN looks_per_10000;
