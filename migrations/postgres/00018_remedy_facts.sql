-- Histories know which remedy a request asks for. A moved review stands in them where it came in.
-- +goose Up
ALTER TABLE removal_facts ADD COLUMN remedy text NOT NULL DEFAULT 'remove';
UPDATE removal_facts f SET remedy = q.remedy FROM removal_requests q
 WHERE q.marketplace_id = f.marketplace_id AND q.proposal_id = f.proposal_id AND q.remedy <> 'remove';

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_fact_asked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO removal_facts
    SELECT NEW.marketplace_id, NEW.proposal_id, NEW.review_id, NEW.seller_id, COALESCE(r.home_product_id, r.product_id), r.customer_id, NEW.requester_id,
           NEW.created_at, p.decided_at, NULL, NULL, NULL, 0, NEW.rating, r.verified, p.state, NEW.reason_code, t.queue,
           COALESCE((SELECT d.assigned FROM decisions d WHERE d.marketplace_id = NEW.marketplace_id AND d.id = NEW.proposal_id), ''), NEW.remedy
      FROM proposals p, reviews r, tickets t
     WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id
       AND r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id
       AND t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id;
    RETURN NULL;
END $$;
-- +goose StatementEnd

DROP TRIGGER decisions_fact ON decisions;
CREATE TRIGGER decisions_fact AFTER INSERT ON decisions FOR EACH ROW WHEN (NEW.proposal_id IS NOT NULL) EXECUTE FUNCTION evenhand_fact_assigned();
DROP TRIGGER proposals_fact ON proposals;
CREATE TRIGGER proposals_fact AFTER UPDATE ON proposals FOR EACH ROW
    WHEN (NEW.kind LIKE 'review.%' AND NEW.state <> 'approved' AND (NEW.state, NEW.decided_at) IS DISTINCT FROM (OLD.state, OLD.decided_at)) EXECUTE FUNCTION evenhand_fact_state();

-- +goose Down
DROP TRIGGER proposals_fact ON proposals;
CREATE TRIGGER proposals_fact AFTER UPDATE ON proposals FOR EACH ROW
    WHEN (NEW.kind = 'review.remove' AND NEW.state <> 'approved' AND (NEW.state, NEW.decided_at) IS DISTINCT FROM (OLD.state, OLD.decided_at)) EXECUTE FUNCTION evenhand_fact_state();
DROP TRIGGER decisions_fact ON decisions;
CREATE TRIGGER decisions_fact AFTER INSERT ON decisions FOR EACH ROW WHEN (NEW.action = 'remove') EXECUTE FUNCTION evenhand_fact_assigned();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_fact_asked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
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
ALTER TABLE removal_facts DROP COLUMN remedy;
