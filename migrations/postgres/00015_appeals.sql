-- Statements of reasons and appeals. A statement is made with the removal's effect and holds no words: they follow from the
-- decision. token_hash is a keyed hash of its link, whose key isn't here. An appeal's words are the author's, an answer's are
-- whoever's was drawn to answer; both are committed to by salted digests, so that they can be erased.
-- +goose Up
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_actor_kind_check;
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_actor_kind_check CHECK (actor_kind IN ('person', 'command', 'system', 'author')) NOT VALID;

-- What statements say of a marketplace: their language, where else an author can complain, and the countries, as ISO codes
-- with spaces between them, in which a removal takes effect ('': wherever the marketplace is read).
ALTER TABLE marketplaces
    ADD COLUMN statement_language text NOT NULL DEFAULT 'en' CHECK (statement_language IN ('en', 'de')),
    ADD COLUMN redress_body       text NOT NULL DEFAULT '',
    ADD COLUMN territory          text NOT NULL DEFAULT '' CHECK (territory ~ '^([A-Z]{2}( [A-Z]{2})*)?$');

CREATE TABLE statements (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    proposal_id    uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    review_version integer     NOT NULL,
    token_hash     bytea       NOT NULL UNIQUE CHECK (octet_length(token_hash) = 32),
    language       text        NOT NULL,
    form           smallint    NOT NULL,
    appeal_until   timestamptz NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);
CREATE INDEX statements_by_time ON statements (marketplace_id, created_at, id);

CREATE TABLE appeals (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    statement_id   uuid        NOT NULL,
    proposal_id    uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    wrong          text        NOT NULL CHECK (wrong IN ('', 'facts', 'rule', 'words', 'person', 'other')),
    words          text        NOT NULL,
    salt           bytea       NOT NULL,
    digest         bytea       NOT NULL,
    filed_at       timestamptz NOT NULL,
    due_at         timestamptz NOT NULL,
    erased_at      timestamptz,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, statement_id) REFERENCES statements (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);
CREATE INDEX appeals_by_time ON appeals (marketplace_id, filed_at, id);
CREATE INDEX appeals_by_statement ON appeals (marketplace_id, statement_id);
CREATE INDEX appeals_by_review ON appeals (marketplace_id, review_id);
CREATE INDEX appeals_by_proposal ON appeals (marketplace_id, proposal_id);

-- The n-th person drawn to answer an appeal. pool is the canonical JSON list of those who might have been, by id.
CREATE TABLE appeal_draws (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    appeal_id      uuid        NOT NULL,
    person_id      uuid        NOT NULL REFERENCES staff (id),
    n              integer     NOT NULL CHECK (n >= 0),
    period         text        NOT NULL,
    pool           text        NOT NULL,
    drawn_at       timestamptz NOT NULL,
    ended_at       timestamptz,
    ended_why      text        CHECK (ended_why IN ('touched', 'disabled', 'role', 'absent', 'conflict', 'expertise', 'language', 'upsetting')),
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, appeal_id, n),
    UNIQUE (marketplace_id, appeal_id, person_id),
    FOREIGN KEY (marketplace_id, appeal_id) REFERENCES appeals (marketplace_id, id),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX appeal_draws_one ON appeal_draws (marketplace_id, appeal_id) WHERE ended_at IS NULL;

CREATE TABLE appeal_answers (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    appeal_id      uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    person_id      uuid        NOT NULL REFERENCES staff (id),
    verdict        text        NOT NULL CHECK (verdict IN ('uphold', 'reverse')),
    words          text        NOT NULL,
    salt           bytea       NOT NULL,
    digest         bytea       NOT NULL,
    seal           bytea       NOT NULL,
    answered_at    timestamptz NOT NULL,
    erased_at      timestamptz,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, appeal_id),
    FOREIGN KEY (marketplace_id, appeal_id) REFERENCES appeals (marketplace_id, id)
);
CREATE INDEX appeal_answers_by_review ON appeal_answers (marketplace_id, review_id);

ALTER TABLE restorations ADD COLUMN appeal_id uuid;
CREATE INDEX restorations_by_review ON restorations (marketplace_id, review_id);

-- Whether a person has had a hand in what became of a review, or has an interest in its seller.
-- +goose StatementBegin
CREATE FUNCTION evenhand_touched(market text, review uuid, person uuid) RETURNS boolean LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM removal_requests q WHERE q.marketplace_id = market AND q.review_id = review AND (q.requester_id = person
                OR EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = market AND a.proposal_id = q.proposal_id AND a.approver_id = person)
                OR EXISTS (SELECT 1 FROM approver_draws w WHERE w.marketplace_id = market AND w.proposal_id = q.proposal_id AND w.approver_id = person)))
        OR EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = market AND t.review_id = review AND (t.lease_holder_id = person
                OR EXISTS (SELECT 1 FROM draws w WHERE w.marketplace_id = market AND w.ticket_id = t.id AND w.person_id = person)
                OR EXISTS (SELECT 1 FROM skips k WHERE k.marketplace_id = market AND k.ticket_id = t.id AND k.staff_id = person)
                OR EXISTS (SELECT 1 FROM decisions d WHERE d.marketplace_id = market AND d.ticket_id = t.id AND d.moderator_id = person)))
        OR EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = market AND x.review_id = review AND x.staff_id = person)
        OR EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = market AND y.review_id = review AND y.person_id = person)
        OR EXISTS (SELECT 1 FROM interests i JOIN reviews r ON r.marketplace_id = i.marketplace_id AND r.seller_id = i.seller_id
                    WHERE r.marketplace_id = market AND r.id = review AND i.staff_id = person AND i.ended_at IS NULL);
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_statements_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.kind = 'review.remove'
                      AND p.state = 'effective' AND p.subject_id = NEW.review_id::text AND p.subject_version = NEW.review_version) THEN
        RAISE EXCEPTION 'evenhand: a statement is of a removal that took effect' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_appeals_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM reviews WHERE marketplace_id = NEW.marketplace_id AND id = NEW.review_id FOR UPDATE;
    IF NEW.erased_at IS NOT NULL OR evenhand_author_erased(NEW.marketplace_id, NEW.review_id) IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM statements s WHERE s.marketplace_id = NEW.marketplace_id AND s.id = NEW.statement_id AND s.proposal_id = NEW.proposal_id
           AND s.review_id = NEW.review_id AND NEW.filed_at >= s.created_at AND NEW.filed_at < s.appeal_until) THEN
        RAISE EXCEPTION 'evenhand: nothing, or nothing any more, can be appealed here' USING ERRCODE = '23001';
    END IF;
    IF EXISTS (SELECT 1 FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.statement_id = NEW.statement_id AND NOT EXISTS (
            SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id)) THEN
        RAISE EXCEPTION 'evenhand: an appeal against this is open' USING ERRCODE = '23001';
    END IF;
    IF EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = NEW.marketplace_id AND x.proposal_id = NEW.proposal_id) THEN
        RAISE EXCEPTION 'evenhand: this review was restored' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_appeal_draws_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    about uuid;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.marketplace_id, NEW.id, NEW.appeal_id, NEW.person_id, NEW.n, NEW.period, NEW.pool, NEW.drawn_at)
           IS DISTINCT FROM (OLD.marketplace_id, OLD.id, OLD.appeal_id, OLD.person_id, OLD.n, OLD.period, OLD.pool, OLD.drawn_at)
           OR OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL THEN
            RAISE EXCEPTION 'evenhand: who was drawn for an appeal can''t be changed' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM draw_seeds WHERE marketplace_id = NEW.marketplace_id AND period = NEW.period AND seed IS NULL) THEN
        RAISE EXCEPTION 'evenhand: a draw needs a seed that is committed to and not yet revealed' USING ERRCODE = '23001';
    END IF;
    IF NEW.n <> (SELECT count(*) FROM appeal_draws WHERE marketplace_id = NEW.marketplace_id AND appeal_id = NEW.appeal_id) THEN
        RAISE EXCEPTION 'evenhand: a draw can''t be left out' USING ERRCODE = '23001';
    END IF;
    SELECT review_id INTO about FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id
       AND NOT EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id);
    IF about IS NULL OR NEW.ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.person_id AND disabled_at IS NULL)
       OR evenhand_touched(NEW.marketplace_id, about, NEW.person_id) THEN
        RAISE EXCEPTION 'evenhand: this person can''t be drawn for this appeal' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_appeal_answers_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.erased_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM appeals a JOIN appeal_draws w ON w.marketplace_id = a.marketplace_id AND w.appeal_id = a.id AND w.ended_at IS NULL
            JOIN staff s ON s.id = w.person_id AND s.disabled_at IS NULL
        WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id AND a.review_id = NEW.review_id AND a.erased_at IS NULL AND w.person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'evenhand: only who was drawn for this appeal answers it' USING ERRCODE = '23001';
    END IF;
    IF evenhand_touched(NEW.marketplace_id, NEW.review_id, NEW.person_id) THEN
        RAISE EXCEPTION 'evenhand: who touched the case doesn''t answer an appeal about it' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- What its author took back stays away, and a restoration on appeal has its answer.
-- +goose StatementBegin
CREATE FUNCTION evenhand_restorations_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM removal_requests q WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.proposal_id AND q.reason_code = 'AUTHOR_WITHDREW') THEN
        RAISE EXCEPTION 'evenhand: what its author took back doesn''t come back' USING ERRCODE = '23001';
    END IF;
    IF NEW.appeal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM appeal_answers y JOIN appeals a ON a.marketplace_id = y.marketplace_id AND a.id = y.appeal_id
        WHERE y.marketplace_id = NEW.marketplace_id AND y.appeal_id = NEW.appeal_id AND y.verdict = 'reverse' AND y.person_id = NEW.staff_id
          AND a.proposal_id = NEW.proposal_id AND a.review_id = NEW.review_id) THEN
        RAISE EXCEPTION 'evenhand: no answer to an appeal restores this' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER statements_guard BEFORE INSERT ON statements FOR EACH ROW EXECUTE FUNCTION evenhand_statements_guard();
CREATE TRIGGER appeals_guard BEFORE INSERT ON appeals FOR EACH ROW EXECUTE FUNCTION evenhand_appeals_guard();
CREATE TRIGGER appeal_draws_guard BEFORE INSERT OR UPDATE ON appeal_draws FOR EACH ROW EXECUTE FUNCTION evenhand_appeal_draws_guard();
CREATE TRIGGER appeal_answers_guard BEFORE INSERT ON appeal_answers FOR EACH ROW EXECUTE FUNCTION evenhand_appeal_answers_guard();
CREATE TRIGGER restorations_guard BEFORE INSERT ON restorations FOR EACH ROW EXECUTE FUNCTION evenhand_restorations_guard();
CREATE TRIGGER appeals_blank_only BEFORE UPDATE ON appeals FOR EACH ROW EXECUTE FUNCTION evenhand_blank_only('words', 'salt');
CREATE TRIGGER appeal_answers_blank_only BEFORE UPDATE ON appeal_answers FOR EACH ROW EXECUTE FUNCTION evenhand_blank_only('words', 'salt');
CREATE TRIGGER statements_append_only BEFORE UPDATE OR DELETE ON statements FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER appeals_append_only BEFORE DELETE ON appeals FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER appeal_answers_append_only BEFORE DELETE ON appeal_answers FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER appeal_draws_never_deleted BEFORE DELETE ON appeal_draws FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted();

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['statements', 'appeals', 'appeal_draws', 'appeal_answers'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted()', t || '_no_truncate', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER restorations_guard ON restorations;
DROP INDEX restorations_by_review;
ALTER TABLE restorations DROP COLUMN appeal_id;
DROP TABLE appeal_answers;
DROP TABLE appeal_draws;
DROP TABLE appeals;
DROP TABLE statements;
DROP FUNCTION evenhand_restorations_guard();
DROP FUNCTION evenhand_appeal_answers_guard();
DROP FUNCTION evenhand_appeal_draws_guard();
DROP FUNCTION evenhand_appeals_guard();
DROP FUNCTION evenhand_statements_guard();
DROP FUNCTION evenhand_touched(text, uuid, uuid);
ALTER TABLE marketplaces DROP COLUMN territory, DROP COLUMN redress_body, DROP COLUMN statement_language;
ALTER TABLE ledger_entries DROP CONSTRAINT ledger_entries_actor_kind_check;
ALTER TABLE ledger_entries ADD CONSTRAINT ledger_entries_actor_kind_check CHECK (actor_kind IN ('person', 'command', 'system')) NOT VALID;
