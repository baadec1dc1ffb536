-- Sets: linked reviews in one request. The request about the ticket's own review leads. Each other review has a request of
-- its own, which follows the lead's: the same people's verdicts, the same end, unless its review changes first. The larger
-- the set, the more people.
-- +goose Up
-- set_size is on the lead, itself counted; lead_id and set_place, from 1, are on those that follow.
ALTER TABLE proposals ADD COLUMN lead_id uuid, ADD COLUMN set_place smallint, ADD COLUMN set_size smallint,
    ADD FOREIGN KEY (marketplace_id, lead_id) REFERENCES proposals (marketplace_id, id),
    ADD CONSTRAINT proposals_set_place CHECK ((lead_id IS NULL) = (set_place IS NULL)),
    ADD CONSTRAINT proposals_set_lead CHECK (lead_id IS NULL OR set_size IS NULL),
    ADD CONSTRAINT proposals_set_quorum CHECK (set_size IS NULL OR (set_size BETWEEN 2 AND 1000 AND kind = 'review.remove'
        AND quorum >= CASE WHEN set_size <= 50 THEN 2 ELSE 3 END));
CREATE UNIQUE INDEX proposals_in_sets ON proposals (marketplace_id, lead_id, set_place) WHERE lead_id IS NOT NULL;

-- What a moderator has gathered for a request that isn't sent yet: a note of work, of which nothing follows.
CREATE TABLE set_picks (
    marketplace_id text        NOT NULL,
    ticket_id      uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    staff_id       uuid        NOT NULL REFERENCES staff (id),
    picked_at      timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, ticket_id, staff_id, review_id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);

-- +goose StatementBegin
CREATE FUNCTION evenhand_sets_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    l proposals%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.lead_id, NEW.set_place, NEW.set_size) IS DISTINCT FROM (OLD.lead_id, OLD.set_place, OLD.set_size) THEN
            RAISE EXCEPTION 'evenhand: of which set a request is can''t be changed' USING ERRCODE = '23001';
        END IF;
        IF NEW.state = OLD.state THEN
            RETURN NEW;
        END IF;
        IF NEW.set_size IS NOT NULL AND NEW.state = 'approved'
           AND (SELECT count(*) FROM proposals WHERE marketplace_id = NEW.marketplace_id AND lead_id = NEW.id) <> NEW.set_size - 1 THEN
            RAISE EXCEPTION 'evenhand: the set isn''t whole' USING ERRCODE = '23001';
        END IF;
        IF NEW.lead_id IS NOT NULL AND NEW.state <> 'void' THEN
            SELECT * INTO l FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.lead_id;
            IF (CASE NEW.state WHEN 'approved' THEN l.state NOT IN ('approved', 'effective')
                               WHEN 'effective' THEN l.state <> 'effective' ELSE l.state <> NEW.state END) THEN
                RAISE EXCEPTION 'evenhand: a request of a set comes to the end that the set comes to' USING ERRCODE = '23001';
            END IF;
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.lead_id IS NOT NULL THEN
        SELECT * INTO l FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.lead_id;
        IF NOT FOUND OR l.state <> 'open' OR l.set_size IS NULL OR NEW.set_place NOT BETWEEN 1 AND l.set_size - 1
           OR (l.kind, l.requester_id, l.quorum, l.created_at, l.expires_at) IS DISTINCT FROM (NEW.kind, NEW.requester_id, NEW.quorum, NEW.created_at, NEW.expires_at)
           OR l.subject_id = NEW.subject_id THEN
            RAISE EXCEPTION 'evenhand: there is no such set for this request' USING ERRCODE = '23001';
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- Nobody decides on one request of a set: they decide on the set.
-- +goose StatementBegin
CREATE FUNCTION evenhand_set_approvals_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.lead_id IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = p.marketplace_id AND a.proposal_id = p.lead_id
            AND a.approver_id = NEW.approver_id AND a.verdict = NEW.verdict AND a.created_at = NEW.created_at)) THEN
        RAISE EXCEPTION 'evenhand: a set is decided on as a whole' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- Nobody is drawn who has an interest in a seller of the set.
-- +goose StatementBegin
CREATE FUNCTION evenhand_set_draws_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM proposals p
        JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
        JOIN interests i ON i.marketplace_id = q.marketplace_id AND i.seller_id = q.seller_id AND i.staff_id = NEW.approver_id AND i.ended_at IS NULL
        WHERE p.marketplace_id = NEW.marketplace_id AND p.lead_id = NEW.proposal_id) THEN
        RAISE EXCEPTION 'evenhand: this person can''t be drawn for this request' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER proposals_sets_guard BEFORE INSERT OR UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION evenhand_sets_guard();
CREATE TRIGGER approvals_set_guard BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION evenhand_set_approvals_guard();
CREATE TRIGGER approver_draws_set_guard BEFORE INSERT ON approver_draws FOR EACH ROW EXECUTE FUNCTION evenhand_set_draws_guard();

-- +goose Down
DROP TRIGGER approver_draws_set_guard ON approver_draws;
DROP TRIGGER approvals_set_guard ON approvals;
DROP TRIGGER proposals_sets_guard ON proposals;
DROP FUNCTION evenhand_set_draws_guard();
DROP FUNCTION evenhand_set_approvals_guard();
DROP FUNCTION evenhand_sets_guard();
DROP TABLE set_picks;
DROP INDEX proposals_in_sets;
ALTER TABLE proposals DROP COLUMN set_size, DROP COLUMN set_place, DROP COLUMN lead_id;
