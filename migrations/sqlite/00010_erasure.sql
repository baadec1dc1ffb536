-- Erasing what a customer wrote, at their request and by two people. The texts go, and with them every salt that would
-- let somebody confirm a guess; stars, dates and digests stay, so the record still fits. A row that was blanked says when
-- in erased_at. The guards allow this blanking and no other change, and only once the customer is marked erased, which
-- takes an approved proposal and uses it up. A note is committed to by note_digest, SHA-256(note_salt ‖ note), so that
-- the seal of an approval outlives its note.
-- +goose Up
ALTER TABLE customers ADD COLUMN erased_at datetime;
ALTER TABLE customers ADD COLUMN erasure_id text;
ALTER TABLE reviews ADD COLUMN erased_at datetime;
ALTER TABLE review_versions ADD COLUMN erased_at datetime;
ALTER TABLE proposals ADD COLUMN erased_at datetime;
ALTER TABLE approvals ADD COLUMN note_salt blob NOT NULL DEFAULT x'';
ALTER TABLE approvals ADD COLUMN note_digest blob NOT NULL DEFAULT x'';
ALTER TABLE approvals ADD COLUMN erased_at datetime;
ALTER TABLE restorations ADD COLUMN erased_at datetime;
ALTER TABLE flags ADD COLUMN erased_at datetime;
ALTER TABLE skips ADD COLUMN erased_at datetime;
CREATE INDEX proposals_by_kind ON proposals (marketplace_id, kind, created_at, id);

-- A customer is marked erased by an approved, unused proposal about them, and never otherwise changed.
-- +goose StatementBegin
CREATE TRIGGER customers_come_in_whole BEFORE INSERT ON customers
WHEN NEW.erased_at IS NOT NULL OR NEW.erasure_id IS NOT NULL OR NEW.external_id LIKE 'erased:%'
BEGIN
    SELECT RAISE(ABORT, 'evenhand: nobody comes in erased');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER customers_no_replace BEFORE INSERT ON customers
WHEN EXISTS (SELECT 1 FROM customers WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of customers is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER customers_no_delete BEFORE DELETE ON customers
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of customers are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER customers_erased_once BEFORE UPDATE ON customers
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.external_id IS NOT 'erased:' || OLD.id OR
     NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a customer is erased once, and never edited');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER customers_erasure_approved BEFORE UPDATE ON customers
WHEN NOT EXISTS (SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.erasure_id AND
     q.kind = 'customer.erase' AND q.subject_id = NEW.id AND q.state = 'approved' AND q.quorum <= (SELECT
     count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id =
     a.proposal_id WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.erasure_id AND a.verdict = 'approve' AND
     a.digest = p.digest AND a.approver_id <> p.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this erasure');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER customers_erasure_used AFTER UPDATE ON customers
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.erasure_id AND state = 'approved';
END;
-- +goose StatementEnd

-- Reviews and proposals: the older guards watch every other change, these the blanking.
DROP TRIGGER reviews_edits_make_versions;
-- +goose StatementBegin
CREATE TRIGGER reviews_edits_make_versions BEFORE UPDATE ON reviews
WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL)
     AND (NEW.rating IS NOT OLD.rating OR NEW.title IS NOT OLD.title OR NEW.body IS NOT OLD.body OR NEW.posted_at IS NOT OLD.posted_at
      OR NEW.salt IS NOT OLD.salt OR NEW.digest IS NOT OLD.digest OR NEW.version IS NOT OLD.version)
     AND (NEW.version <> OLD.version + 1 OR NOT EXISTS (
          SELECT 1 FROM review_versions v
           WHERE v.marketplace_id = OLD.marketplace_id AND v.review_id = OLD.id AND v.version = OLD.version AND v.digest = OLD.digest))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an edit makes a new version and keeps the old one');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_of_the_erased BEFORE INSERT ON reviews
WHEN NEW.erased_at IS NOT NULL OR EXISTS (SELECT 1 FROM customers c WHERE c.marketplace_id = NEW.marketplace_id AND
     c.id = NEW.customer_id AND c.erased_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the author of this review was erased');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_stay_erased BEFORE UPDATE ON reviews
WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL) AND (NEW.order_ref IS NOT OLD.order_ref OR NEW.verified IS
     NOT OLD.verified OR NEW.erased_at IS NOT OLD.erased_at OR OLD.erased_at IS NOT NULL AND (NEW.rating IS NOT
     OLD.rating OR NEW.title IS NOT OLD.title OR NEW.body IS NOT OLD.body OR NEW.posted_at IS NOT OLD.posted_at OR
     NEW.salt IS NOT OLD.salt OR NEW.digest IS NOT OLD.digest OR NEW.version IS NOT OLD.version))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what was erased stays erased, and an order stays what it is');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_erasure BEFORE UPDATE ON reviews
WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND (NEW.title IS NOT '' OR NEW.body IS NOT '' OR
     NEW.order_ref IS NOT '' OR NEW.salt IS NOT x'' OR NEW.verified IS NOT OLD.verified OR NEW.rating IS NOT
     OLD.rating OR NEW.posted_at IS NOT OLD.posted_at OR NEW.version IS NOT OLD.version OR NEW.digest IS NOT
     OLD.digest OR NEW.status IS NOT OLD.status OR NEW.removal_id IS NOT OLD.removal_id OR NEW.created_at IS NOT
     OLD.created_at)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an erasure blanks what the customer wrote, and changes nothing else');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_erasure_took_effect BEFORE UPDATE ON reviews
WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.erased_at IS NOT (SELECT c.erased_at FROM customers c
     WHERE c.marketplace_id = OLD.marketplace_id AND c.id = OLD.customer_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no erasure of this review''s author took effect');
END;
-- +goose StatementEnd

DROP TRIGGER proposals_fixed;
-- +goose StatementBegin
CREATE TRIGGER proposals_fixed BEFORE UPDATE ON proposals
WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL) AND (
     NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.subject_type IS NOT OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.subject_version IS NOT OLD.subject_version OR NEW.payload IS NOT OLD.payload
     OR NEW.digest IS NOT OLD.digest OR NEW.seal IS NOT OLD.seal OR NEW.requester_id IS NOT OLD.requester_id OR NEW.quorum IS NOT OLD.quorum OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what was proposed, by whom and at which quorum can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_come_in_whole BEFORE INSERT ON proposals
WHEN NEW.erased_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: nothing is proposed erased');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_stay_erased BEFORE UPDATE ON proposals
WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL) AND NEW.erased_at IS NOT OLD.erased_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what was erased stays erased');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_erasure BEFORE UPDATE ON proposals
WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND (NEW.payload IS NOT '' OR NEW.marketplace_id IS NOT
     OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.subject_type IS NOT
     OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.subject_version IS NOT OLD.subject_version OR
     NEW.digest IS NOT OLD.digest OR NEW.seal IS NOT OLD.seal OR NEW.requester_id IS NOT OLD.requester_id OR NEW.state
     IS NOT OLD.state OR NEW.quorum IS NOT OLD.quorum OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT
     OLD.expires_at OR NEW.decided_at IS NOT OLD.decided_at OR NEW.erased_at IS NOT CASE WHEN OLD.state IN ('open',
     'approved') THEN NULL WHEN OLD.kind = 'review.remove' THEN (SELECT c.erased_at FROM reviews r JOIN customers c ON
     c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id
     = OLD.subject_id) WHEN OLD.kind = 'customer.erase' THEN (SELECT c.erased_at FROM customers c WHERE
     c.marketplace_id = OLD.marketplace_id AND c.id = OLD.subject_id AND c.erasure_id <> OLD.id) END)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what was proposed is blanked only by an erasure that took effect, and wholly');
END;
-- +goose StatementEnd

-- What is append-only otherwise is blanked by the author's erasure, once.
DROP TRIGGER review_versions_no_update;
-- +goose StatementBegin
CREATE TRIGGER review_versions_no_update BEFORE UPDATE ON review_versions
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.title IS NOT '' OR NEW.body IS NOT '' OR NEW.salt IS
     NOT x'' OR NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.review_id IS NOT OLD.review_id OR NEW.version IS
     NOT OLD.version OR NEW.rating IS NOT OLD.rating OR NEW.posted_at IS NOT OLD.posted_at OR NEW.digest IS NOT
     OLD.digest OR NEW.replaced_at IS NOT OLD.replaced_at OR NEW.erased_at IS NOT (SELECT c.erased_at FROM reviews r
     JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id =
     OLD.marketplace_id AND r.id = OLD.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: review_versions is append-only');
END;
-- +goose StatementEnd

DROP TRIGGER approvals_no_update;
-- +goose StatementBegin
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.note IS NOT '' OR NEW.note_salt IS NOT x'' OR
     NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.proposal_id IS NOT OLD.proposal_id OR
     NEW.approver_id IS NOT OLD.approver_id OR NEW.verdict IS NOT OLD.verdict OR NEW.digest IS NOT OLD.digest OR
     NEW.created_at IS NOT OLD.created_at OR OLD.note_digest IS NOT x'' AND (NEW.note_digest IS NOT OLD.note_digest OR
     NEW.seal IS NOT OLD.seal) OR NEW.erased_at IS NOT (SELECT CASE WHEN p.state IN ('open', 'approved') THEN NULL
     WHEN p.kind = 'review.remove' THEN (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id =
     r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id = p.subject_id)
     WHEN p.kind = 'customer.erase' THEN (SELECT c.erased_at FROM customers c WHERE c.marketplace_id =
     OLD.marketplace_id AND c.id = p.subject_id AND c.erasure_id <> p.id) END FROM proposals p WHERE p.marketplace_id
     = OLD.marketplace_id AND p.id = OLD.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: approvals is append-only');
END;
-- +goose StatementEnd

DROP TRIGGER restorations_no_update;
-- +goose StatementBegin
CREATE TRIGGER restorations_no_update BEFORE UPDATE ON restorations
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.note IS NOT '' OR NEW.marketplace_id IS NOT
     OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.review_id IS NOT OLD.review_id OR NEW.proposal_id IS NOT
     OLD.proposal_id OR NEW.staff_id IS NOT OLD.staff_id OR NEW.created_at IS NOT OLD.created_at OR NEW.erased_at IS
     NOT (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id =
     r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id = OLD.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: restorations is append-only');
END;
-- +goose StatementEnd

DROP TRIGGER flags_no_update;
-- +goose StatementBegin
CREATE TRIGGER flags_no_update BEFORE UPDATE ON flags
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.text IS NOT '' OR NEW.marketplace_id IS NOT
     OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.ticket_id IS NOT OLD.ticket_id OR NEW.review_id IS NOT
     OLD.review_id OR NEW.review_version IS NOT OLD.review_version OR NEW.source IS NOT OLD.source OR NEW.created_at
     IS NOT OLD.created_at OR NEW.erased_at IS NOT (SELECT c.erased_at FROM reviews r JOIN customers c ON
     c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id
     = OLD.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: flags is append-only');
END;
-- +goose StatementEnd

DROP TRIGGER skips_no_update;
-- +goose StatementBegin
CREATE TRIGGER skips_no_update BEFORE UPDATE ON skips
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.note IS NOT '' OR NEW.marketplace_id IS NOT
     OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.ticket_id IS NOT OLD.ticket_id OR NEW.staff_id IS NOT
     OLD.staff_id OR NEW.reason IS NOT OLD.reason OR NEW.skipped_at IS NOT OLD.skipped_at OR NEW.erased_at IS NOT
     (SELECT c.erased_at FROM tickets t JOIN reviews r ON r.marketplace_id = t.marketplace_id AND r.id = t.review_id
     JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE t.marketplace_id =
     OLD.marketplace_id AND t.id = OLD.ticket_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: skips is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER review_versions_of_the_erased BEFORE INSERT ON review_versions
WHEN NEW.erased_at IS NOT NULL OR EXISTS (SELECT 1 FROM reviews r WHERE r.marketplace_id = NEW.marketplace_id AND r.id
     = NEW.review_id AND r.erased_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the author of this review was erased');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER review_versions_no_update;
-- +goose StatementBegin
CREATE TRIGGER review_versions_no_update BEFORE UPDATE ON review_versions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: review_versions is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER approvals_no_update;
-- +goose StatementBegin
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals
BEGIN
    SELECT RAISE(ABORT, 'evenhand: approvals is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER restorations_no_update;
-- +goose StatementBegin
CREATE TRIGGER restorations_no_update BEFORE UPDATE ON restorations
BEGIN
    SELECT RAISE(ABORT, 'evenhand: restorations is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER flags_no_update;
-- +goose StatementBegin
CREATE TRIGGER flags_no_update BEFORE UPDATE ON flags
BEGIN
    SELECT RAISE(ABORT, 'evenhand: flags is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER skips_no_update;
-- +goose StatementBegin
CREATE TRIGGER skips_no_update BEFORE UPDATE ON skips
BEGIN
    SELECT RAISE(ABORT, 'evenhand: skips is append-only');
END;
-- +goose StatementEnd
DROP TRIGGER review_versions_of_the_erased;
DROP TRIGGER proposals_erasure;
DROP TRIGGER proposals_stay_erased;
DROP TRIGGER proposals_come_in_whole;
DROP TRIGGER proposals_fixed;
DROP TRIGGER reviews_erasure_took_effect;
DROP TRIGGER reviews_erasure;
DROP TRIGGER reviews_stay_erased;
DROP TRIGGER reviews_of_the_erased;
DROP TRIGGER reviews_edits_make_versions;
DROP TRIGGER customers_erasure_used;
DROP TRIGGER customers_erasure_approved;
DROP TRIGGER customers_erased_once;
DROP TRIGGER customers_no_delete;
DROP TRIGGER customers_no_replace;
DROP TRIGGER customers_come_in_whole;
-- +goose StatementBegin
CREATE TRIGGER proposals_fixed BEFORE UPDATE ON proposals
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.subject_type IS NOT OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.subject_version IS NOT OLD.subject_version OR NEW.payload IS NOT OLD.payload
     OR NEW.digest IS NOT OLD.digest OR NEW.seal IS NOT OLD.seal OR NEW.requester_id IS NOT OLD.requester_id OR NEW.quorum IS NOT OLD.quorum OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what was proposed, by whom and at which quorum can''t be changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_edits_make_versions BEFORE UPDATE ON reviews
WHEN (NEW.rating IS NOT OLD.rating OR NEW.title IS NOT OLD.title OR NEW.body IS NOT OLD.body OR NEW.posted_at IS NOT OLD.posted_at
      OR NEW.salt IS NOT OLD.salt OR NEW.digest IS NOT OLD.digest OR NEW.version IS NOT OLD.version)
     AND (NEW.version <> OLD.version + 1 OR NOT EXISTS (
          SELECT 1 FROM review_versions v
           WHERE v.marketplace_id = OLD.marketplace_id AND v.review_id = OLD.id AND v.version = OLD.version AND v.digest = OLD.digest))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an edit makes a new version and keeps the old one');
END;
-- +goose StatementEnd
DROP INDEX proposals_by_kind;
ALTER TABLE skips DROP COLUMN erased_at;
ALTER TABLE flags DROP COLUMN erased_at;
ALTER TABLE restorations DROP COLUMN erased_at;
ALTER TABLE approvals DROP COLUMN erased_at;
ALTER TABLE approvals DROP COLUMN note_digest;
ALTER TABLE approvals DROP COLUMN note_salt;
ALTER TABLE proposals DROP COLUMN erased_at;
ALTER TABLE review_versions DROP COLUMN erased_at;
ALTER TABLE reviews DROP COLUMN erased_at;
ALTER TABLE customers DROP COLUMN erasure_id;
ALTER TABLE customers DROP COLUMN erased_at;
