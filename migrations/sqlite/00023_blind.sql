-- Blind work: who sells and who wrote is hidden from the moderator, and who asked from the approver, until they lift the
-- mask for a stated purpose. text_digest commits to their words, SHA-256(text_salt ‖ canonical JSON of the text).
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN blind_parties text NOT NULL DEFAULT 'negative' CHECK (blind_parties IN ('never', 'negative', 'always'));
ALTER TABLE marketplaces ADD COLUMN blind_requester text NOT NULL DEFAULT 'negative' CHECK (blind_requester IN ('never', 'negative', 'always'));

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_blind_parties BEFORE UPDATE ON marketplaces
WHEN (NEW.blind_parties, OLD.blind_parties) IS NOT (SELECT COALESCE(max(s.becomes), OLD.blind_parties), COALESCE(max(s.was), OLD.blind_parties) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'blind_parties')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_blind_requester BEFORE UPDATE ON marketplaces
WHEN (NEW.blind_requester, OLD.blind_requester) IS NOT (SELECT COALESCE(max(s.becomes), OLD.blind_requester), COALESCE(max(s.was), OLD.blind_requester) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'blind_requester')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

CREATE TABLE unmaskings (
    marketplace_id text     NOT NULL,
    id             text     NOT NULL,
    staff_id       text     NOT NULL REFERENCES staff (id),
    subject_type   text     NOT NULL CHECK (subject_type IN ('ticket', 'proposal')),
    subject_id     text     NOT NULL,
    review_id      text     NOT NULL,
    purpose        text     NOT NULL CHECK (purpose IN ('tie', 'order', 'pattern', 'legal')),
    text           text     NOT NULL,
    text_salt      blob     NOT NULL,
    text_digest    blob     NOT NULL CHECK (length(text_digest) = 32),
    created_at     datetime NOT NULL,
    erased_at      datetime,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, staff_id, subject_type, subject_id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);
CREATE INDEX unmaskings_by_person ON unmaskings (marketplace_id, staff_id, created_at);
CREATE INDEX unmaskings_by_review ON unmaskings (marketplace_id, review_id);

-- +goose StatementBegin
CREATE TRIGGER unmaskings_by_whom BEFORE INSERT ON unmaskings
WHEN NEW.erased_at IS NOT NULL OR NEW.subject_type = 'ticket' AND NOT EXISTS (SELECT 1 FROM tickets t
         WHERE t.marketplace_id = NEW.marketplace_id AND t.id = NEW.subject_id AND t.review_id = NEW.review_id AND t.lease_holder_id = NEW.staff_id)
     OR NEW.subject_type = 'proposal' AND NOT EXISTS (SELECT 1 FROM removal_requests q
         JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
         WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.subject_id AND q.review_id = NEW.review_id
           AND p.state = 'open' AND p.requester_id <> NEW.staff_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a mask is lifted by who holds the ticket, or is to decide on the request');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER unmaskings_no_replace BEFORE INSERT ON unmaskings
WHEN EXISTS (SELECT 1 FROM unmaskings WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id
     OR (staff_id = NEW.staff_id AND subject_type = NEW.subject_type AND subject_id = NEW.subject_id)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of unmaskings is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER unmaskings_blank_only BEFORE UPDATE ON unmaskings
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.text IS NOT '' OR NEW.text_salt IS NOT x'' OR
     NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.staff_id IS NOT OLD.staff_id OR
     NEW.subject_type IS NOT OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.review_id IS NOT OLD.review_id OR
     NEW.purpose IS NOT OLD.purpose OR NEW.text_digest IS NOT OLD.text_digest OR NEW.created_at IS NOT OLD.created_at OR
     NEW.erased_at IS NOT (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND
     c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id = OLD.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: unmaskings is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER unmaskings_no_delete BEFORE DELETE ON unmaskings
BEGIN
    SELECT RAISE(ABORT, 'evenhand: unmaskings is append-only');
END;
-- +goose StatementEnd

-- +goose Down
DROP TABLE unmaskings;
DROP TRIGGER marketplaces_set_blind_requester;
DROP TRIGGER marketplaces_set_blind_parties;
ALTER TABLE marketplaces DROP COLUMN blind_requester;
ALTER TABLE marketplaces DROP COLUMN blind_parties;
