-- Remedies short of a removal, least restrictive first: a label, a redaction, a move to the right product. Each is a
-- proposal of its own kind, and a review says by which proposals it is labelled, redacted, moved and removed. Every one
-- of these columns is set by an approved, unused proposal for this very version and emptied by a recorded restoration,
-- and by nothing else. A moved review keeps in home_seller_id and home_product_id where it came in: its digest
-- commits to those. Files that requests rest on are in attachments.
-- +goose Up
ALTER TABLE reviews ADD COLUMN label_id uuid, ADD COLUMN redaction_id uuid, ADD COLUMN move_id uuid,
    ADD COLUMN home_seller_id uuid, ADD COLUMN home_product_id uuid,
    ADD FOREIGN KEY (marketplace_id, home_seller_id) REFERENCES sellers (marketplace_id, id),
    ADD FOREIGN KEY (marketplace_id, home_product_id) REFERENCES products (marketplace_id, id);
CREATE INDEX reviews_by_order ON reviews (marketplace_id, order_ref) WHERE order_ref <> '';
CREATE INDEX reviews_by_product ON reviews (marketplace_id, product_id, seller_id);
ALTER TABLE removal_requests ADD COLUMN remedy text NOT NULL DEFAULT 'remove' CHECK (remedy IN ('label', 'redact', 'move', 'remove')),
    ADD COLUMN label text NOT NULL DEFAULT '', ADD COLUMN to_product_id uuid, ADD COLUMN to_seller_id uuid,
    ADD CHECK ((remedy = 'move') = (to_product_id IS NOT NULL)), ADD CHECK ((remedy = 'move') = (to_seller_id IS NOT NULL)),
    ADD CHECK ((remedy = 'label') = (label <> ''));
ALTER TABLE decisions DROP CONSTRAINT decisions_action_check, DROP CONSTRAINT decisions_check,
    ADD CONSTRAINT decisions_action_check CHECK (action IN ('keep', 'label', 'redact', 'move', 'remove')),
    ADD CONSTRAINT decisions_check CHECK ((action <> 'keep') = (proposal_id IS NOT NULL));
ALTER TABLE reason_codes ADD COLUMN remedies text NOT NULL DEFAULT '["remove"]', ADD COLUMN labels text NOT NULL DEFAULT '[]';
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

CREATE TABLE attachments (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    ticket_id      uuid        NOT NULL,
    uploader_id    uuid        NOT NULL REFERENCES staff (id),
    proposal_id    uuid,
    name           text        NOT NULL,
    type           text        NOT NULL CHECK (type IN ('image/png', 'image/jpeg', 'application/pdf', 'text/plain', 'message/rfc822')),
    size           integer     NOT NULL CHECK (size BETWEEN 1 AND 2097152),
    sha256         bytea       NOT NULL,
    content        bytea       NOT NULL,
    created_at     timestamptz NOT NULL,
    swept_at       timestamptz,
    erased_at      timestamptz,
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
-- erasure of its review's author; and nothing else about it changes.
-- +goose StatementBegin
CREATE FUNCTION evenhand_attachments_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    fixed text[] := '{proposal_id,name,content,swept_at,erased_at}';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.proposal_id IS NOT NULL OR NEW.swept_at IS NOT NULL OR NEW.erased_at IS NOT NULL OR evenhand_author_erased(NEW.marketplace_id, NEW.review_id) IS NOT NULL
           OR NEW.sha256 <> sha256(NEW.content) OR NEW.size <> length(NEW.content) THEN
            RAISE EXCEPTION 'evenhand: a file comes in whole, and for no request yet' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - fixed <> to_jsonb(OLD) - fixed OR OLD.erased_at IS NOT NULL OR OLD.swept_at IS NOT NULL THEN
        RAISE EXCEPTION 'evenhand: attachments is append-only' USING ERRCODE = '23001';
    END IF;
    IF NEW.erased_at IS NOT NULL THEN
        IF NEW.content <> ''::bytea OR NEW.name <> '' OR NEW.swept_at IS NOT NULL OR NEW.proposal_id IS DISTINCT FROM OLD.proposal_id
           OR NEW.erased_at IS DISTINCT FROM evenhand_author_erased(OLD.marketplace_id, OLD.review_id) THEN
            RAISE EXCEPTION 'evenhand: attachments is append-only' USING ERRCODE = '23001';
        END IF;
    ELSIF NEW.swept_at IS NOT NULL THEN
        IF NEW.content <> ''::bytea OR NEW.name <> '' OR OLD.proposal_id IS NOT NULL OR NEW.proposal_id IS NOT NULL THEN
            RAISE EXCEPTION 'evenhand: only a file that no request has is swept' USING ERRCODE = '23001';
        END IF;
    ELSIF NEW.content <> OLD.content OR NEW.name <> OLD.name OR OLD.proposal_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.state = 'open'
           AND p.requester_id = OLD.uploader_id AND p.payload LIKE
               '%"sha256":"' || encode(OLD.sha256, 'hex') || '","size":' || OLD.size || ',"type":"' || OLD.type || '","value":"' || OLD.id || '"%') THEN
        RAISE EXCEPTION 'evenhand: a file is bound once, to its uploader''s open request that names it' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER attachments_guard BEFORE INSERT OR UPDATE ON attachments FOR EACH ROW EXECUTE FUNCTION evenhand_attachments_guard();
CREATE TRIGGER attachments_never_deleted BEFORE DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted();
CREATE TRIGGER attachments_no_truncate BEFORE TRUNCATE ON attachments FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted();

-- Whether a remedy's column of a review may become what it is to be.
-- +goose StatementBegin
CREATE FUNCTION evenhand_check_remedy(o reviews, n reviews, was uuid, becomes uuid, of_kind text, called text) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
BEGIN
    IF was IS NOT DISTINCT FROM becomes THEN
        RETURN;
    ELSIF was IS NULL THEN
        SELECT * INTO p FROM proposals
         WHERE marketplace_id = n.marketplace_id AND id = becomes AND kind = of_kind
           AND subject_id = n.id::text AND subject_version = n.version AND state = 'approved';
        IF NOT FOUND OR evenhand_approvals(n.marketplace_id, becomes) < p.quorum THEN
            RAISE EXCEPTION 'evenhand: no approved proposal by enough distinct people for this %', called USING ERRCODE = '23001';
        END IF;
    ELSIF becomes IS NOT NULL THEN
        RAISE EXCEPTION 'evenhand: a %''s proposal can''t be exchanged', called USING ERRCODE = '23001';
    ELSIF NOT EXISTS (SELECT 1 FROM restorations r WHERE r.marketplace_id = o.marketplace_id AND r.review_id = o.id AND r.proposal_id = was) THEN
        RAISE EXCEPTION 'evenhand: a restoration has to be recorded first' USING ERRCODE = '23001';
    END IF;
END $$;
-- +goose StatementEnd

-- Where a review stands changes by a move to exactly where its proposal says, and back by the move's undoing.
-- +goose StatementBegin
CREATE FUNCTION evenhand_check_place(o reviews, n reviews) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF o.move_id IS NOT DISTINCT FROM n.move_id THEN
        IF (n.seller_id, n.product_id, n.home_seller_id, n.home_product_id) IS DISTINCT FROM (o.seller_id, o.product_id, o.home_seller_id, o.home_product_id) THEN
            RAISE EXCEPTION 'evenhand: whose review of what it is can''t be changed' USING ERRCODE = '23001';
        END IF;
    ELSIF o.move_id IS NULL THEN
        IF (n.home_seller_id, n.home_product_id) IS DISTINCT FROM (o.seller_id, o.product_id) OR NOT EXISTS (
            SELECT 1 FROM proposals p WHERE p.marketplace_id = n.marketplace_id AND p.id = n.move_id
               AND p.payload::jsonb ->> 'to_product' = n.product_id::text AND p.payload::jsonb ->> 'to_seller' = n.seller_id::text) THEN
            RAISE EXCEPTION 'evenhand: the review isn''t moved to where its proposal says' USING ERRCODE = '23001';
        END IF;
    ELSIF (n.seller_id, n.product_id) IS DISTINCT FROM (o.home_seller_id, o.home_product_id) OR n.home_seller_id IS NOT NULL OR n.home_product_id IS NOT NULL THEN
        RAISE EXCEPTION 'evenhand: the review isn''t moved back to where it came in' USING ERRCODE = '23001';
    END IF;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_check_status(o reviews, n reviews) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM evenhand_check_remedy(o, n, o.removal_id, n.removal_id, 'review.remove', 'removal');
    PERFORM evenhand_check_remedy(o, n, o.redaction_id, n.redaction_id, 'review.redact', 'redaction');
    PERFORM evenhand_check_remedy(o, n, o.label_id, n.label_id, 'review.label', 'label');
    PERFORM evenhand_check_remedy(o, n, o.move_id, n.move_id, 'review.move', 'move');
    PERFORM evenhand_check_place(o, n);
    IF n.status IS DISTINCT FROM (CASE WHEN n.removal_id IS NOT NULL THEN 'removed' WHEN n.redaction_id IS NOT NULL THEN 'redacted' ELSE 'published' END) THEN
        IF n.status = 'removed' THEN
            RAISE EXCEPTION 'evenhand: no approved proposal by enough distinct people for this removal' USING ERRCODE = '23001';
        END IF;
        IF n.status IS NOT NULL THEN
            RAISE EXCEPTION 'evenhand: a review can''t go from % to %', o.status, n.status USING ERRCODE = '23001';
        END IF;
    END IF;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_reviews_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'published' OR NEW.version <> 1 OR num_nonnulls(NEW.label_id, NEW.redaction_id, NEW.move_id, NEW.home_seller_id, NEW.home_product_id) > 0 THEN
            RAISE EXCEPTION 'evenhand: a review comes in published, at version 1' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.marketplace_id, NEW.id, NEW.external_id, NEW.customer_id, NEW.intake_id)
       IS DISTINCT FROM
       (OLD.marketplace_id, OLD.id, OLD.external_id, OLD.customer_id, OLD.intake_id) THEN
        RAISE EXCEPTION 'evenhand: whose review of what it is can''t be changed' USING ERRCODE = '23001';
    END IF;
    IF (NEW.rating, NEW.title, NEW.body, NEW.posted_at, NEW.salt, NEW.digest, NEW.version)
       IS DISTINCT FROM
       (OLD.rating, OLD.title, OLD.body, OLD.posted_at, OLD.salt, OLD.digest, OLD.version)
       AND (NEW.version <> OLD.version + 1 OR NOT EXISTS (
            SELECT 1 FROM review_versions v
             WHERE v.marketplace_id = OLD.marketplace_id AND v.review_id = OLD.id AND v.version = OLD.version AND v.digest = OLD.digest)) THEN
        RAISE EXCEPTION 'evenhand: an edit makes a new version and keeps the old one' USING ERRCODE = '23001';
    END IF;
    IF (NEW.status, NEW.removal_id, NEW.redaction_id, NEW.label_id, NEW.move_id, NEW.seller_id, NEW.product_id, NEW.home_seller_id, NEW.home_product_id)
       IS DISTINCT FROM
       (OLD.status, OLD.removal_id, OLD.redaction_id, OLD.label_id, OLD.move_id, OLD.seller_id, OLD.product_id, OLD.home_seller_id, OLD.home_product_id) THEN
        PERFORM evenhand_check_status(OLD, NEW);
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- A remedy uses its proposal up, so that after a restoration it can't be used again.
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_removal_used() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND state = 'approved'
       AND (id = NEW.removal_id AND OLD.removal_id IS NULL OR id = NEW.redaction_id AND OLD.redaction_id IS NULL
         OR id = NEW.label_id AND OLD.label_id IS NULL OR id = NEW.move_id AND OLD.move_id IS NULL);
    RETURN NULL;
END $$;
-- +goose StatementEnd
DROP TRIGGER reviews_removal_used ON reviews;
CREATE TRIGGER reviews_removal_used AFTER UPDATE OF removal_id, redaction_id, label_id, move_id ON reviews FOR EACH ROW
    WHEN (OLD.removal_id IS NULL AND NEW.removal_id IS NOT NULL OR OLD.redaction_id IS NULL AND NEW.redaction_id IS NOT NULL
       OR OLD.label_id IS NULL AND NEW.label_id IS NOT NULL OR OLD.move_id IS NULL AND NEW.move_id IS NOT NULL) EXECUTE FUNCTION evenhand_removal_used();

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_subject_erased(market text, proposal uuid) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
BEGIN
    SELECT * INTO p FROM proposals WHERE marketplace_id = market AND id = proposal AND state NOT IN ('open', 'approved');
    IF p.kind IN ('review.remove', 'review.redact', 'review.label', 'review.move') THEN
        RETURN evenhand_author_erased(market, p.subject_id::uuid);
    ELSIF p.kind = 'customer.erase' THEN
        RETURN (SELECT c.erased_at FROM customers c WHERE c.marketplace_id = market AND c.id = p.subject_id::uuid AND c.erasure_id <> p.id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER reviews_removal_used ON reviews;
CREATE TRIGGER reviews_removal_used AFTER UPDATE OF status ON reviews FOR EACH ROW
    WHEN (NEW.status = 'removed' AND OLD.status <> 'removed') EXECUTE FUNCTION evenhand_removal_used();
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_subject_erased(market text, proposal uuid) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
BEGIN
    SELECT * INTO p FROM proposals WHERE marketplace_id = market AND id = proposal AND state NOT IN ('open', 'approved');
    IF p.kind = 'review.remove' THEN
        RETURN evenhand_author_erased(market, p.subject_id::uuid);
    ELSIF p.kind = 'customer.erase' THEN
        RETURN (SELECT c.erased_at FROM customers c WHERE c.marketplace_id = market AND c.id = p.subject_id::uuid AND c.erasure_id <> p.id);
    END IF;
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_removal_used() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.removal_id AND state = 'approved';
    RETURN NULL;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_reviews_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'published' OR NEW.version <> 1 THEN
            RAISE EXCEPTION 'evenhand: a review comes in published, at version 1' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.marketplace_id, NEW.id, NEW.external_id, NEW.seller_id, NEW.product_id, NEW.customer_id, NEW.intake_id)
       IS DISTINCT FROM
       (OLD.marketplace_id, OLD.id, OLD.external_id, OLD.seller_id, OLD.product_id, OLD.customer_id, OLD.intake_id) THEN
        RAISE EXCEPTION 'evenhand: whose review of what it is can''t be changed' USING ERRCODE = '23001';
    END IF;
    IF (NEW.rating, NEW.title, NEW.body, NEW.posted_at, NEW.salt, NEW.digest, NEW.version)
       IS DISTINCT FROM
       (OLD.rating, OLD.title, OLD.body, OLD.posted_at, OLD.salt, OLD.digest, OLD.version)
       AND (NEW.version <> OLD.version + 1 OR NOT EXISTS (
            SELECT 1 FROM review_versions v
             WHERE v.marketplace_id = OLD.marketplace_id AND v.review_id = OLD.id AND v.version = OLD.version AND v.digest = OLD.digest)) THEN
        RAISE EXCEPTION 'evenhand: an edit makes a new version and keeps the old one' USING ERRCODE = '23001';
    END IF;
    IF NEW.status <> OLD.status THEN
        PERFORM evenhand_check_status(OLD, NEW);
    ELSIF NEW.removal_id IS DISTINCT FROM OLD.removal_id THEN
        RAISE EXCEPTION 'evenhand: a removal''s proposal can''t be exchanged' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION evenhand_check_status(o reviews, n reviews) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
BEGIN
    IF n.status = 'removed' THEN
        SELECT * INTO p FROM proposals
         WHERE marketplace_id = n.marketplace_id AND id = n.removal_id AND kind = 'review.remove'
           AND subject_id = n.id::text AND subject_version = n.version AND state = 'approved';
        IF NOT FOUND OR evenhand_approvals(n.marketplace_id, n.removal_id) < p.quorum THEN
            RAISE EXCEPTION 'evenhand: no approved proposal by enough distinct people for this removal' USING ERRCODE = '23001';
        END IF;
    ELSIF o.status = 'removed' AND n.status = 'published' THEN
        IF NOT EXISTS (SELECT 1 FROM restorations r
                        WHERE r.marketplace_id = o.marketplace_id AND r.review_id = o.id AND r.proposal_id = o.removal_id) THEN
            RAISE EXCEPTION 'evenhand: a restoration has to be recorded first' USING ERRCODE = '23001';
        END IF;
    ELSE
        RAISE EXCEPTION 'evenhand: a review can''t go from % to %', o.status, n.status USING ERRCODE = '23001';
    END IF;
END $$;
-- +goose StatementEnd
DROP FUNCTION evenhand_check_place(reviews, reviews);
DROP FUNCTION evenhand_check_remedy(reviews, reviews, uuid, uuid, text, text);
DROP TABLE attachments;
DROP FUNCTION evenhand_attachments_guard();
ALTER TABLE reason_codes DISABLE TRIGGER reason_codes_append_only;
DELETE FROM reason_codes WHERE version = 2;
ALTER TABLE reason_codes ENABLE TRIGGER reason_codes_append_only;
ALTER TABLE reason_codes DROP COLUMN labels, DROP COLUMN remedies;
ALTER TABLE decisions DROP CONSTRAINT decisions_action_check, DROP CONSTRAINT decisions_check,
    ADD CONSTRAINT decisions_action_check CHECK (action IN ('keep', 'remove')),
    ADD CONSTRAINT decisions_check CHECK ((action = 'remove') = (proposal_id IS NOT NULL));
ALTER TABLE removal_requests DROP COLUMN to_seller_id, DROP COLUMN to_product_id, DROP COLUMN label, DROP COLUMN remedy;
DROP INDEX reviews_by_product;
DROP INDEX reviews_by_order;
ALTER TABLE reviews DROP COLUMN home_product_id, DROP COLUMN home_seller_id, DROP COLUMN move_id, DROP COLUMN redaction_id, DROP COLUMN label_id;
