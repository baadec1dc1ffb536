-- What no statement may do, whoever runs it: the last of the places that enforce the two-person rule.
-- Every function pins search_path, with pg_temp last, so that a temporary table can't stand in for a real one.
-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION evenhand_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'evenhand: % is append-only', TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_never_deleted() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'evenhand: rows of % are never deleted', TG_TABLE_NAME USING ERRCODE = '23001';
END $$;
-- +goose StatementEnd

-- How many distinct people other than the requester approved exactly this proposal.
-- +goose StatementBegin
CREATE FUNCTION evenhand_approvals(market text, proposal uuid) RETURNS bigint LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT a.approver_id)
      FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
     WHERE p.marketplace_id = market AND p.id = proposal
       AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id
$$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_proposals_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'open' THEN
            RAISE EXCEPTION 'evenhand: a proposal starts open' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF (NEW.marketplace_id, NEW.id, NEW.kind, NEW.subject_type, NEW.subject_id, NEW.subject_version, NEW.payload, NEW.digest,
        NEW.seal, NEW.requester_id, NEW.quorum, NEW.created_at, NEW.expires_at)
       IS DISTINCT FROM
       (OLD.marketplace_id, OLD.id, OLD.kind, OLD.subject_type, OLD.subject_id, OLD.subject_version, OLD.payload, OLD.digest,
        OLD.seal, OLD.requester_id, OLD.quorum, OLD.created_at, OLD.expires_at) THEN
        RAISE EXCEPTION 'evenhand: what was proposed, by whom and at which quorum can''t be changed' USING ERRCODE = '23001';
    END IF;
    IF NEW.state <> OLD.state AND NOT (
           (OLD.state = 'open' AND NEW.state IN ('approved', 'declined', 'withdrawn', 'expired', 'void'))
        OR (OLD.state = 'approved' AND NEW.state IN ('effective', 'void'))) THEN
        RAISE EXCEPTION 'evenhand: a proposal can''t go from % to %', OLD.state, NEW.state USING ERRCODE = '23001';
    END IF;
    IF OLD.state = 'open' AND NEW.state = 'approved' AND evenhand_approvals(NEW.marketplace_id, NEW.id) < NEW.quorum THEN
        RAISE EXCEPTION 'evenhand: not enough distinct people have approved' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_approvals_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
BEGIN
    SELECT * INTO p FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.proposal_id;
    IF NOT FOUND OR p.state <> 'open' OR NEW.created_at >= p.expires_at THEN
        RAISE EXCEPTION 'evenhand: the proposal is not open' USING ERRCODE = '23001';
    END IF;
    IF NEW.approver_id = p.requester_id THEN
        RAISE EXCEPTION 'evenhand: the requester can''t decide on their own proposal' USING ERRCODE = '23001';
    END IF;
    IF NEW.digest <> p.digest THEN
        RAISE EXCEPTION 'evenhand: the approval is for something else than was proposed' USING ERRCODE = '23001';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.approver_id AND disabled_at IS NULL) THEN
        RAISE EXCEPTION 'evenhand: the approver is not active' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_reviews_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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

-- A review's status changes only by an approved, unused proposal for this very version, or by a recorded restoration.
-- +goose StatementBegin
CREATE FUNCTION evenhand_check_status(o reviews, n reviews) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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

-- The removal uses its proposal up, so that after a restoration it can't be used again.
-- +goose StatementBegin
CREATE FUNCTION evenhand_removal_used() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.removal_id AND state = 'approved';
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- Who audits or administers doesn't moderate, anywhere and at any time that overlaps.
-- +goose StatementBegin
CREATE FUNCTION evenhand_grants_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF (NEW.id, NEW.staff_id, NEW.role, NEW.marketplace_id, NEW.valid_from, NEW.valid_to, NEW.granted_by, NEW.created_at, NEW.seal)
           IS DISTINCT FROM
           (OLD.id, OLD.staff_id, OLD.role, OLD.marketplace_id, OLD.valid_from, OLD.valid_to, OLD.granted_by, OLD.created_at, OLD.seal)
           OR OLD.revoked_at IS NOT NULL THEN
            RAISE EXCEPTION 'evenhand: a grant is revoked, never edited' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    PERFORM 1 FROM staff WHERE id = NEW.staff_id FOR UPDATE;
    IF EXISTS (SELECT 1 FROM role_grants g
                WHERE g.staff_id = NEW.staff_id AND g.revoked_at IS NULL
                  AND (g.valid_to IS NULL OR g.valid_to > NEW.valid_from)
                  AND (NEW.valid_to IS NULL OR NEW.valid_to > g.valid_from)
                  AND (g.role IN ('moderator', 'supervisor')) <> (NEW.role IN ('moderator', 'supervisor'))) THEN
        RAISE EXCEPTION 'evenhand: one person can''t hold both a moderating role and a watching or administering one' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- Who was disabled stays disabled, and nobody else takes the account over.
-- +goose StatementBegin
CREATE FUNCTION evenhand_staff_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.id, NEW.email, NEW.name, NEW.password_hash, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.email, OLD.name, OLD.password_hash, OLD.created_at)
       OR (OLD.disabled_at IS NOT NULL AND NEW.disabled_at IS DISTINCT FROM OLD.disabled_at) THEN
        RAISE EXCEPTION 'evenhand: an account is disabled, never edited' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_raise_epoch() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE grants_epoch SET epoch = epoch + 1 WHERE id = 1;
    RETURN NULL;
END $$;
-- +goose StatementEnd

CREATE TRIGGER proposals_guard BEFORE INSERT OR UPDATE ON proposals FOR EACH ROW EXECUTE FUNCTION evenhand_proposals_guard();
CREATE TRIGGER approvals_guard BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION evenhand_approvals_guard();
CREATE TRIGGER reviews_guard BEFORE INSERT OR UPDATE ON reviews FOR EACH ROW EXECUTE FUNCTION evenhand_reviews_guard();
CREATE TRIGGER reviews_removal_used AFTER UPDATE OF status ON reviews FOR EACH ROW
    WHEN (NEW.status = 'removed' AND OLD.status <> 'removed') EXECUTE FUNCTION evenhand_removal_used();
CREATE TRIGGER role_grants_guard BEFORE INSERT OR UPDATE ON role_grants FOR EACH ROW EXECUTE FUNCTION evenhand_grants_guard();
CREATE TRIGGER staff_guard BEFORE UPDATE ON staff FOR EACH ROW EXECUTE FUNCTION evenhand_staff_guard();
CREATE TRIGGER role_grants_epoch AFTER INSERT OR UPDATE ON role_grants FOR EACH STATEMENT EXECUTE FUNCTION evenhand_raise_epoch();
CREATE TRIGGER staff_epoch AFTER UPDATE OF disabled_at ON staff FOR EACH STATEMENT EXECUTE FUNCTION evenhand_raise_epoch();

-- +goose StatementBegin
DO $$
DECLARE
    t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['ledger_entries', 'approvals', 'decisions', 'skips', 'flags', 'review_versions', 'removal_requests', 'restorations', 'reason_codes', 'grant_queues'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION evenhand_append_only()', t || '_append_only', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only()', t || '_no_truncate', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['reviews', 'proposals', 'tickets', 'staff', 'role_grants', 'interests'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE DELETE ON %I FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted()', t || '_never_deleted', t);
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted()', t || '_no_truncate', t);
    END LOOP;
END $$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DO $$
DECLARE
    t record;
BEGIN
    FOR t IN SELECT g.tgname, g.tgrelid::regclass AS tab FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid
              WHERE NOT g.tgisinternal AND p.proname LIKE 'evenhand\_%' LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', t.tgname, t.tab);
    END LOOP;
END $$;
-- +goose StatementEnd
DROP FUNCTION evenhand_append_only();
DROP FUNCTION evenhand_never_deleted();
DROP FUNCTION evenhand_proposals_guard();
DROP FUNCTION evenhand_approvals_guard();
DROP FUNCTION evenhand_reviews_guard();
DROP FUNCTION evenhand_check_status(reviews, reviews);
DROP FUNCTION evenhand_removal_used();
DROP FUNCTION evenhand_grants_guard();
DROP FUNCTION evenhand_staff_guard();
DROP FUNCTION evenhand_raise_epoch();
DROP FUNCTION evenhand_approvals(text, uuid);
