-- A marketplace's settings change by two people: a row of marketplaces becomes exactly what an approved proposal says,
-- once; its name is no setting. The guard compares whole rows, so that a column that is added later is guarded from its first day.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN settings_version integer NOT NULL DEFAULT 1 CHECK (settings_version >= 1), ADD COLUMN settings_id uuid;

-- +goose StatementBegin
CREATE FUNCTION evenhand_marketplaces_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    p    proposals%ROWTYPE;
    want jsonb := to_jsonb(OLD);
    x    jsonb;
BEGIN
    IF to_jsonb(NEW) - 'name' = to_jsonb(OLD) - 'name' THEN
        RETURN NEW;
    END IF;
    want := want || jsonb_build_object('name', NEW.name);
    SELECT * INTO p FROM proposals
     WHERE marketplace_id = OLD.id AND id = NEW.settings_id AND kind = 'settings.change' AND state = 'approved';
    IF NOT FOUND OR evenhand_approvals(OLD.id, NEW.settings_id) < p.quorum THEN
        RAISE EXCEPTION 'evenhand: no approved proposal by enough distinct people for this change of settings' USING ERRCODE = '23001';
    END IF;
    FOR x IN SELECT value FROM jsonb_array_elements(p.payload::jsonb -> 'changes') LOOP
        IF x ->> 'name' IN ('id', 'name', 'created_at', 'settings_version', 'settings_id') OR want -> (x ->> 'name') IS DISTINCT FROM x -> 'from' THEN
            RAISE EXCEPTION 'evenhand: this setting isn''t what it was when its change was asked for' USING ERRCODE = '23001';
        END IF;
        want := want || jsonb_build_object(x ->> 'name', x -> 'to');
    END LOOP;
    want := want || jsonb_build_object('settings_version', OLD.settings_version + 1, 'settings_id', NEW.settings_id);
    IF want <> to_jsonb(NEW) THEN
        RAISE EXCEPTION 'evenhand: settings change as two people agreed, and not otherwise' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_settings_used() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.id AND id = NEW.settings_id AND state = 'approved';
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_marketplaces_begin() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.settings_version <> 1 OR NEW.settings_id IS NOT NULL THEN
        RAISE EXCEPTION 'evenhand: a marketplace begins with settings that nobody has changed' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER marketplaces_begin BEFORE INSERT ON marketplaces FOR EACH ROW EXECUTE FUNCTION evenhand_marketplaces_begin();
CREATE TRIGGER marketplaces_guard BEFORE UPDATE ON marketplaces FOR EACH ROW EXECUTE FUNCTION evenhand_marketplaces_guard();
CREATE TRIGGER marketplaces_settings_used AFTER UPDATE ON marketplaces FOR EACH ROW EXECUTE FUNCTION evenhand_settings_used();
CREATE TRIGGER marketplaces_no_delete BEFORE DELETE ON marketplaces FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER marketplaces_no_truncate BEFORE TRUNCATE ON marketplaces FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();

-- +goose Down
DROP TRIGGER marketplaces_no_truncate ON marketplaces;
DROP TRIGGER marketplaces_no_delete ON marketplaces;
DROP TRIGGER marketplaces_settings_used ON marketplaces;
DROP TRIGGER marketplaces_guard ON marketplaces;
DROP TRIGGER marketplaces_begin ON marketplaces;
DROP FUNCTION evenhand_marketplaces_begin();
DROP FUNCTION evenhand_settings_used();
DROP FUNCTION evenhand_marketplaces_guard();
ALTER TABLE marketplaces DROP COLUMN settings_id, DROP COLUMN settings_version;
