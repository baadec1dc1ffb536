-- Sets: linked reviews in one request. The request about the ticket's own review leads. Each other review has a request of
-- its own, which follows the lead's: the same people's verdicts, the same end, unless its review changes first. The larger
-- the set, the more people.
-- +goose Up
-- set_size is on the lead, itself counted; lead_id and set_place, from 1, are on those that follow.
ALTER TABLE proposals ADD COLUMN lead_id text;
ALTER TABLE proposals ADD COLUMN set_place smallint CHECK ((lead_id IS NULL) = (set_place IS NULL));
ALTER TABLE proposals ADD COLUMN set_size smallint CHECK (set_size IS NULL OR (lead_id IS NULL AND typeof(set_size) = 'integer' AND set_size BETWEEN 2 AND 1000
    AND kind = 'review.remove' AND quorum >= CASE WHEN set_size <= 50 THEN 2 ELSE 3 END));
CREATE UNIQUE INDEX proposals_in_sets ON proposals (marketplace_id, lead_id, set_place) WHERE lead_id IS NOT NULL;

-- What a moderator has gathered for a request that isn't sent yet: a note of work, of which nothing follows.
CREATE TABLE set_picks (
    marketplace_id text     NOT NULL,
    ticket_id      text     NOT NULL,
    review_id      text     NOT NULL,
    staff_id       text     NOT NULL REFERENCES staff (id),
    picked_at      datetime NOT NULL,
    PRIMARY KEY (marketplace_id, ticket_id, staff_id, review_id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);

-- +goose StatementBegin
CREATE TRIGGER proposals_set_fixed BEFORE UPDATE ON proposals
WHEN NEW.lead_id IS NOT OLD.lead_id OR NEW.set_place IS NOT OLD.set_place OR NEW.set_size IS NOT OLD.set_size
BEGIN
    SELECT RAISE(ABORT, 'evenhand: of which set a request is can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_set_whole BEFORE UPDATE ON proposals
WHEN NEW.set_size IS NOT NULL AND NEW.state = 'approved' AND OLD.state <> 'approved'
     AND (SELECT count(*) FROM proposals WHERE marketplace_id = NEW.marketplace_id AND lead_id = NEW.id) <> NEW.set_size - 1
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the set isn''t whole');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_set_end BEFORE UPDATE ON proposals
WHEN NEW.lead_id IS NOT NULL AND NEW.state <> OLD.state AND NEW.state <> 'void' AND NOT EXISTS (
     SELECT 1 FROM proposals l WHERE l.marketplace_id = NEW.marketplace_id AND l.id = NEW.lead_id
       AND CASE NEW.state WHEN 'approved' THEN l.state IN ('approved', 'effective') WHEN 'effective' THEN l.state = 'effective' ELSE l.state = NEW.state END)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a request of a set comes to the end that the set comes to');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_set_member BEFORE INSERT ON proposals
WHEN NEW.lead_id IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM proposals l WHERE l.marketplace_id = NEW.marketplace_id AND l.id = NEW.lead_id AND l.state = 'open' AND l.set_size IS NOT NULL
       AND typeof(NEW.set_place) = 'integer' AND NEW.set_place BETWEEN 1 AND l.set_size - 1 AND l.kind = NEW.kind AND l.requester_id = NEW.requester_id
       AND l.quorum = NEW.quorum AND l.created_at = NEW.created_at AND l.expires_at = NEW.expires_at AND l.subject_id <> NEW.subject_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: there is no such set for this request');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_set_no_replace BEFORE INSERT ON proposals
WHEN NEW.lead_id IS NOT NULL AND EXISTS (SELECT 1 FROM proposals WHERE marketplace_id = NEW.marketplace_id AND lead_id = NEW.lead_id AND set_place = NEW.set_place)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this place of the set is taken');
END;
-- +goose StatementEnd

-- Nobody decides on one request of a set: they decide on the set.
-- +goose StatementBegin
CREATE TRIGGER approvals_set BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.lead_id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = p.marketplace_id AND a.proposal_id = p.lead_id
         AND a.approver_id = NEW.approver_id AND a.verdict = NEW.verdict AND a.created_at = NEW.created_at))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a set is decided on as a whole');
END;
-- +goose StatementEnd

-- Nobody is drawn who has an interest in a seller of the set.
-- +goose StatementBegin
CREATE TRIGGER approver_draws_set BEFORE INSERT ON approver_draws
WHEN EXISTS (SELECT 1 FROM proposals p
     JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
     JOIN interests i ON i.marketplace_id = q.marketplace_id AND i.seller_id = q.seller_id AND i.staff_id = NEW.approver_id AND i.ended_at IS NULL
     WHERE p.marketplace_id = NEW.marketplace_id AND p.lead_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this person can''t be drawn for this request');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER approver_draws_set;
DROP TRIGGER approvals_set;
DROP TRIGGER proposals_set_no_replace;
DROP TRIGGER proposals_set_member;
DROP TRIGGER proposals_set_end;
DROP TRIGGER proposals_set_whole;
DROP TRIGGER proposals_set_fixed;
DROP TABLE set_picks;
DROP INDEX proposals_in_sets;
ALTER TABLE proposals DROP COLUMN set_size;
ALTER TABLE proposals DROP COLUMN set_place;
ALTER TABLE proposals DROP COLUMN lead_id;
