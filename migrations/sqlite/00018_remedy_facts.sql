-- Histories know which remedy a request asks for. A moved review stands in them where it came in.
-- +goose Up
ALTER TABLE removal_facts ADD COLUMN remedy text NOT NULL DEFAULT 'remove';
UPDATE removal_facts SET remedy = (SELECT q.remedy FROM removal_requests q WHERE q.marketplace_id = removal_facts.marketplace_id AND q.proposal_id = removal_facts.proposal_id);
DROP TRIGGER proposals_fact;
DROP TRIGGER decisions_fact;
DROP TRIGGER removal_requests_fact;
-- +goose StatementBegin
CREATE TRIGGER removal_requests_fact AFTER INSERT ON removal_requests
BEGIN
    INSERT INTO removal_facts
    SELECT NEW.marketplace_id, NEW.proposal_id, NEW.review_id, NEW.seller_id, COALESCE(r.home_product_id, r.product_id), r.customer_id, NEW.requester_id, NEW.created_at, p.decided_at, NULL,
           NULL, NULL, 0, NEW.rating, r.verified, p.state, NEW.reason_code, t.queue,
           COALESCE((SELECT d.assigned FROM decisions d WHERE d.marketplace_id = NEW.marketplace_id AND d.id = NEW.proposal_id), ''), NEW.remedy
      FROM proposals p, reviews r, tickets t
     WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id
       AND r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id
       AND t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_fact AFTER INSERT ON decisions WHEN NEW.proposal_id IS NOT NULL
BEGIN
    UPDATE removal_facts SET assigned = NEW.assigned WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER proposals_fact AFTER UPDATE ON proposals WHEN NEW.kind LIKE 'review.%' AND NEW.state <> 'approved' AND (NEW.state <> OLD.state OR NEW.decided_at IS NOT OLD.decided_at)
BEGIN
    UPDATE removal_facts SET state = NEW.state, decided_at = NEW.decided_at WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.id;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER proposals_fact;
DROP TRIGGER decisions_fact;
DROP TRIGGER removal_requests_fact;
ALTER TABLE removal_facts DROP COLUMN remedy;
-- +goose StatementBegin
CREATE TRIGGER removal_requests_fact AFTER INSERT ON removal_requests
BEGIN
    INSERT INTO removal_facts
    SELECT NEW.marketplace_id, NEW.proposal_id, NEW.review_id, NEW.seller_id, r.product_id, r.customer_id, NEW.requester_id, NEW.created_at, p.decided_at, NULL,
           NULL, NULL, 0, NEW.rating, r.verified, p.state, NEW.reason_code, t.queue,
           COALESCE((SELECT d.assigned FROM decisions d WHERE d.marketplace_id = NEW.marketplace_id AND d.id = NEW.proposal_id), '')
      FROM proposals p, reviews r, tickets t
     WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id
       AND r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id
       AND t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_fact AFTER INSERT ON decisions WHEN NEW.action = 'remove'
BEGIN
    UPDATE removal_facts SET assigned = NEW.assigned WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.id;
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER proposals_fact AFTER UPDATE ON proposals WHEN NEW.kind = 'review.remove' AND NEW.state <> 'approved' AND (NEW.state <> OLD.state OR NEW.decided_at IS NOT OLD.decided_at)
BEGIN
    UPDATE removal_facts SET state = NEW.state, decided_at = NEW.decided_at WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.id;
END;
-- +goose StatementEnd
