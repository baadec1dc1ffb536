-- A hold hides one review for a person's safety, at the word of one person: off unless the marketplace turns it on, for at
-- most four hours, once for each version, within a daily budget, for the reasons that allow it. It undoes itself. A review
-- says by which hold it is hidden and until when; both follow from an open row of holds, and from nothing else. A hold is
-- no removal: only approvals make one of it.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN holds_per_day smallint NOT NULL DEFAULT 0 CHECK (holds_per_day BETWEEN 0 AND 20),
    ADD COLUMN hold_minutes smallint NOT NULL DEFAULT 240 CHECK (hold_minutes BETWEEN 1 AND 240);
ALTER TABLE reviews ADD COLUMN hold_id uuid, ADD COLUMN held_until timestamptz, ADD CHECK ((hold_id IS NULL) = (held_until IS NULL));
ALTER TABLE reason_codes ADD COLUMN holdable boolean NOT NULL DEFAULT false;
INSERT INTO reason_codes (code, version, meaning, policy, evidence, remedy, dsa_ground, dsa_category, dsa_keyword, ftc_basis, position, valid_from, remedies, labels, holdable)
SELECT code, version + 1, meaning, policy, evidence, remedy, dsa_ground, dsa_category, dsa_keyword, ftc_basis, position, valid_from, remedies, labels, true
  FROM reason_codes r WHERE code IN ('PERSONAL_DATA', 'HARASSMENT_THREAT', 'LEGAL_ORDER')
   AND version = (SELECT max(x.version) FROM reason_codes x WHERE x.code = r.code);

-- id is the entry of the placing. day and nth count what a person may place: the nth hold of that day (UTC). seller, rating,
-- queue and assigned are what the comparison of moderators goes by. words_digest commits to the words,
-- SHA-256(salt ‖ canonical JSON of the words), and outlives them. how it ended: lapsed, at its time; confirmed, by the
-- removal or redaction end_proposal_id; lifted, by that request's end or by one person.
CREATE TABLE holds (
    marketplace_id  text NOT NULL,
    id              uuid NOT NULL,
    review_id       uuid NOT NULL,
    review_version  integer NOT NULL,
    ticket_id       uuid NOT NULL,
    seller_id       uuid NOT NULL,
    rating          smallint NOT NULL,
    queue           text NOT NULL,
    assigned        text NOT NULL CHECK (assigned IN ('random', 'picked')),
    holder_id       uuid NOT NULL REFERENCES staff (id),
    reason_code     text NOT NULL,
    reason_version  integer NOT NULL,
    words           text NOT NULL,
    salt            bytea NOT NULL,
    words_digest    bytea NOT NULL,
    day             text NOT NULL,
    nth             smallint NOT NULL CHECK (nth >= 1),
    placed_at       timestamptz NOT NULL,
    until           timestamptz NOT NULL,
    ended_at        timestamptz,
    how             text CHECK (how IN ('lapsed', 'confirmed', 'lifted')),
    end_proposal_id uuid,
    erased_at       timestamptz,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, review_id, review_version),
    UNIQUE (marketplace_id, holder_id, day, nth),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    FOREIGN KEY (marketplace_id, seller_id) REFERENCES sellers (marketplace_id, id),
    FOREIGN KEY (marketplace_id, end_proposal_id) REFERENCES proposals (marketplace_id, id),
    FOREIGN KEY (reason_code, reason_version) REFERENCES reason_codes (code, version),
    CHECK ((ended_at IS NULL) = (how IS NULL)),
    CHECK (how IS NOT NULL OR end_proposal_id IS NULL),
    CHECK (how <> 'confirmed' OR end_proposal_id IS NOT NULL)
);
CREATE INDEX holds_open ON holds (until) WHERE ended_at IS NULL;
CREATE INDEX holds_by_time ON holds (marketplace_id, placed_at, id);
CREATE INDEX holds_by_holder ON holds (marketplace_id, holder_id, placed_at, id);
CREATE INDEX holds_by_ticket ON holds (marketplace_id, ticket_id);

-- +goose StatementBegin
CREATE FUNCTION evenhand_holds_place() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    m marketplaces%ROWTYPE;
BEGIN
    SELECT * INTO m FROM marketplaces WHERE id = NEW.marketplace_id;
    IF NEW.ended_at IS NOT NULL OR NEW.erased_at IS NOT NULL THEN
        RAISE EXCEPTION 'evenhand: a hold begins open' USING ERRCODE = '23001';
    END IF;
    IF NEW.nth > m.holds_per_day OR NEW.day <> to_char(NEW.placed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') THEN
        RAISE EXCEPTION 'evenhand: no hold is left to this person on this day' USING ERRCODE = '23001';
    END IF;
    IF NEW.until <= NEW.placed_at OR NEW.until > NEW.placed_at + make_interval(mins => least(m.hold_minutes, 240)::int) THEN
        RAISE EXCEPTION 'evenhand: a hold ends within its time' USING ERRCODE = '23001';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.holder_id AND disabled_at IS NULL) THEN
        RAISE EXCEPTION 'evenhand: the holder is not active' USING ERRCODE = '23001';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM reason_codes WHERE code = NEW.reason_code AND version = NEW.reason_version AND holdable) THEN
        RAISE EXCEPTION 'evenhand: this reason allows no hold' USING ERRCODE = '23001';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id AND t.review_id = NEW.review_id
           AND t.state = 'open' AND t.lease_holder_id = NEW.holder_id AND t.seller_id = NEW.seller_id AND t.queue = NEW.queue) THEN
        RAISE EXCEPTION 'evenhand: only who has the ticket holds its review' USING ERRCODE = '23001';
    END IF;
    IF NOT EXISTS (SELECT 1 FROM reviews r WHERE r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id AND r.version = NEW.review_version
           AND r.rating = NEW.rating AND r.status IN ('published', 'redacted') AND r.erased_at IS NULL) THEN
        RAISE EXCEPTION 'evenhand: only what is published is held, as it stands' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- A hold ends once, and is neither prolonged nor changed; its words are blanked by the author's erasure.
-- +goose StatementBegin
CREATE FUNCTION evenhand_holds_end() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p proposals%ROWTYPE;
    ends  text[] := '{ended_at,how,end_proposal_id}';
    words text[] := '{words,salt,erased_at}';
BEGIN
    IF NEW.erased_at IS NOT NULL AND OLD.erased_at IS NULL THEN
        IF to_jsonb(NEW) - words <> to_jsonb(OLD) - words OR NEW.words <> '' OR NEW.salt <> ''::bytea
           OR NEW.erased_at IS DISTINCT FROM evenhand_author_erased(OLD.marketplace_id, OLD.review_id) THEN
            RAISE EXCEPTION 'evenhand: holds is append-only' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - ends <> to_jsonb(OLD) - ends OR OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.ended_at < OLD.placed_at THEN
        RAISE EXCEPTION 'evenhand: a hold ends once, and is never changed or prolonged' USING ERRCODE = '23001';
    END IF;
    IF NEW.how = 'lapsed' AND NEW.ended_at < OLD.until THEN
        RAISE EXCEPTION 'evenhand: a hold lapses at its time' USING ERRCODE = '23001';
    END IF;
    IF NEW.end_proposal_id IS NOT NULL THEN
        SELECT * INTO p FROM proposals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.end_proposal_id;
        IF NOT FOUND OR p.kind NOT LIKE 'review.%' OR p.subject_id <> NEW.review_id::text OR p.state = 'open'
           OR NEW.how = 'confirmed' AND (p.kind NOT IN ('review.remove', 'review.redact') OR p.state NOT IN ('approved', 'effective')) THEN
            RAISE EXCEPTION 'evenhand: no decision on a request about this review ends the hold so' USING ERRCODE = '23001';
        END IF;
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER holds_place BEFORE INSERT ON holds FOR EACH ROW EXECUTE FUNCTION evenhand_holds_place();
CREATE TRIGGER holds_end BEFORE UPDATE ON holds FOR EACH ROW EXECUTE FUNCTION evenhand_holds_end();
CREATE TRIGGER holds_never_deleted BEFORE DELETE ON holds FOR EACH ROW EXECUTE FUNCTION evenhand_never_deleted();
CREATE TRIGGER holds_no_truncate BEFORE TRUNCATE ON holds FOR EACH STATEMENT EXECUTE FUNCTION evenhand_never_deleted();

-- Whether a review may be hidden by a hold, or shown again.
-- +goose StatementBegin
CREATE FUNCTION evenhand_check_hold(o reviews, n reviews) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (n.hold_id, n.held_until) IS NOT DISTINCT FROM (o.hold_id, o.held_until) THEN
        RETURN;
    ELSIF n.hold_id IS NULL THEN
        IF NOT EXISTS (SELECT 1 FROM holds h WHERE h.marketplace_id = o.marketplace_id AND h.id = o.hold_id AND h.ended_at IS NOT NULL) THEN
            RAISE EXCEPTION 'evenhand: the hold has to end first' USING ERRCODE = '23001';
        END IF;
    ELSIF o.hold_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM holds h WHERE h.marketplace_id = n.marketplace_id AND h.id = n.hold_id AND h.review_id = n.id AND h.review_version = n.version
           AND h.ended_at IS NULL AND h.until = n.held_until) THEN
        RAISE EXCEPTION 'evenhand: a review is held by an open hold of its own, for its time' USING ERRCODE = '23001';
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
    PERFORM evenhand_check_hold(o, n);
    IF n.removal_id IS NOT NULL AND n.hold_id IS NOT NULL THEN
        RAISE EXCEPTION 'evenhand: what is removed isn''t held' USING ERRCODE = '23001';
    END IF;
    IF n.status IS DISTINCT FROM (CASE WHEN n.removal_id IS NOT NULL THEN 'removed' WHEN n.hold_id IS NOT NULL THEN 'held' WHEN n.redaction_id IS NOT NULL THEN 'redacted' ELSE 'published' END) THEN
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
        IF NEW.status <> 'published' OR NEW.version <> 1 OR num_nonnulls(NEW.label_id, NEW.redaction_id, NEW.move_id, NEW.home_seller_id, NEW.home_product_id, NEW.hold_id, NEW.held_until) > 0 THEN
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
    IF (NEW.status, NEW.removal_id, NEW.redaction_id, NEW.label_id, NEW.move_id, NEW.seller_id, NEW.product_id, NEW.home_seller_id, NEW.home_product_id, NEW.hold_id, NEW.held_until)
       IS DISTINCT FROM
       (OLD.status, OLD.removal_id, OLD.redaction_id, OLD.label_id, OLD.move_id, OLD.seller_id, OLD.product_id, OLD.home_seller_id, OLD.home_product_id, OLD.hold_id, OLD.held_until) THEN
        PERFORM evenhand_check_status(OLD, NEW);
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose Down
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
DROP FUNCTION evenhand_check_hold(reviews, reviews);
ALTER TABLE reviews DROP COLUMN held_until, DROP COLUMN hold_id;
DROP TABLE holds;
DROP FUNCTION evenhand_holds_end();
DROP FUNCTION evenhand_holds_place();
ALTER TABLE reason_codes DISABLE TRIGGER reason_codes_append_only;
DELETE FROM reason_codes WHERE holdable;
ALTER TABLE reason_codes ENABLE TRIGGER reason_codes_append_only;
ALTER TABLE reason_codes DROP COLUMN holdable;
ALTER TABLE marketplaces DROP COLUMN hold_minutes, DROP COLUMN holds_per_day;
