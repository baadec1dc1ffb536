-- Blind work: who sells and who wrote is hidden from the moderator, and who asked from the approver, until they lift the
-- mask for a stated purpose. text_digest commits to their words, SHA-256(text_salt ‖ canonical JSON of the text).
-- +goose Up
ALTER TABLE marketplaces
    ADD COLUMN blind_parties text NOT NULL DEFAULT 'negative' CHECK (blind_parties IN ('never', 'negative', 'always')),
    ADD COLUMN blind_requester text NOT NULL DEFAULT 'negative' CHECK (blind_requester IN ('never', 'negative', 'always'));

CREATE TABLE unmaskings (
    marketplace_id text        NOT NULL,
    id             uuid        NOT NULL,
    staff_id       uuid        NOT NULL REFERENCES staff (id),
    subject_type   text        NOT NULL CHECK (subject_type IN ('ticket', 'proposal')),
    subject_id     uuid        NOT NULL,
    review_id      uuid        NOT NULL,
    purpose        text        NOT NULL CHECK (purpose IN ('tie', 'order', 'pattern', 'legal')),
    text           text        NOT NULL,
    text_salt      bytea       NOT NULL,
    text_digest    bytea       NOT NULL CHECK (octet_length(text_digest) = 32),
    created_at     timestamptz NOT NULL,
    erased_at      timestamptz,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, staff_id, subject_type, subject_id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);
CREATE INDEX unmaskings_by_person ON unmaskings (marketplace_id, staff_id, created_at);
CREATE INDEX unmaskings_by_review ON unmaskings (marketplace_id, review_id);

-- +goose StatementBegin
CREATE FUNCTION evenhand_unmaskings_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.text <> '' OR NEW.text_salt <> ''
           OR to_jsonb(NEW) - '{text,text_salt,erased_at}'::text[] <> to_jsonb(OLD) - '{text,text_salt,erased_at}'::text[]
           OR NEW.erased_at IS DISTINCT FROM evenhand_author_erased(OLD.marketplace_id, OLD.review_id) THEN
            RAISE EXCEPTION 'evenhand: unmaskings is append-only' USING ERRCODE = '23001';
        END IF;
        RETURN NEW;
    END IF;
    IF NEW.erased_at IS NOT NULL OR NEW.subject_type = 'ticket' AND NOT EXISTS (SELECT 1 FROM tickets t
           WHERE t.marketplace_id = NEW.marketplace_id AND t.id = NEW.subject_id AND t.review_id = NEW.review_id AND t.lease_holder_id = NEW.staff_id)
       OR NEW.subject_type = 'proposal' AND NOT EXISTS (SELECT 1 FROM removal_requests q
           JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
           WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.subject_id AND q.review_id = NEW.review_id
             AND p.state = 'open' AND p.requester_id <> NEW.staff_id) THEN
        RAISE EXCEPTION 'evenhand: a mask is lifted by who holds the ticket, or is to decide on the request' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER unmaskings_guard BEFORE INSERT OR UPDATE ON unmaskings FOR EACH ROW EXECUTE FUNCTION evenhand_unmaskings_guard();
CREATE TRIGGER unmaskings_append_only BEFORE DELETE ON unmaskings FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER unmaskings_no_truncate BEFORE TRUNCATE ON unmaskings FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();

-- +goose Down
DROP TABLE unmaskings;
DROP FUNCTION evenhand_unmaskings_guard();
ALTER TABLE marketplaces DROP COLUMN blind_requester, DROP COLUMN blind_parties;
