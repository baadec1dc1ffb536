-- Erasing what a customer wrote, at their request and by two people. The texts go, and with them every salt that would
-- let somebody confirm a guess; stars, dates and digests stay, so the record still fits. A row that was blanked says when
-- in erased_at. The guards allow this blanking and no other change, and only once the customer is marked erased, which
-- takes an approved proposal and uses it up. A note is committed to by note_digest, SHA-256(note_salt ‖ note), so that
-- the seal of an approval outlives its note.
-- +goose Up
ALTER TABLE customers ADD COLUMN erased_at timestamptz, ADD COLUMN erasure_id uuid;
ALTER TABLE reviews ADD COLUMN erased_at timestamptz;
ALTER TABLE review_versions ADD COLUMN erased_at timestamptz;
ALTER TABLE proposals ADD COLUMN erased_at timestamptz;
ALTER TABLE approvals ADD COLUMN note_salt bytea NOT NULL DEFAULT '', ADD COLUMN note_digest bytea NOT NULL DEFAULT '', ADD COLUMN erased_at timestamptz;
ALTER TABLE restorations ADD COLUMN erased_at timestamptz;
ALTER TABLE flags ADD COLUMN erased_at timestamptz;
ALTER TABLE skips ADD COLUMN erased_at timestamptz;
CREATE INDEX proposals_by_kind ON proposals (marketplace_id, kind, created_at, id);

-- When the author of a review was erased; null: they weren't.
-- +goose StatementBegin
CREATE FUNCTION evenhand_author_erased(market text, review uuid) RETURNS timestamptz LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id
     WHERE r.marketplace_id = market AND r.id = review
$$;
-- +goose StatementEnd

-- When the customer was erased whom a proposal is about: the author of the review to remove, or whoever was to be erased
-- by an earlier proposal than the one that took effect, whose own words stay.
-- +goose StatementBegin
CREATE FUNCTION evenhand_subject_erased(market text, proposal uuid) RETURNS timestamptz LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
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

-- A customer is marked erased by an approved, unused proposal about them, and never otherwise changed.
-- +goose StatementBegin
CREATE FUNCTION evenhand_customers_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.erased_at IS NOT NULL OR NEW.erasure_id IS NOT NULL OR NEW.external_id LIKE 'erased:%' THEN
            RAISE EXCEPTION 'evenhand: nobody comes in erased' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.external_id <> 'erased:' || OLD.id
       OR (NEW.marketplace_id, NEW.id, NEW.created_at) IS DISTINCT FROM (OLD.marketplace_id, OLD.id, OLD.created_at) THEN
        RAISE EXCEPTION 'evenhand: a customer is erased once, and never edited' USING ERRCODE = '23001';
    END IF;
    SELECT * INTO p FROM proposals
     WHERE marketplace_id = NEW.marketplace_id AND id = NEW.erasure_id AND kind = 'customer.erase'
       AND subject_id = NEW.id::text AND state = 'approved';
    IF NOT FOUND OR evenhand_approvals(NEW.marketplace_id, NEW.erasure_id) < p.quorum THEN
        RAISE EXCEPTION 'evenhand: no approved proposal by enough distinct people for this erasure' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_erasure_used() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.erasure_id AND state = 'approved';
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- Reviews and proposals: the older guards watch every other change, these the blanking.
-- +goose StatementBegin
CREATE FUNCTION evenhand_reviews_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    gone timestamptz;
BEGIN
    IF TG_OP = 'INSERT' THEN -- the lock lets an erasure that is under way come first
        SELECT erased_at INTO gone FROM customers WHERE marketplace_id = NEW.marketplace_id AND id = NEW.customer_id FOR KEY SHARE;
        IF gone IS NOT NULL OR NEW.erased_at IS NOT NULL THEN
            RAISE EXCEPTION 'evenhand: the author of this review was erased' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL THEN
        IF (NEW.order_ref, NEW.verified, NEW.erased_at) IS DISTINCT FROM (OLD.order_ref, OLD.verified, OLD.erased_at)
           OR OLD.erased_at IS NOT NULL AND (NEW.rating, NEW.title, NEW.body, NEW.posted_at, NEW.salt, NEW.digest, NEW.version)
              IS DISTINCT FROM (OLD.rating, OLD.title, OLD.body, OLD.posted_at, OLD.salt, OLD.digest, OLD.version) THEN
            RAISE EXCEPTION 'evenhand: what was erased stays erased, and an order stays what it is' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.title, NEW.body, NEW.order_ref, NEW.salt) IS DISTINCT FROM ('', '', '', ''::bytea)
       OR to_jsonb(NEW) - '{title,body,order_ref,salt,erased_at,updated_at}'::text[]
          <> to_jsonb(OLD) - '{title,body,order_ref,salt,erased_at,updated_at}'::text[] THEN
        RAISE EXCEPTION 'evenhand: an erasure blanks what the customer wrote, and changes nothing else' USING ERRCODE = '23001';
    END IF;
    IF NEW.erased_at IS DISTINCT FROM evenhand_author_erased(OLD.marketplace_id, OLD.id) THEN
        RAISE EXCEPTION 'evenhand: no erasure of this review''s author took effect' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_proposals_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.erased_at IS NOT NULL THEN
            RAISE EXCEPTION 'evenhand: nothing is proposed erased' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL THEN
        IF NEW.erased_at IS DISTINCT FROM OLD.erased_at THEN
            RAISE EXCEPTION 'evenhand: what was erased stays erased' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.payload <> '' OR to_jsonb(NEW) - '{payload,erased_at}'::text[] <> to_jsonb(OLD) - '{payload,erased_at}'::text[]
       OR NEW.erased_at IS DISTINCT FROM evenhand_subject_erased(OLD.marketplace_id, OLD.id) THEN
        RAISE EXCEPTION 'evenhand: what was proposed is blanked only by an erasure that took effect, and wholly' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- What is append-only otherwise: the columns named as arguments are blanked by the author's erasure, once.
-- +goose StatementBegin
CREATE FUNCTION evenhand_blank_only() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    before jsonb := to_jsonb(OLD) - 'erased_at';
    after  jsonb := to_jsonb(NEW) - 'erased_at';
    gone   timestamptz;
    text_column text;
BEGIN
    FOREACH text_column IN ARRAY TG_ARGV LOOP
        IF after ->> text_column <> (CASE WHEN text_column LIKE '%salt' THEN '\x' ELSE '' END) THEN
            RAISE EXCEPTION 'evenhand: % is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
        END IF;
        before := before - text_column;
        after := after - text_column;
    END LOOP;
    IF TG_TABLE_NAME = 'approvals' THEN
        IF OLD.note_digest = '' THEN -- a seal from before notes were committed to covers the note itself: it is renewed
            before := before - 'note_digest' - 'seal';
            after := after - 'note_digest' - 'seal';
        END IF;
        gone := evenhand_subject_erased(OLD.marketplace_id, OLD.proposal_id);
    ELSIF TG_TABLE_NAME = 'skips' THEN
        SELECT evenhand_author_erased(t.marketplace_id, t.review_id) INTO gone FROM tickets t
         WHERE t.marketplace_id = OLD.marketplace_id AND t.id = OLD.ticket_id;
    ELSE
        gone := evenhand_author_erased(OLD.marketplace_id, OLD.review_id);
    END IF;
    IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR before <> after OR NEW.erased_at IS DISTINCT FROM gone THEN
        RAISE EXCEPTION 'evenhand: % is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_versions_erasure() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.erased_at IS NOT NULL OR EXISTS (
        SELECT 1 FROM reviews r WHERE r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id AND r.erased_at IS NOT NULL) THEN
        RAISE EXCEPTION 'evenhand: the author of this review was erased' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER customers_guard BEFORE INSERT OR UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION evenhand_customers_guard();
CREATE TRIGGER customers_erasure_used AFTER UPDATE ON customers FOR EACH ROW EXECUTE FUNCTION evenhand_erasure_used();
CREATE TRIGGER customers_never_deleted BEFORE DELETE ON customers FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted();
CREATE TRIGGER customers_no_truncate BEFORE TRUNCATE ON customers FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted();
DROP TRIGGER reviews_guard ON reviews;
CREATE TRIGGER reviews_guard BEFORE INSERT ON reviews FOR EACH ROW EXECUTE FUNCTION evenhand_reviews_guard();
CREATE TRIGGER reviews_guard_update BEFORE UPDATE ON reviews FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL) EXECUTE FUNCTION evenhand_reviews_guard();
CREATE TRIGGER reviews_erasure BEFORE INSERT OR UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION evenhand_reviews_erasure();
DROP TRIGGER proposals_guard ON proposals;
CREATE TRIGGER proposals_guard BEFORE INSERT ON proposals FOR EACH ROW EXECUTE FUNCTION evenhand_proposals_guard();
CREATE TRIGGER proposals_guard_update BEFORE UPDATE ON proposals FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL) EXECUTE FUNCTION evenhand_proposals_guard();
CREATE TRIGGER proposals_erasure BEFORE INSERT OR UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION evenhand_proposals_erasure();
CREATE TRIGGER review_versions_erasure BEFORE INSERT ON review_versions FOR EACH ROW EXECUTE FUNCTION evenhand_versions_erasure();
DROP TRIGGER review_versions_append_only ON review_versions;
CREATE TRIGGER review_versions_append_only BEFORE DELETE ON review_versions FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER review_versions_blank_only BEFORE UPDATE ON review_versions FOR EACH ROW EXECUTE FUNCTION evenhand_blank_only('title', 'body', 'salt');
DROP TRIGGER approvals_append_only ON approvals;
CREATE TRIGGER approvals_append_only BEFORE DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER approvals_blank_only BEFORE UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION evenhand_blank_only('note', 'note_salt');
DROP TRIGGER restorations_append_only ON restorations;
CREATE TRIGGER restorations_append_only BEFORE DELETE ON restorations FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER restorations_blank_only BEFORE UPDATE ON restorations FOR EACH ROW EXECUTE FUNCTION evenhand_blank_only('note');
DROP TRIGGER flags_append_only ON flags;
CREATE TRIGGER flags_append_only BEFORE DELETE ON flags FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER flags_blank_only BEFORE UPDATE ON flags FOR EACH ROW EXECUTE FUNCTION evenhand_blank_only('text');
DROP TRIGGER skips_append_only ON skips;
CREATE TRIGGER skips_append_only BEFORE DELETE ON skips FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER skips_blank_only BEFORE UPDATE ON skips FOR EACH ROW EXECUTE FUNCTION evenhand_blank_only('note');

-- +goose Down
DROP TRIGGER review_versions_blank_only ON review_versions;
DROP TRIGGER review_versions_append_only ON review_versions;
CREATE TRIGGER review_versions_append_only BEFORE UPDATE OR DELETE ON review_versions FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
DROP TRIGGER approvals_blank_only ON approvals;
DROP TRIGGER approvals_append_only ON approvals;
CREATE TRIGGER approvals_append_only BEFORE UPDATE OR DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
DROP TRIGGER restorations_blank_only ON restorations;
DROP TRIGGER restorations_append_only ON restorations;
CREATE TRIGGER restorations_append_only BEFORE UPDATE OR DELETE ON restorations FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
DROP TRIGGER flags_blank_only ON flags;
DROP TRIGGER flags_append_only ON flags;
CREATE TRIGGER flags_append_only BEFORE UPDATE OR DELETE ON flags FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
DROP TRIGGER skips_blank_only ON skips;
DROP TRIGGER skips_append_only ON skips;
CREATE TRIGGER skips_append_only BEFORE UPDATE OR DELETE ON skips FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
DROP TRIGGER review_versions_erasure ON review_versions;
DROP TRIGGER proposals_erasure ON proposals;
DROP TRIGGER proposals_guard_update ON proposals;
DROP TRIGGER proposals_guard ON proposals;
CREATE TRIGGER proposals_guard BEFORE INSERT OR UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION evenhand_proposals_guard();
DROP TRIGGER reviews_erasure ON reviews;
DROP TRIGGER reviews_guard_update ON reviews;
DROP TRIGGER reviews_guard ON reviews;
CREATE TRIGGER reviews_guard BEFORE INSERT OR UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION evenhand_reviews_guard();
DROP TRIGGER customers_no_truncate ON customers;
DROP TRIGGER customers_never_deleted ON customers;
DROP TRIGGER customers_erasure_used ON customers;
DROP TRIGGER customers_guard ON customers;
DROP FUNCTION evenhand_versions_erasure();
DROP FUNCTION evenhand_blank_only();
DROP FUNCTION evenhand_proposals_erasure();
DROP FUNCTION evenhand_reviews_erasure();
DROP FUNCTION evenhand_erasure_used();
DROP FUNCTION evenhand_customers_guard();
DROP FUNCTION evenhand_subject_erased(text, uuid);
DROP FUNCTION evenhand_author_erased(text, uuid);
DROP INDEX proposals_by_kind;
ALTER TABLE skips DROP COLUMN erased_at;
ALTER TABLE flags DROP COLUMN erased_at;
ALTER TABLE restorations DROP COLUMN erased_at;
ALTER TABLE approvals DROP COLUMN erased_at, DROP COLUMN note_digest, DROP COLUMN note_salt;
ALTER TABLE proposals DROP COLUMN erased_at;
ALTER TABLE review_versions DROP COLUMN erased_at;
ALTER TABLE reviews DROP COLUMN erased_at;
ALTER TABLE customers DROP COLUMN erasure_id, DROP COLUMN erased_at;
