-- Remedies short of a removal, least restrictive first: a label, a redaction, a move to the right product. Each is a
-- proposal of its own kind, and a review says by which proposals it is labelled, redacted, moved and removed. Every one
-- of these columns is set by an approved, unused proposal for this very version and emptied by a recorded restoration,
-- and by nothing else. A moved review keeps in home_seller_id and home_product_id where it came in: its digest
-- commits to those. Files that requests rest on are in attachments.
-- +goose Up
ALTER TABLE reviews ADD COLUMN label_id text;
ALTER TABLE reviews ADD COLUMN redaction_id text;
ALTER TABLE reviews ADD COLUMN move_id text;
ALTER TABLE reviews ADD COLUMN home_seller_id text;
ALTER TABLE reviews ADD COLUMN home_product_id text;
CREATE INDEX reviews_by_order ON reviews (marketplace_id, order_ref) WHERE order_ref <> '';
CREATE INDEX reviews_by_product ON reviews (marketplace_id, product_id, seller_id);
ALTER TABLE removal_requests ADD COLUMN remedy text NOT NULL DEFAULT 'remove' CHECK (remedy IN ('label', 'redact', 'move', 'remove'));
ALTER TABLE removal_requests ADD COLUMN label text NOT NULL DEFAULT '' CHECK ((remedy = 'label') = (label <> ''));
ALTER TABLE removal_requests ADD COLUMN to_product_id text CHECK ((remedy = 'move') = (to_product_id IS NOT NULL));
ALTER TABLE removal_requests ADD COLUMN to_seller_id text CHECK ((remedy = 'move') = (to_seller_id IS NOT NULL));
ALTER TABLE reason_codes ADD COLUMN remedies text NOT NULL DEFAULT '["remove"]';
ALTER TABLE reason_codes ADD COLUMN labels text NOT NULL DEFAULT '[]';
INSERT INTO reason_codes (code, version, meaning, policy, evidence, remedy, dsa_ground, dsa_category, dsa_keyword, ftc_basis, position, valid_from, remedies, labels)
SELECT code, 2, meaning, policy,
       CASE code
           WHEN 'FAKE_EXPERIENCE' THEN '{"any_of": ["order", "statement", "file"], "min": 1}'
           WHEN 'PAID_UNDISCLOSED' THEN '{"any_of": ["document", "link", "statement", "file"], "min": 1}'
           WHEN 'CONFLICT_OF_INTEREST' THEN '{"any_of": ["link", "document", "statement", "file"], "min": 1}'
           WHEN 'OBSCENE' THEN '{"any_of": ["span", "link", "file"], "min": 1}'
           WHEN 'CONFIDENTIAL_OR_IP' THEN '{"any_of": ["document", "file"], "min": 1}'
           WHEN 'LEGAL_ORDER' THEN '{"any_of": ["document", "file"], "min": 1}'
           WHEN 'AUTHOR_WITHDREW' THEN '{"any_of": ["statement", "file"], "min": 1}'
           ELSE evidence END,
       remedy, dsa_ground, dsa_category, dsa_keyword, ftc_basis, position, valid_from,
       CASE code
           WHEN 'PAID_UNDISCLOSED' THEN '["label", "remove"]'
           WHEN 'OFF_TOPIC' THEN '["move", "remove"]'
           WHEN 'PERSONAL_DATA' THEN '["redact", "remove"]'
           WHEN 'HATE' THEN '["redact", "remove"]'
           WHEN 'HARASSMENT_THREAT' THEN '["redact", "remove"]'
           WHEN 'OBSCENE' THEN '["redact", "remove"]'
           WHEN 'ADVERT_LINK' THEN '["redact", "remove"]'
           WHEN 'CONFIDENTIAL_OR_IP' THEN '["redact", "remove"]'
           ELSE '["remove"]' END,
       CASE code
           WHEN 'PAID_UNDISCLOSED' THEN '[{"code": "reward", "text": "A reward for this review wasn’t disclosed."}, {"code": "refund", "text": "The author was refunded for this review and didn’t say so."}]'
           ELSE '[]' END
  FROM reason_codes WHERE version = 1;
DROP TRIGGER removal_requests_fact;
DROP TRIGGER decisions_fact;
CREATE TABLE decisions_new (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    ticket_id      text        NOT NULL,
    review_id      text        NOT NULL,
    review_version integer     NOT NULL,
    seller_id      text        NOT NULL,
    moderator_id   text        NOT NULL REFERENCES staff (id),
    queue          text        NOT NULL,
    rating         smallint    NOT NULL,
    action         text        NOT NULL CHECK (action IN ('keep', 'label', 'redact', 'move', 'remove')),
    assigned       text        NOT NULL CHECK (assigned IN ('random', 'picked')),
    proposal_id    text,
    decided_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    CHECK ((action <> 'keep') = (proposal_id IS NOT NULL))
);
INSERT INTO decisions_new SELECT * FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_new RENAME TO decisions;
-- What hangs on the table is made anew with it.
CREATE INDEX decisions_counted ON decisions (marketplace_id, decided_at, moderator_id, seller_id, rating);
CREATE INDEX decisions_by_seller ON decisions (marketplace_id, seller_id, decided_at);
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
CREATE INDEX decisions_by_pair ON decisions (marketplace_id, moderator_id, seller_id, decided_at);
CREATE INDEX decisions_by_time ON decisions (marketplace_id, decided_at, id);
CREATE INDEX decisions_by_ticket ON decisions (marketplace_id, ticket_id);
-- +goose StatementBegin
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions
WHEN EXISTS (SELECT 1 FROM decisions WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only, and this key is taken');
END;
-- +goose StatementEnd

CREATE TABLE attachments (
    marketplace_id text     NOT NULL,
    id             text     NOT NULL,
    review_id      text     NOT NULL,
    ticket_id      text     NOT NULL,
    uploader_id    text     NOT NULL REFERENCES staff (id),
    proposal_id    text,
    name           text     NOT NULL,
    type           text     NOT NULL CHECK (type IN ('image/png', 'image/jpeg', 'application/pdf', 'text/plain', 'message/rfc822')),
    size           integer  NOT NULL CHECK (size BETWEEN 1 AND 2097152),
    sha256         blob     NOT NULL,
    content        blob     NOT NULL,
    created_at     datetime NOT NULL,
    swept_at       datetime,
    erased_at      datetime,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id)
);
CREATE INDEX attachments_by_review ON attachments (marketplace_id, review_id);
CREATE INDEX attachments_by_ticket ON attachments (marketplace_id, ticket_id, uploader_id);
CREATE INDEX attachments_by_proposal ON attachments (marketplace_id, proposal_id) WHERE proposal_id IS NOT NULL;
CREATE INDEX attachments_unsent ON attachments (created_at) WHERE proposal_id IS NULL AND swept_at IS NULL AND erased_at IS NULL;

-- A file is bound once, to a request that names it; it is emptied by the sweep as long as no request has it, or by the
-- erasure of its review's author; and nothing else about it changes. That its digest is that of its bytes is the
-- program's to see to, and verify's: SQLite has no SHA-256.
-- +goose StatementBegin
CREATE TRIGGER attachments_come_in_whole BEFORE INSERT ON attachments
WHEN NEW.proposal_id IS NOT NULL OR NEW.swept_at IS NOT NULL OR NEW.erased_at IS NOT NULL OR typeof(NEW.sha256) <> 'blob'
     OR typeof(NEW.content) <> 'blob' OR length(NEW.sha256) <> 32 OR NEW.size <> length(NEW.content)
     OR (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id
      WHERE r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id) IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a file comes in whole, and for no request yet');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER attachments_no_replace BEFORE INSERT ON attachments
WHEN EXISTS (SELECT 1 FROM attachments WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of attachments is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER attachments_no_delete BEFORE DELETE ON attachments
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of attachments are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER attachments_fixed BEFORE UPDATE ON attachments
WHEN OLD.erased_at IS NOT NULL OR OLD.swept_at IS NOT NULL OR
     NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.review_id IS NOT OLD.review_id OR NEW.ticket_id IS NOT OLD.ticket_id OR NEW.uploader_id IS NOT OLD.uploader_id
     OR NEW.type IS NOT OLD.type OR NEW.size IS NOT OLD.size OR NEW.sha256 IS NOT OLD.sha256 OR NEW.created_at IS NOT OLD.created_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: attachments is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER attachments_erasure BEFORE UPDATE ON attachments
WHEN NEW.erased_at IS NOT NULL AND (NEW.content IS NOT x'' OR NEW.name IS NOT '' OR NEW.swept_at IS NOT NULL
     OR NEW.proposal_id IS NOT OLD.proposal_id OR NEW.erased_at IS NOT (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id
      WHERE r.marketplace_id = OLD.marketplace_id AND r.id = OLD.review_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: attachments is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER attachments_sweep BEFORE UPDATE ON attachments
WHEN NEW.erased_at IS NULL AND NEW.swept_at IS NOT NULL AND (NEW.content IS NOT x'' OR NEW.name IS NOT ''
     OR OLD.proposal_id IS NOT NULL OR NEW.proposal_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: only a file that no request has is swept');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER attachments_bound_once BEFORE UPDATE ON attachments
WHEN NEW.erased_at IS NULL AND NEW.swept_at IS NULL AND (NEW.content IS NOT OLD.content OR NEW.name IS NOT OLD.name
     OR OLD.proposal_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id
     AND p.state = 'open' AND p.requester_id = OLD.uploader_id AND p.payload LIKE
     '%"sha256":"' || lower(hex(OLD.sha256)) || '","size":' || OLD.size || ',"type":"' || OLD.type || '","value":"' || OLD.id || '"%'))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a file is bound once, to its uploader''s open request that names it');
END;
-- +goose StatementEnd

DROP TRIGGER reviews_come_in_published;
-- +goose StatementBegin
CREATE TRIGGER reviews_come_in_published BEFORE INSERT ON reviews
WHEN NEW.status <> 'published' OR NEW.version <> 1 OR coalesce(NEW.label_id, NEW.redaction_id, NEW.move_id, NEW.home_seller_id, NEW.home_product_id) IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review comes in published, at version 1');
END;
-- +goose StatementEnd

DROP TRIGGER reviews_fixed;
-- +goose StatementBegin
CREATE TRIGGER reviews_fixed BEFORE UPDATE ON reviews
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.external_id IS NOT OLD.external_id
     OR NEW.customer_id IS NOT OLD.customer_id OR NEW.intake_id IS NOT OLD.intake_id
     OR NEW.move_id IS OLD.move_id AND (NEW.seller_id IS NOT OLD.seller_id OR NEW.product_id IS NOT OLD.product_id
        OR NEW.home_seller_id IS NOT OLD.home_seller_id OR NEW.home_product_id IS NOT OLD.home_product_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: whose review of what it is can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_moved_as_proposed BEFORE UPDATE ON reviews
WHEN OLD.move_id IS NULL AND NEW.move_id IS NOT NULL AND (NEW.home_seller_id IS NOT OLD.seller_id OR NEW.home_product_id IS NOT OLD.product_id
     OR NOT EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.move_id
        AND json_extract(p.payload, '$.to_product') = NEW.product_id AND json_extract(p.payload, '$.to_seller') = NEW.seller_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the review isn''t moved to where its proposal says');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_moved_back BEFORE UPDATE ON reviews
WHEN OLD.move_id IS NOT NULL AND NEW.move_id IS NULL AND (NEW.seller_id IS NOT OLD.home_seller_id OR NEW.product_id IS NOT OLD.home_product_id
     OR NEW.home_seller_id IS NOT NULL OR NEW.home_product_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the review isn''t moved back to where it came in');
END;
-- +goose StatementEnd

DROP TRIGGER reviews_removal_approved;
DROP TRIGGER reviews_restoration_recorded;
DROP TRIGGER reviews_removal_kept;
DROP TRIGGER reviews_transitions;
DROP TRIGGER reviews_removal_used;
-- +goose StatementBegin
CREATE TRIGGER reviews_label_approved BEFORE UPDATE ON reviews
WHEN OLD.label_id IS NULL AND NEW.label_id IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.label_id AND q.kind = 'review.label'
        AND q.subject_id = NEW.id AND q.subject_version = NEW.version AND q.state = 'approved' AND q.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
       WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.label_id AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this label');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_label_undone BEFORE UPDATE ON reviews
WHEN OLD.label_id IS NOT NULL AND NEW.label_id IS NULL AND NOT EXISTS (
     SELECT 1 FROM restorations r WHERE r.marketplace_id = OLD.marketplace_id AND r.review_id = OLD.id AND r.proposal_id = OLD.label_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a restoration has to be recorded first');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_label_kept BEFORE UPDATE ON reviews
WHEN OLD.label_id IS NOT NULL AND NEW.label_id IS NOT NULL AND NEW.label_id IS NOT OLD.label_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a label''s proposal can''t be exchanged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_redaction_approved BEFORE UPDATE ON reviews
WHEN OLD.redaction_id IS NULL AND NEW.redaction_id IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.redaction_id AND q.kind = 'review.redact'
        AND q.subject_id = NEW.id AND q.subject_version = NEW.version AND q.state = 'approved' AND q.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
       WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.redaction_id AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this redaction');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_redaction_undone BEFORE UPDATE ON reviews
WHEN OLD.redaction_id IS NOT NULL AND NEW.redaction_id IS NULL AND NOT EXISTS (
     SELECT 1 FROM restorations r WHERE r.marketplace_id = OLD.marketplace_id AND r.review_id = OLD.id AND r.proposal_id = OLD.redaction_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a restoration has to be recorded first');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_redaction_kept BEFORE UPDATE ON reviews
WHEN OLD.redaction_id IS NOT NULL AND NEW.redaction_id IS NOT NULL AND NEW.redaction_id IS NOT OLD.redaction_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a redaction''s proposal can''t be exchanged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_move_approved BEFORE UPDATE ON reviews
WHEN OLD.move_id IS NULL AND NEW.move_id IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.move_id AND q.kind = 'review.move'
        AND q.subject_id = NEW.id AND q.subject_version = NEW.version AND q.state = 'approved' AND q.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
       WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.move_id AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this move');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_move_undone BEFORE UPDATE ON reviews
WHEN OLD.move_id IS NOT NULL AND NEW.move_id IS NULL AND NOT EXISTS (
     SELECT 1 FROM restorations r WHERE r.marketplace_id = OLD.marketplace_id AND r.review_id = OLD.id AND r.proposal_id = OLD.move_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a restoration has to be recorded first');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_move_kept BEFORE UPDATE ON reviews
WHEN OLD.move_id IS NOT NULL AND NEW.move_id IS NOT NULL AND NEW.move_id IS NOT OLD.move_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a move''s proposal can''t be exchanged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_removal_approved BEFORE UPDATE ON reviews
WHEN OLD.removal_id IS NULL AND NEW.removal_id IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.removal_id AND q.kind = 'review.remove'
        AND q.subject_id = NEW.id AND q.subject_version = NEW.version AND q.state = 'approved' AND q.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
       WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.removal_id AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this removal');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_removal_undone BEFORE UPDATE ON reviews
WHEN OLD.removal_id IS NOT NULL AND NEW.removal_id IS NULL AND NOT EXISTS (
     SELECT 1 FROM restorations r WHERE r.marketplace_id = OLD.marketplace_id AND r.review_id = OLD.id AND r.proposal_id = OLD.removal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a restoration has to be recorded first');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_removal_kept BEFORE UPDATE ON reviews
WHEN OLD.removal_id IS NOT NULL AND NEW.removal_id IS NOT NULL AND NEW.removal_id IS NOT OLD.removal_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a removal''s proposal can''t be exchanged');
END;
-- +goose StatementEnd

-- The status follows from what stands. An impossible one is the table's own to refuse.
-- +goose StatementBegin
CREATE TRIGGER reviews_transitions BEFORE UPDATE ON reviews
WHEN NEW.status IS NOT NULL AND NEW.status <> CASE WHEN NEW.removal_id IS NOT NULL THEN 'removed' WHEN NEW.redaction_id IS NOT NULL THEN 'redacted' ELSE 'published' END
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review can''t go there from its status');
END;
-- +goose StatementEnd

-- A remedy uses its proposal up, so that after a restoration it can't be used again.
-- +goose StatementBegin
CREATE TRIGGER reviews_label_used AFTER UPDATE ON reviews
WHEN OLD.label_id IS NULL AND NEW.label_id IS NOT NULL
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.label_id AND state = 'approved';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_redaction_used AFTER UPDATE ON reviews
WHEN OLD.redaction_id IS NULL AND NEW.redaction_id IS NOT NULL
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.redaction_id AND state = 'approved';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_move_used AFTER UPDATE ON reviews
WHEN OLD.move_id IS NULL AND NEW.move_id IS NOT NULL
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.move_id AND state = 'approved';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_removal_used AFTER UPDATE ON reviews
WHEN OLD.removal_id IS NULL AND NEW.removal_id IS NOT NULL
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.removal_id AND state = 'approved';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_erasure_leaves_remedies BEFORE UPDATE ON reviews
WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND (NEW.label_id IS NOT OLD.label_id OR NEW.redaction_id IS NOT OLD.redaction_id
     OR NEW.move_id IS NOT OLD.move_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an erasure blanks what the customer wrote, and changes nothing else');
END;
-- +goose StatementEnd

DROP TRIGGER proposals_erasure;
-- +goose StatementBegin
CREATE TRIGGER proposals_erasure BEFORE UPDATE ON proposals
WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND (NEW.payload IS NOT '' OR NEW.marketplace_id IS NOT
     OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.subject_type IS NOT
     OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.subject_version IS NOT OLD.subject_version OR
     NEW.digest IS NOT OLD.digest OR NEW.seal IS NOT OLD.seal OR NEW.requester_id IS NOT OLD.requester_id OR NEW.state
     IS NOT OLD.state OR NEW.quorum IS NOT OLD.quorum OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT
     OLD.expires_at OR NEW.decided_at IS NOT OLD.decided_at OR NEW.erased_at IS NOT CASE WHEN OLD.state IN ('open',
     'approved') THEN NULL WHEN OLD.kind IN ('review.remove', 'review.redact', 'review.label', 'review.move') THEN (SELECT c.erased_at FROM reviews r JOIN customers c ON
     c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id
     = OLD.subject_id) WHEN OLD.kind = 'customer.erase' THEN (SELECT c.erased_at FROM customers c WHERE
     c.marketplace_id = OLD.marketplace_id AND c.id = OLD.subject_id AND c.erasure_id <> OLD.id) END)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what was proposed is blanked only by an erasure that took effect, and wholly');
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
     WHEN p.kind IN ('review.remove', 'review.redact', 'review.label', 'review.move') THEN (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id =
     r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id = p.subject_id)
     WHEN p.kind = 'customer.erase' THEN (SELECT c.erased_at FROM customers c WHERE c.marketplace_id =
     OLD.marketplace_id AND c.id = p.subject_id AND c.erasure_id <> p.id) END FROM proposals p WHERE p.marketplace_id
     = OLD.marketplace_id AND p.id = OLD.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: approvals is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER reviews_label_approved;
DROP TRIGGER reviews_label_undone;
DROP TRIGGER reviews_label_kept;
DROP TRIGGER reviews_label_used;
DROP TRIGGER reviews_redaction_approved;
DROP TRIGGER reviews_redaction_undone;
DROP TRIGGER reviews_redaction_kept;
DROP TRIGGER reviews_redaction_used;
DROP TRIGGER reviews_move_approved;
DROP TRIGGER reviews_move_undone;
DROP TRIGGER reviews_move_kept;
DROP TRIGGER reviews_move_used;
DROP TRIGGER reviews_removal_approved;
DROP TRIGGER reviews_removal_undone;
DROP TRIGGER reviews_removal_kept;
DROP TRIGGER reviews_removal_used;
DROP TRIGGER reviews_transitions;
DROP TRIGGER reviews_moved_as_proposed;
DROP TRIGGER reviews_moved_back;
DROP TRIGGER reviews_erasure_leaves_remedies;
DROP TRIGGER reviews_fixed;
DROP TRIGGER reviews_come_in_published;
DROP TRIGGER proposals_erasure;
DROP TRIGGER approvals_no_update;
DROP TABLE attachments;
-- +goose StatementBegin
CREATE TRIGGER reviews_come_in_published BEFORE INSERT ON reviews
WHEN NEW.status <> 'published' OR NEW.version <> 1
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review comes in published, at version 1');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_fixed BEFORE UPDATE ON reviews
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.external_id IS NOT OLD.external_id OR NEW.seller_id IS NOT OLD.seller_id
     OR NEW.product_id IS NOT OLD.product_id OR NEW.customer_id IS NOT OLD.customer_id OR NEW.intake_id IS NOT OLD.intake_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: whose review of what it is can''t be changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_removal_approved BEFORE UPDATE ON reviews
WHEN NEW.status = 'removed' AND OLD.status <> 'removed' AND NOT EXISTS (
     SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.removal_id AND q.kind = 'review.remove'
        AND q.subject_id = NEW.id AND q.subject_version = NEW.version AND q.state = 'approved' AND q.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
       WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.removal_id AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this removal');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_restoration_recorded BEFORE UPDATE ON reviews
WHEN OLD.status = 'removed' AND NEW.status = 'published' AND NOT EXISTS (
     SELECT 1 FROM restorations r WHERE r.marketplace_id = OLD.marketplace_id AND r.review_id = OLD.id AND r.proposal_id = OLD.removal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a restoration has to be recorded first');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_transitions BEFORE UPDATE ON reviews
WHEN NEW.status <> OLD.status AND NEW.status <> 'removed' AND NOT (OLD.status = 'removed' AND NEW.status = 'published')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review can''t go there from its status');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_removal_kept BEFORE UPDATE ON reviews
WHEN NEW.status = OLD.status AND NEW.removal_id IS NOT OLD.removal_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a removal''s proposal can''t be exchanged');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_removal_used AFTER UPDATE ON reviews
WHEN NEW.status = 'removed' AND OLD.status <> 'removed'
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.removal_id AND state = 'approved';
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
DROP TRIGGER removal_requests_fact;
DROP TRIGGER decisions_fact;
CREATE TABLE decisions_new (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    ticket_id      text        NOT NULL,
    review_id      text        NOT NULL,
    review_version integer     NOT NULL,
    seller_id      text        NOT NULL,
    moderator_id   text        NOT NULL REFERENCES staff (id),
    queue          text        NOT NULL,
    rating         smallint    NOT NULL,
    action         text        NOT NULL CHECK (action IN ('keep', 'remove')),
    assigned       text        NOT NULL CHECK (assigned IN ('random', 'picked')),
    proposal_id    text,
    decided_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    CHECK ((action = 'remove') = (proposal_id IS NOT NULL))
);
INSERT INTO decisions_new SELECT * FROM decisions;
DROP TABLE decisions;
ALTER TABLE decisions_new RENAME TO decisions;
-- What hangs on the table is made anew with it.
CREATE INDEX decisions_counted ON decisions (marketplace_id, decided_at, moderator_id, seller_id, rating);
CREATE INDEX decisions_by_seller ON decisions (marketplace_id, seller_id, decided_at);
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
CREATE INDEX decisions_by_pair ON decisions (marketplace_id, moderator_id, seller_id, decided_at);
CREATE INDEX decisions_by_time ON decisions (marketplace_id, decided_at, id);
CREATE INDEX decisions_by_ticket ON decisions (marketplace_id, ticket_id);
-- +goose StatementBegin
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions
WHEN EXISTS (SELECT 1 FROM decisions WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only, and this key is taken');
END;
-- +goose StatementEnd
DROP TRIGGER reason_codes_no_delete;
DELETE FROM reason_codes WHERE version = 2;
-- +goose StatementBegin
CREATE TRIGGER reason_codes_no_delete BEFORE DELETE ON reason_codes
BEGIN
    SELECT RAISE(ABORT, 'evenhand: reason_codes is append-only');
END;
-- +goose StatementEnd
ALTER TABLE reason_codes DROP COLUMN labels;
ALTER TABLE reason_codes DROP COLUMN remedies;
ALTER TABLE removal_requests DROP COLUMN to_seller_id;
ALTER TABLE removal_requests DROP COLUMN to_product_id;
ALTER TABLE removal_requests DROP COLUMN label;
ALTER TABLE removal_requests DROP COLUMN remedy;
DROP INDEX reviews_by_product;
DROP INDEX reviews_by_order;
ALTER TABLE reviews DROP COLUMN home_product_id;
ALTER TABLE reviews DROP COLUMN home_seller_id;
ALTER TABLE reviews DROP COLUMN move_id;
ALTER TABLE reviews DROP COLUMN redaction_id;
ALTER TABLE reviews DROP COLUMN label_id;
