-- Draws that can be replayed: which ticket a moderator got, and which approver a request got.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN approvers_drawn boolean NOT NULL DEFAULT true;

-- drawn: only who was drawn for it decides on it. It is settled when the request is made.
ALTER TABLE removal_requests ADD COLUMN drawn boolean NOT NULL DEFAULT false;

-- One seed for each marketplace and UTC day. id is the entry that commits to it before the day's first draw; the seed
-- itself comes in when the day is over, under reveal_id's entry. Until then it isn't in this database.
CREATE TABLE draw_seeds (
    marketplace_id text  NOT NULL REFERENCES marketplaces (id),
    period         text  NOT NULL CHECK (period ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    id             uuid  NOT NULL UNIQUE,
    commitment     bytea NOT NULL CHECK (octet_length(commitment) = 32),
    reveal_id      uuid,
    seed           bytea,
    PRIMARY KEY (marketplace_id, period),
    CHECK ((reveal_id IS NULL) = (seed IS NULL)),
    CHECK (seed IS NULL OR sha256(seed) = commitment)
);
CREATE INDEX draw_seeds_hidden ON draw_seeds (period) WHERE seed IS NULL;

-- The n-th draw of one person on one day. pool is the canonical JSON list of the tickets' ids as they stood, the most
-- urgent first; attempts is how many of them somebody else took before the one that was given out.
CREATE TABLE draws (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    period         text        NOT NULL,
    person_id      uuid        NOT NULL REFERENCES staff (id),
    n              integer     NOT NULL CHECK (n >= 0),
    pool           text        NOT NULL,
    attempts       integer     NOT NULL CHECK (attempts >= 0),
    ticket_id      uuid        NOT NULL,
    drawn_at       timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, person_id, period, n),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id)
);
CREATE INDEX draws_by_ticket ON draws (marketplace_id, ticket_id, person_id);

-- The n-th approver drawn for a request. pool is the canonical JSON list of those who might have been, by id. Nobody is
-- drawn for the same request twice; ended_why says why somebody else was drawn in their place.
CREATE TABLE approver_draws (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    proposal_id    uuid        NOT NULL,
    approver_id    uuid        NOT NULL REFERENCES staff (id),
    n              integer     NOT NULL CHECK (n >= 0),
    period         text        NOT NULL,
    pool           text        NOT NULL,
    drawn_at       timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    ended_at       timestamptz,
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
CREATE FUNCTION evenhand_draw_seeds_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.seed IS NOT NULL THEN
            RAISE EXCEPTION 'evenhand: a seed is committed to before it is revealed' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.marketplace_id, NEW.period, NEW.id, NEW.commitment) IS DISTINCT FROM (OLD.marketplace_id, OLD.period, OLD.id, OLD.commitment)
       OR OLD.seed IS NOT NULL THEN
        RAISE EXCEPTION 'evenhand: a seed is revealed once, and its commitment never changes' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_draws_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM draw_seeds WHERE marketplace_id = NEW.marketplace_id AND period = NEW.period AND seed IS NULL) THEN
        RAISE EXCEPTION 'evenhand: a draw needs a seed that is committed to and not yet revealed' USING ERRCODE = '23001';
    END IF;
    IF NEW.n > 0 AND NOT EXISTS (SELECT 1 FROM draws
        WHERE marketplace_id = NEW.marketplace_id AND person_id = NEW.person_id AND period = NEW.period AND n = NEW.n - 1) THEN
        RAISE EXCEPTION 'evenhand: a draw can''t be left out' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_approver_draws_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.marketplace_id, NEW.id, NEW.proposal_id, NEW.approver_id, NEW.n, NEW.period, NEW.pool, NEW.drawn_at, NEW.due_at)
           IS DISTINCT FROM
           (OLD.marketplace_id, OLD.id, OLD.proposal_id, OLD.approver_id, OLD.n, OLD.period, OLD.pool, OLD.drawn_at, OLD.due_at)
           OR OLD.ended_at IS NOT NULL THEN
            RAISE EXCEPTION 'evenhand: who was drawn for a request can''t be changed' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM draw_seeds WHERE marketplace_id = NEW.marketplace_id AND period = NEW.period AND seed IS NULL) THEN
        RAISE EXCEPTION 'evenhand: a draw needs a seed that is committed to and not yet revealed' USING ERRCODE = '23001';
    END IF;
    IF NEW.n <> (SELECT count(*) FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id) THEN
        RAISE EXCEPTION 'evenhand: a draw can''t be left out' USING ERRCODE = '23001';
    END IF;
    SELECT * INTO p FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.proposal_id;
    IF NOT FOUND OR p.state <> 'open' OR NEW.ended_at IS NOT NULL OR p.requester_id = NEW.approver_id
       OR NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.approver_id AND disabled_at IS NULL)
       OR EXISTS (SELECT 1 FROM removal_requests q JOIN interests i ON i.marketplace_id = q.marketplace_id AND i.seller_id = q.seller_id
                   WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.proposal_id AND i.staff_id = NEW.approver_id AND i.ended_at IS NULL) THEN
        RAISE EXCEPTION 'evenhand: this person can''t be drawn for this request' USING ERRCODE = '23001';
    END IF;
    IF (SELECT count(*) FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id AND ended_at IS NULL) >= p.quorum THEN
        RAISE EXCEPTION 'evenhand: enough people are drawn for this request' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_approvals_drawn() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM removal_requests WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id AND drawn)
       AND NOT EXISTS (SELECT 1 FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id
                          AND approver_id = NEW.approver_id AND ended_at IS NULL) THEN
        RAISE EXCEPTION 'evenhand: only who was drawn for this request decides on it' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_tickets_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'evenhand: a ticket''s urgency can''t be changed' USING ERRCODE = '23001';
END $$;
-- +goose StatementEnd

CREATE TRIGGER draw_seeds_guard BEFORE INSERT OR UPDATE ON draw_seeds FOR EACH ROW EXECUTE FUNCTION evenhand_draw_seeds_guard();
CREATE TRIGGER draws_guard BEFORE INSERT ON draws FOR EACH ROW EXECUTE FUNCTION evenhand_draws_guard();
CREATE TRIGGER approver_draws_guard BEFORE INSERT OR UPDATE ON approver_draws FOR EACH ROW EXECUTE FUNCTION evenhand_approver_draws_guard();
CREATE TRIGGER approvals_drawn BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION evenhand_approvals_drawn();
CREATE TRIGGER tickets_urgency BEFORE UPDATE ON tickets FOR EACH ROW
    WHEN (NEW.priority IS DISTINCT FROM OLD.priority OR NEW.due_at IS DISTINCT FROM OLD.due_at OR NEW.queue IS DISTINCT FROM OLD.queue)
    EXECUTE FUNCTION evenhand_tickets_guard();

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    EXECUTE 'CREATE TRIGGER draws_append_only BEFORE UPDATE OR DELETE ON draws FOR EACH ROW EXECUTE FUNCTION evenhand_append_only()';
    EXECUTE 'CREATE TRIGGER draws_no_truncate BEFORE TRUNCATE ON draws FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only()';
    FOREACH t IN ARRAY ARRAY['draw_seeds', 'approver_draws'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted()', t || '_never_deleted', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted()', t || '_no_truncate', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER tickets_urgency ON tickets;
DROP TRIGGER approvals_drawn ON approvals;
DROP INDEX tickets_by_opening;
DROP TABLE approver_draws;
DROP TABLE draws;
DROP TABLE draw_seeds;
DROP FUNCTION evenhand_tickets_guard();
DROP FUNCTION evenhand_approvals_drawn();
DROP FUNCTION evenhand_approver_draws_guard();
DROP FUNCTION evenhand_draws_guard();
DROP FUNCTION evenhand_draw_seeds_guard();
ALTER TABLE removal_requests DROP COLUMN drawn;
ALTER TABLE marketplaces DROP COLUMN approvers_drawn;
