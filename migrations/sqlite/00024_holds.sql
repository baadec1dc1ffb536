-- A hold hides one review for a person's safety, at the word of one person: off unless the marketplace turns it on, for at
-- most four hours, once for each version, within a daily budget, for the reasons that allow it. It undoes itself. A review
-- says by which hold it is hidden and until when; both follow from an open row of holds, and from nothing else. A hold is
-- no removal: only approvals make one of it.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN holds_per_day smallint NOT NULL DEFAULT 0 CHECK (holds_per_day BETWEEN 0 AND 20);
ALTER TABLE marketplaces ADD COLUMN hold_minutes smallint NOT NULL DEFAULT 240 CHECK (hold_minutes BETWEEN 1 AND 240);

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_holds_per_day BEFORE UPDATE ON marketplaces
WHEN (NEW.holds_per_day, OLD.holds_per_day) IS NOT (SELECT COALESCE(max(s.becomes), OLD.holds_per_day), COALESCE(max(s.was), OLD.holds_per_day) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'holds_per_day')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_hold_minutes BEFORE UPDATE ON marketplaces
WHEN (NEW.hold_minutes, OLD.hold_minutes) IS NOT (SELECT COALESCE(max(s.becomes), OLD.hold_minutes), COALESCE(max(s.was), OLD.hold_minutes) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'hold_minutes')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

ALTER TABLE reviews ADD COLUMN hold_id text;
ALTER TABLE reviews ADD COLUMN held_until datetime CHECK ((hold_id IS NULL) = (held_until IS NULL));
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
    id              text NOT NULL,
    review_id       text NOT NULL,
    review_version  integer NOT NULL,
    ticket_id       text NOT NULL,
    seller_id       text NOT NULL,
    rating          smallint NOT NULL,
    queue           text NOT NULL,
    assigned        text NOT NULL CHECK (assigned IN ('random', 'picked')),
    holder_id       text NOT NULL REFERENCES staff (id),
    reason_code     text NOT NULL,
    reason_version  integer NOT NULL,
    words           text NOT NULL,
    salt            blob NOT NULL,
    words_digest    blob NOT NULL,
    day             text NOT NULL,
    nth             smallint NOT NULL CHECK (nth >= 1),
    placed_at       datetime NOT NULL,
    until           datetime NOT NULL,
    ended_at        datetime,
    how             text CHECK (how IN ('lapsed', 'confirmed', 'lifted')),
    end_proposal_id text,
    erased_at       datetime,
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
CREATE TRIGGER holds_begin_open BEFORE INSERT ON holds
WHEN NEW.ended_at IS NOT NULL OR NEW.how IS NOT NULL OR NEW.erased_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a hold begins open');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_no_replace BEFORE INSERT ON holds
WHEN EXISTS (SELECT 1 FROM holds WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id
     OR (review_id = NEW.review_id AND review_version = NEW.review_version) OR (holder_id = NEW.holder_id AND day = NEW.day AND nth = NEW.nth)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of holds is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_budget BEFORE INSERT ON holds
WHEN typeof(NEW.nth) <> 'integer' OR NEW.day IS NOT substr(NEW.placed_at, 1, 10)
     OR NEW.nth > (SELECT m.holds_per_day FROM marketplaces m WHERE m.id = NEW.marketplace_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no hold is left to this person on this day');
END;
-- +goose StatementEnd

-- julianday is good to a millisecond; verify asks exactly.
-- +goose StatementBegin
CREATE TRIGGER holds_time BEFORE INSERT ON holds
WHEN julianday(NEW.placed_at) IS NULL OR julianday(NEW.until) IS NULL OR NEW.until <= NEW.placed_at
     OR (julianday(NEW.until) - julianday(NEW.placed_at)) * 86400 > 0.01 + 60 * (SELECT min(m.hold_minutes, 240) FROM marketplaces m WHERE m.id = NEW.marketplace_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a hold ends within its time');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_active_person BEFORE INSERT ON holds
WHEN NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.holder_id AND disabled_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the holder is not active');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_reason BEFORE INSERT ON holds
WHEN NOT EXISTS (SELECT 1 FROM reason_codes WHERE code = NEW.reason_code AND version = NEW.reason_version AND holdable)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this reason allows no hold');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_ticket BEFORE INSERT ON holds
WHEN NOT EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id AND t.review_id = NEW.review_id
     AND t.state = 'open' AND t.lease_holder_id = NEW.holder_id AND t.seller_id = NEW.seller_id AND t.queue = NEW.queue)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: only who has the ticket holds its review');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_published BEFORE INSERT ON holds
WHEN NOT EXISTS (SELECT 1 FROM reviews r WHERE r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id AND r.version = NEW.review_version
     AND r.rating = NEW.rating AND r.status IN ('published', 'redacted') AND r.erased_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: only what is published is held, as it stands');
END;
-- +goose StatementEnd

-- A hold ends once, and is neither prolonged nor changed; its words are blanked by the author's erasure.
-- +goose StatementBegin
CREATE TRIGGER holds_fixed BEFORE UPDATE ON holds
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id
     OR NEW.review_id IS NOT OLD.review_id OR NEW.review_version IS NOT OLD.review_version
     OR NEW.ticket_id IS NOT OLD.ticket_id OR NEW.seller_id IS NOT OLD.seller_id
     OR NEW.rating IS NOT OLD.rating OR NEW.queue IS NOT OLD.queue OR NEW.assigned IS NOT OLD.assigned
     OR NEW.holder_id IS NOT OLD.holder_id OR NEW.reason_code IS NOT OLD.reason_code
     OR NEW.reason_version IS NOT OLD.reason_version OR NEW.words_digest IS NOT OLD.words_digest
     OR NEW.day IS NOT OLD.day OR NEW.nth IS NOT OLD.nth OR NEW.placed_at IS NOT OLD.placed_at
     OR NEW.until IS NOT OLD.until
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a hold ends once, and is never changed or prolonged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_end_once BEFORE UPDATE ON holds
WHEN NEW.erased_at IS OLD.erased_at AND (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.ended_at < OLD.placed_at
     OR NEW.words IS NOT OLD.words OR NEW.salt IS NOT OLD.salt)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a hold ends once, and is never changed or prolonged');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_lapse BEFORE UPDATE ON holds
WHEN OLD.ended_at IS NULL AND NEW.how = 'lapsed' AND NEW.ended_at < OLD.until
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a hold lapses at its time');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_decided BEFORE UPDATE ON holds
WHEN OLD.ended_at IS NULL AND NEW.end_proposal_id IS NOT NULL AND NOT EXISTS (
     SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.end_proposal_id AND p.kind LIKE 'review.%' AND p.subject_id = NEW.review_id
        AND p.state <> 'open' AND (NEW.how <> 'confirmed' OR p.kind IN ('review.remove', 'review.redact') AND p.state IN ('approved', 'effective')))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no decision on a request about this review ends the hold so');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_erasure BEFORE UPDATE ON holds
WHEN NEW.erased_at IS NOT OLD.erased_at AND (OLD.erased_at IS NOT NULL OR NEW.words IS NOT '' OR NEW.salt IS NOT x''
     OR NEW.ended_at IS NOT OLD.ended_at OR NEW.how IS NOT OLD.how OR NEW.end_proposal_id IS NOT OLD.end_proposal_id
     OR NEW.erased_at IS NOT (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id
      WHERE r.marketplace_id = OLD.marketplace_id AND r.id = OLD.review_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: holds is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER holds_no_delete BEFORE DELETE ON holds
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of holds are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_held_by_a_hold BEFORE UPDATE ON reviews
WHEN (NEW.hold_id IS NOT OLD.hold_id OR NEW.held_until IS NOT OLD.held_until) AND NEW.hold_id IS NOT NULL AND (OLD.hold_id IS NOT NULL OR NOT EXISTS (
     SELECT 1 FROM holds h WHERE h.marketplace_id = NEW.marketplace_id AND h.id = NEW.hold_id AND h.review_id = NEW.id AND h.review_version = NEW.version
        AND h.ended_at IS NULL AND h.until = NEW.held_until))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review is held by an open hold of its own, for its time');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_hold_ended BEFORE UPDATE ON reviews
WHEN OLD.hold_id IS NOT NULL AND NEW.hold_id IS NULL AND NOT EXISTS (
     SELECT 1 FROM holds h WHERE h.marketplace_id = OLD.marketplace_id AND h.id = OLD.hold_id AND h.ended_at IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the hold has to end first');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_removed_not_held BEFORE UPDATE ON reviews
WHEN NEW.removal_id IS NOT NULL AND NEW.hold_id IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what is removed isn''t held');
END;
-- +goose StatementEnd

DROP TRIGGER reviews_transitions;
DROP TRIGGER reviews_come_in_published;
DROP TRIGGER reviews_erasure_leaves_remedies;
-- +goose StatementBegin
CREATE TRIGGER reviews_transitions BEFORE UPDATE ON reviews
WHEN NEW.status IS NOT NULL AND NEW.status <> CASE WHEN NEW.removal_id IS NOT NULL THEN 'removed' WHEN NEW.hold_id IS NOT NULL THEN 'held' WHEN NEW.redaction_id IS NOT NULL THEN 'redacted' ELSE 'published' END
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review can''t go there from its status');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_come_in_published BEFORE INSERT ON reviews
WHEN NEW.status <> 'published' OR NEW.version <> 1 OR coalesce(NEW.label_id, NEW.redaction_id, NEW.move_id, NEW.home_seller_id, NEW.home_product_id, NEW.hold_id, NEW.held_until) IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review comes in published, at version 1');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_erasure_leaves_remedies BEFORE UPDATE ON reviews
WHEN OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND (NEW.label_id IS NOT OLD.label_id OR NEW.redaction_id IS NOT OLD.redaction_id
     OR NEW.move_id IS NOT OLD.move_id
     OR NEW.hold_id IS NOT OLD.hold_id OR NEW.held_until IS NOT OLD.held_until)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an erasure blanks what the customer wrote, and changes nothing else');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER reviews_held_by_a_hold;
DROP TRIGGER reviews_hold_ended;
DROP TRIGGER reviews_removed_not_held;
DROP TRIGGER reviews_transitions;
DROP TRIGGER reviews_come_in_published;
DROP TRIGGER reviews_erasure_leaves_remedies;
-- +goose StatementBegin
CREATE TRIGGER reviews_transitions BEFORE UPDATE ON reviews
WHEN NEW.status IS NOT NULL AND NEW.status <> CASE WHEN NEW.removal_id IS NOT NULL THEN 'removed' WHEN NEW.redaction_id IS NOT NULL THEN 'redacted' ELSE 'published' END
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review can''t go there from its status');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reviews_come_in_published BEFORE INSERT ON reviews
WHEN NEW.status <> 'published' OR NEW.version <> 1 OR coalesce(NEW.label_id, NEW.redaction_id, NEW.move_id, NEW.home_seller_id, NEW.home_product_id) IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review comes in published, at version 1');
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
ALTER TABLE reviews DROP COLUMN held_until;
ALTER TABLE reviews DROP COLUMN hold_id;
DROP TABLE holds;
DROP TRIGGER reason_codes_no_delete;
DELETE FROM reason_codes WHERE holdable;
-- +goose StatementBegin
CREATE TRIGGER reason_codes_no_delete BEFORE DELETE ON reason_codes
BEGIN
    SELECT RAISE(ABORT, 'evenhand: reason_codes is append-only');
END;
-- +goose StatementEnd
ALTER TABLE reason_codes DROP COLUMN holdable;
DROP TRIGGER marketplaces_set_hold_minutes;
DROP TRIGGER marketplaces_set_holds_per_day;
ALTER TABLE marketplaces DROP COLUMN hold_minutes;
ALTER TABLE marketplaces DROP COLUMN holds_per_day;
