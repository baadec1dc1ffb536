-- What routing goes by beside the category: a review's language, a classifier's score, who can do what, and who is there.
-- +goose Up
-- language: ISO 639-1 as the marketplace gives it; '' where it doesn't. It changes with the text alone.
ALTER TABLE reviews ADD COLUMN language text NOT NULL DEFAULT '' CHECK (length(language) <= 8);
-- score: how likely the text breaks a rule, in per cent, as whoever flagged it gives it.
ALTER TABLE flags ADD COLUMN score smallint CHECK (score BETWEEN 0 AND 100);
-- skill: of a ticket that was escalated instead of merely skipped, what it needs.
ALTER TABLE skips ADD COLUMN skill text NOT NULL DEFAULT '';

CREATE TABLE grant_skills (
    grant_id uuid NOT NULL REFERENCES role_grants (id),
    skill    text NOT NULL,
    PRIMARY KEY (grant_id, skill)
);

-- Each time that somebody says whether they are at work. What they said last holds, for twelve hours.
CREATE TABLE shifts (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    id             uuid        NOT NULL,
    staff_id       uuid        NOT NULL REFERENCES staff (id),
    state          text        NOT NULL CHECK (state IN ('on', 'break', 'off')),
    said_at        timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX shifts_by_staff ON shifts (marketplace_id, staff_id, said_at, id);
CREATE INDEX shifts_by_time ON shifts (marketplace_id, said_at);

-- +goose StatementBegin
CREATE FUNCTION evenhand_language_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'evenhand: a review''s language changes with its text alone' USING ERRCODE = '23001';
END $$;
-- +goose StatementEnd
CREATE TRIGGER reviews_language_fixed BEFORE UPDATE ON reviews FOR EACH ROW
    WHEN (NEW.language IS DISTINCT FROM OLD.language AND NEW.version = OLD.version) EXECUTE FUNCTION evenhand_language_guard();
CREATE TRIGGER grant_skills_append_only BEFORE UPDATE OR DELETE ON grant_skills FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER grant_skills_no_truncate BEFORE TRUNCATE ON grant_skills FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER shifts_append_only BEFORE UPDATE OR DELETE ON shifts FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER shifts_no_truncate BEFORE TRUNCATE ON shifts FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();

-- +goose Down
DROP TRIGGER reviews_language_fixed ON reviews;
DROP FUNCTION evenhand_language_guard();
DROP TABLE shifts;
DROP TABLE grant_skills;
ALTER TABLE skips DROP COLUMN skill;
ALTER TABLE flags DROP COLUMN score;
ALTER TABLE reviews DROP COLUMN language;
