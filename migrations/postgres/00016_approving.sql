-- Approving: which evidence was opened, questions back to who asked, a second seat for requests near their end, and the
-- latest alarms of the board.
-- +goose Up
-- evidence: how many pieces have to be opened before this is approved; 0 for what was asked before there was a count.
ALTER TABLE removal_requests ADD COLUMN evidence smallint NOT NULL DEFAULT 0 CHECK (evidence >= 0);
CREATE INDEX removal_requests_by_pair ON removal_requests (marketplace_id, requester_id, seller_id, created_at);
CREATE INDEX proposals_open ON proposals (marketplace_id, created_at, id) WHERE state = 'open';
CREATE INDEX approvals_by_approver ON approvals (marketplace_id, approver_id, created_at, id);

-- Who has opened which piece of a request's evidence. item counts from 0, in the order of the request.
CREATE TABLE evidence_openings (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    proposal_id    uuid        NOT NULL,
    item           smallint    NOT NULL CHECK (item >= 0),
    staff_id       uuid        NOT NULL REFERENCES staff (id),
    opened_at      timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id, staff_id, item),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES removal_requests (marketplace_id, proposal_id)
);

-- What an approver asks back about a request, and what its requester answers. n counts within the request, from 1.
-- text_digest commits to the text, SHA-256(text_salt ‖ canonical JSON of the text), and outlives it.
CREATE TABLE proposal_messages (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    proposal_id    uuid        NOT NULL,
    n              smallint    NOT NULL CHECK (n BETWEEN 1 AND 50),
    author_id      uuid        NOT NULL REFERENCES staff (id),
    kind           text        NOT NULL CHECK (kind IN ('question', 'answer')),
    text           text        NOT NULL,
    text_salt      bytea       NOT NULL,
    text_digest    bytea       NOT NULL CHECK (octet_length(text_digest) = 32),
    created_at     timestamptz NOT NULL,
    erased_at      timestamptz,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id, n),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES removal_requests (marketplace_id, proposal_id)
);

-- The board of a marketplace as it was last computed, and the pairs that stood out. Nothing is decided by it: it can be
-- computed again from the decisions at any time. lease_until is until when somebody is at it.
CREATE TABLE kept_boards (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    computed_at    timestamptz,
    since          timestamptz,
    compared       integer     NOT NULL DEFAULT 0,
    lease_until    timestamptz,
    PRIMARY KEY (marketplace_id)
);
CREATE TABLE kept_alarms (
    marketplace_id text             NOT NULL REFERENCES kept_boards (marketplace_id),
    moderator_id   uuid             NOT NULL,
    seller_id      uuid             NOT NULL,
    exposure       integer          NOT NULL,
    observed       integer          NOT NULL,
    expected       double precision NOT NULL,
    PRIMARY KEY (marketplace_id, moderator_id, seller_id)
);

-- +goose StatementBegin
CREATE FUNCTION evenhand_evidence_openings_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM removal_requests q JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
        WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.proposal_id AND NEW.item < q.evidence
          AND p.state = 'open' AND p.requester_id <> NEW.staff_id) THEN
        RAISE EXCEPTION 'evenhand: there is no such evidence for this person to open' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_proposal_messages_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.text <> '' OR NEW.text_salt <> ''
           OR to_jsonb(NEW) - '{text,text_salt,erased_at}'::text[] <> to_jsonb(OLD) - '{text,text_salt,erased_at}'::text[]
           OR NEW.erased_at IS DISTINCT FROM evenhand_subject_erased(OLD.marketplace_id, OLD.proposal_id) THEN
            RAISE EXCEPTION 'evenhand: proposal_messages is append-only' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.erased_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM proposals p
        WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.state = 'open'
          AND (NEW.kind = 'answer') = (p.requester_id = NEW.author_id)) THEN
        RAISE EXCEPTION 'evenhand: others ask, and the requester answers, while the request is open' USING ERRCODE = '23001';
    END IF;
    IF NEW.n <> 1 + (SELECT count(*) FROM proposal_messages WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id) THEN
        RAISE EXCEPTION 'evenhand: a message can''t be left out' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER evidence_openings_guard BEFORE INSERT ON evidence_openings FOR EACH ROW EXECUTE FUNCTION evenhand_evidence_openings_guard();
CREATE TRIGGER evidence_openings_append_only BEFORE UPDATE OR DELETE ON evidence_openings FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER evidence_openings_no_truncate BEFORE TRUNCATE ON evidence_openings FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER proposal_messages_guard BEFORE INSERT OR UPDATE ON proposal_messages FOR EACH ROW EXECUTE FUNCTION evenhand_proposal_messages_guard();
CREATE TRIGGER proposal_messages_append_only BEFORE DELETE ON proposal_messages FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER proposal_messages_no_truncate BEFORE TRUNCATE ON proposal_messages FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();

-- As in 00009, with one seat more once a request is near its end: the last third of its time, and at least the last four
-- hours of it.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_approver_draws_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
    seats integer;
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
    seats := p.quorum;
    IF NEW.drawn_at >= p.expires_at - greatest((p.expires_at - p.created_at) / 3, interval '4 hours') THEN
        seats := seats + 1;
    END IF;
    IF (SELECT count(*) FROM approver_draws WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id AND ended_at IS NULL) >= seats THEN
        RAISE EXCEPTION 'evenhand: enough people are drawn for this request' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_approver_draws_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
DROP TABLE kept_alarms;
DROP TABLE kept_boards;
DROP TABLE proposal_messages;
DROP TABLE evidence_openings;
DROP FUNCTION evenhand_proposal_messages_guard();
DROP FUNCTION evenhand_evidence_openings_guard();
DROP INDEX approvals_by_approver;
DROP INDEX proposals_open;
DROP INDEX removal_requests_by_pair;
ALTER TABLE removal_requests DROP COLUMN evidence;
