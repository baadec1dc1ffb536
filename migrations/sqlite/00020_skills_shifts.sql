-- What routing goes by beside the category: a review's language, a classifier's score, who can do what, and who is there.
-- +goose Up
-- language: ISO 639-1 as the marketplace gives it; '' where it doesn't. It changes with the text alone.
ALTER TABLE reviews ADD COLUMN language text NOT NULL DEFAULT '' CHECK (length(language) <= 8);
-- score: how likely the text breaks a rule, in per cent, as whoever flagged it gives it.
ALTER TABLE flags ADD COLUMN score integer CHECK (score BETWEEN 0 AND 100);
-- skill: of a ticket that was escalated instead of merely skipped, what it needs.
ALTER TABLE skips ADD COLUMN skill text NOT NULL DEFAULT '';

CREATE TABLE grant_skills (
    grant_id text NOT NULL REFERENCES role_grants (id),
    skill    text NOT NULL,
    PRIMARY KEY (grant_id, skill)
);

-- Each time that somebody says whether they are at work. What they said last holds, for twelve hours.
CREATE TABLE shifts (
    marketplace_id text     NOT NULL REFERENCES marketplaces (id),
    id             text     NOT NULL,
    staff_id       text     NOT NULL REFERENCES staff (id),
    state          text     NOT NULL CHECK (state IN ('on', 'break', 'off')),
    said_at        datetime NOT NULL,
    PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX shifts_by_staff ON shifts (marketplace_id, staff_id, said_at, id);
CREATE INDEX shifts_by_time ON shifts (marketplace_id, said_at);

-- +goose StatementBegin
CREATE TRIGGER reviews_language_fixed BEFORE UPDATE ON reviews
WHEN NEW.language IS NOT OLD.language AND NEW.version IS OLD.version
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review''s language changes with its text alone');
END;
-- +goose StatementEnd

DROP TRIGGER flags_no_update;
-- +goose StatementBegin
CREATE TRIGGER flags_no_update BEFORE UPDATE ON flags
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.text IS NOT '' OR NEW.marketplace_id IS NOT
     OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.ticket_id IS NOT OLD.ticket_id OR NEW.review_id IS NOT OLD.review_id OR
     NEW.review_version IS NOT OLD.review_version OR NEW.source IS NOT OLD.source OR NEW.score IS NOT OLD.score OR
     NEW.created_at IS NOT OLD.created_at OR NEW.erased_at IS NOT
     (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id
     WHERE r.marketplace_id = OLD.marketplace_id AND r.id = OLD.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: flags is append-only');
END;
-- +goose StatementEnd

DROP TRIGGER skips_no_update;
-- +goose StatementBegin
CREATE TRIGGER skips_no_update BEFORE UPDATE ON skips
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.note IS NOT '' OR NEW.marketplace_id IS NOT
     OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.ticket_id IS NOT OLD.ticket_id OR NEW.staff_id IS NOT
     OLD.staff_id OR NEW.reason IS NOT OLD.reason OR NEW.skill IS NOT OLD.skill OR NEW.skipped_at IS NOT OLD.skipped_at OR NEW.erased_at IS NOT
     (SELECT c.erased_at FROM tickets t JOIN reviews r ON r.marketplace_id = t.marketplace_id AND r.id = t.review_id
     JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE t.marketplace_id =
     OLD.marketplace_id AND t.id = OLD.ticket_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: skips is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_skills_no_update BEFORE UPDATE ON grant_skills
BEGIN
    SELECT RAISE(ABORT, 'evenhand: grant_skills is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_skills_no_delete BEFORE DELETE ON grant_skills
BEGIN
    SELECT RAISE(ABORT, 'evenhand: grant_skills is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_skills_no_replace BEFORE INSERT ON grant_skills
WHEN EXISTS (SELECT 1 FROM grant_skills WHERE grant_id = NEW.grant_id AND skill = NEW.skill)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: grant_skills is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER shifts_no_update BEFORE UPDATE ON shifts
BEGIN
    SELECT RAISE(ABORT, 'evenhand: shifts is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER shifts_no_delete BEFORE DELETE ON shifts
BEGIN
    SELECT RAISE(ABORT, 'evenhand: shifts is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER shifts_no_replace BEFORE INSERT ON shifts
WHEN EXISTS (SELECT 1 FROM shifts WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: shifts is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose Down
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
DROP TRIGGER reviews_language_fixed;
DROP TABLE shifts;
DROP TABLE grant_skills;
ALTER TABLE skips DROP COLUMN skill;
ALTER TABLE flags DROP COLUMN score;
ALTER TABLE reviews DROP COLUMN language;
