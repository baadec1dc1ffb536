-- What histories filter and count by, in one narrow row for each request for a removal, and filters that people keep.
-- removal_facts follows from other tables, in the transaction that changes them: the application's account only reads it,
-- and verify holds it against them.
-- +goose Up
-- state is the proposal's, where approved is still open; approver_id gave the first of the verdicts.
CREATE TABLE removal_facts (
    marketplace_id text        NOT NULL,
    proposal_id    uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    seller_id      uuid        NOT NULL,
    product_id     uuid        NOT NULL,
    customer_id    uuid        NOT NULL,
    requester_id   uuid        NOT NULL,
    asked_at       timestamptz NOT NULL,
    decided_at     timestamptz,
    restored_at    timestamptz,
    approver_id    uuid,
    verdict_at     timestamptz,
    verdicts       smallint    NOT NULL DEFAULT 0,
    rating         smallint    NOT NULL,
    verified       boolean,
    state          text        NOT NULL,
    reason_code    text        NOT NULL,
    queue          text        NOT NULL,
    assigned       text        NOT NULL DEFAULT '' CHECK (assigned IN ('', 'random', 'picked')),
    PRIMARY KEY (marketplace_id, proposal_id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES removal_requests (marketplace_id, proposal_id)
);

INSERT INTO removal_facts (marketplace_id, proposal_id, review_id, seller_id, product_id, customer_id, requester_id, asked_at, decided_at, restored_at,
       approver_id, verdict_at, verdicts, rating, verified, state, reason_code, queue, assigned)
SELECT q.marketplace_id, q.proposal_id, q.review_id, q.seller_id, r.product_id, r.customer_id, q.requester_id, q.created_at, p.decided_at, x.created_at,
       a.approver_id, a.created_at, COALESCE(n.verdicts, 0),
       q.rating, r.verified, CASE p.state WHEN 'approved' THEN 'open' ELSE p.state END, q.reason_code, t.queue, COALESCE(d.assigned, '')
  FROM removal_requests q
  JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
  JOIN reviews r ON r.marketplace_id = q.marketplace_id AND r.id = q.review_id
  JOIN tickets t ON t.marketplace_id = q.marketplace_id AND t.id = q.ticket_id
  LEFT JOIN restorations x ON x.marketplace_id = q.marketplace_id AND x.proposal_id = q.proposal_id
  LEFT JOIN decisions d ON d.marketplace_id = q.marketplace_id AND d.id = q.proposal_id
  LEFT JOIN (SELECT marketplace_id, proposal_id, min(created_at) AS first, count(*) AS verdicts FROM approvals GROUP BY marketplace_id, proposal_id) n
    ON n.marketplace_id = q.marketplace_id AND n.proposal_id = q.proposal_id
  LEFT JOIN approvals a ON a.marketplace_id = n.marketplace_id AND a.proposal_id = n.proposal_id AND a.created_at = n.first
   AND NOT EXISTS (SELECT 1 FROM approvals b WHERE b.marketplace_id = a.marketplace_id AND b.proposal_id = a.proposal_id AND b.created_at = a.created_at AND b.id < a.id);

CREATE INDEX removal_facts_by_time ON removal_facts (marketplace_id, asked_at, proposal_id) INCLUDE (state, restored_at, decided_at);
CREATE INDEX removal_facts_by_seller ON removal_facts (marketplace_id, seller_id, asked_at, proposal_id);
CREATE INDEX removal_facts_by_requester ON removal_facts (marketplace_id, requester_id, asked_at, proposal_id);
CREATE INDEX removal_facts_by_approver ON removal_facts (marketplace_id, approver_id, asked_at, proposal_id) WHERE approver_id IS NOT NULL;
CREATE INDEX removal_facts_by_several ON removal_facts (marketplace_id, proposal_id) WHERE verdicts > 1;
CREATE INDEX removal_facts_by_state ON removal_facts (marketplace_id, state, asked_at, proposal_id);
CREATE INDEX removal_facts_by_product ON removal_facts (marketplace_id, product_id);
CREATE INDEX removal_facts_by_customer ON removal_facts (marketplace_id, customer_id);
CREATE INDEX removal_facts_by_review ON removal_facts (marketplace_id, review_id);
CREATE INDEX approvals_by_person ON approvals (marketplace_id, approver_id, created_at, proposal_id, verdict);
CREATE INDEX approvals_by_time ON approvals (marketplace_id, created_at, approver_id, verdict);
CREATE INDEX sellers_by_name ON sellers (marketplace_id, name);
CREATE INDEX decisions_by_seller ON decisions (marketplace_id, seller_id, decided_at);
CREATE INDEX decisions_counted ON decisions (marketplace_id, decided_at) INCLUDE (moderator_id, seller_id, rating);

-- +goose StatementBegin
CREATE FUNCTION evenhand_fact_asked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO removal_facts
    SELECT NEW.marketplace_id, NEW.proposal_id, NEW.review_id, NEW.seller_id, r.product_id, r.customer_id, NEW.requester_id, NEW.created_at, p.decided_at, NULL,
           NULL, NULL, 0, NEW.rating, r.verified, p.state, NEW.reason_code, t.queue,
           COALESCE((SELECT d.assigned FROM decisions d WHERE d.marketplace_id = NEW.marketplace_id AND d.id = NEW.proposal_id), '')
      FROM proposals p, reviews r, tickets t
     WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id
       AND r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id
       AND t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_fact_assigned() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE removal_facts SET assigned = NEW.assigned WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_fact_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE removal_facts SET state = NEW.state, decided_at = NEW.decided_at WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_fact_verdict() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE removal_facts SET approver_id = COALESCE(approver_id, NEW.approver_id), verdict_at = COALESCE(verdict_at, NEW.created_at), verdicts = verdicts + 1
     WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_fact_restored() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE removal_facts SET restored_at = NEW.created_at WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER removal_requests_fact AFTER INSERT ON removal_requests FOR EACH ROW EXECUTE FUNCTION evenhand_fact_asked();
CREATE TRIGGER decisions_fact AFTER INSERT ON decisions FOR EACH ROW WHEN (NEW.action = 'remove') EXECUTE FUNCTION evenhand_fact_assigned();
CREATE TRIGGER proposals_fact AFTER UPDATE ON proposals FOR EACH ROW
    WHEN (NEW.kind = 'review.remove' AND NEW.state <> 'approved' AND (NEW.state, NEW.decided_at) IS DISTINCT FROM (OLD.state, OLD.decided_at)) EXECUTE FUNCTION evenhand_fact_state();
CREATE TRIGGER approvals_fact AFTER INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION evenhand_fact_verdict();
CREATE TRIGGER restorations_fact AFTER INSERT ON restorations FOR EACH ROW EXECUTE FUNCTION evenhand_fact_restored();
CREATE TRIGGER removal_facts_never_deleted BEFORE DELETE ON removal_facts FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted();
CREATE TRIGGER removal_facts_no_truncate BEFORE TRUNCATE ON removal_facts FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted();

-- A filter that somebody keeps; id is its entry's. query is the filter as an address has it, ids in place of names.
CREATE TABLE saved_filters (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    id             uuid        NOT NULL,
    owner_id       uuid        NOT NULL REFERENCES staff (id),
    name           text        NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    query          text        NOT NULL CHECK (length(query) <= 8000),
    shared         boolean     NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX saved_filters_by_owner ON saved_filters (marketplace_id, owner_id, created_at);
CREATE INDEX saved_filters_shared ON saved_filters (marketplace_id, created_at) WHERE shared;

-- +goose StatementBegin
CREATE FUNCTION evenhand_saved_filters_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.marketplace_id, NEW.id, NEW.owner_id, NEW.query, NEW.shared, NEW.created_at)
       IS DISTINCT FROM (OLD.marketplace_id, OLD.id, OLD.owner_id, OLD.query, OLD.shared, OLD.created_at) THEN
        RAISE EXCEPTION 'evenhand: a saved filter is renamed or deleted, and never edited' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER saved_filters_guard BEFORE UPDATE ON saved_filters FOR EACH ROW EXECUTE FUNCTION evenhand_saved_filters_guard();

-- +goose Down
DROP TABLE saved_filters;
DROP FUNCTION evenhand_saved_filters_guard();
DROP TRIGGER restorations_fact ON restorations;
DROP TRIGGER approvals_fact ON approvals;
DROP TRIGGER proposals_fact ON proposals;
DROP TRIGGER decisions_fact ON decisions;
DROP TRIGGER removal_requests_fact ON removal_requests;
DROP FUNCTION evenhand_fact_restored();
DROP FUNCTION evenhand_fact_verdict();
DROP FUNCTION evenhand_fact_state();
DROP FUNCTION evenhand_fact_assigned();
DROP FUNCTION evenhand_fact_asked();
DROP INDEX decisions_counted;
DROP INDEX decisions_by_seller;
DROP INDEX sellers_by_name;
DROP INDEX approvals_by_time;
DROP INDEX approvals_by_person;
DROP TABLE removal_facts;
