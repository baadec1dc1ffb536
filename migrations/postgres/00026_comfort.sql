-- What people choose for themselves, and texts that they insert into justifications, notes and answers.
-- +goose Up
-- How disturbing pictures are shown where nobody chose for themselves.
ALTER TABLE marketplaces ADD COLUMN media text NOT NULL DEFAULT 'blur' CHECK (media IN ('blur', 'grey', 'plain'));

-- How the pages are for one person. It changes nothing for anybody else and isn't on record. An empty language, zone or
-- media leaves it to the browser or the marketplace; break_after is in minutes, 0 for no reminder.
CREATE TABLE staff_preferences (
    staff_id    uuid        NOT NULL PRIMARY KEY REFERENCES staff (id),
    language    text        NOT NULL DEFAULT '' CHECK (language IN ('', 'en', 'de')),
    time_zone   text        NOT NULL DEFAULT '' CHECK (length(time_zone) <= 64),
    undo        boolean     NOT NULL DEFAULT true,
    single_keys boolean     NOT NULL DEFAULT true,
    media       text        NOT NULL DEFAULT '' CHECK (media IN ('', 'blur', 'grey', 'plain')),
    break_after integer     NOT NULL DEFAULT 50 CHECK (break_after BETWEEN 0 AND 480),
    updated_at  timestamptz NOT NULL
);

-- A template is written and deleted, never edited. Shared ones are everybody's of the marketplace to insert.
CREATE TABLE text_templates (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    id             uuid        NOT NULL,
    owner_id       uuid        NOT NULL REFERENCES staff (id),
    purpose        text        NOT NULL CHECK (purpose IN ('justification', 'note', 'answer')),
    name           text        NOT NULL CHECK (length(name) BETWEEN 1 AND 80),
    text           text        NOT NULL CHECK (length(text) BETWEEN 1 AND 2000),
    salt           bytea       NOT NULL,
    shared         boolean     NOT NULL,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, id)
);
CREATE INDEX text_templates_by_owner ON text_templates (marketplace_id, owner_id, created_at);
CREATE INDEX text_templates_shared ON text_templates (marketplace_id, created_at) WHERE shared;
-- +goose StatementBegin
CREATE FUNCTION evenhand_text_templates_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'evenhand: a template is written or deleted, and never edited' USING ERRCODE = '23001';
END $$;
-- +goose StatementEnd
CREATE TRIGGER text_templates_guard BEFORE UPDATE ON text_templates FOR EACH ROW EXECUTE FUNCTION evenhand_text_templates_guard();

-- +goose Down
DROP TABLE text_templates;
DROP FUNCTION evenhand_text_templates_guard();
DROP TABLE staff_preferences;
ALTER TABLE marketplaces DROP COLUMN media;
