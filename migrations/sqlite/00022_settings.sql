-- A marketplace's settings change by two people: a row of marketplaces becomes exactly what an approved proposal says,
-- once; its name is no setting. SQLite can't compare whole rows, so each setting has a guard of its own. A migration that adds a setting adds
-- its guard, after this one, in the same words: marketplaces_set_COLUMN.
-- +goose Up
ALTER TABLE marketplaces ADD COLUMN settings_version integer NOT NULL DEFAULT 1 CHECK (settings_version >= 1);
ALTER TABLE marketplaces ADD COLUMN settings_id text;

-- What may be done now: each setting that an approved, unused proposal changes.
CREATE VIEW approved_settings AS
SELECT p.marketplace_id, p.id AS proposal_id, json_extract(x.value, '$.name') AS name, json_extract(x.value, '$.from') AS was, json_extract(x.value, '$.to') AS becomes
  FROM proposals p, json_each(p.payload, '$.changes') x
 WHERE p.kind = 'settings.change' AND p.state = 'approved' AND p.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a WHERE a.marketplace_id = p.marketplace_id AND a.proposal_id = p.id
         AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id);

-- +goose StatementBegin
CREATE TRIGGER marketplaces_begin BEFORE INSERT ON marketplaces
WHEN NEW.settings_version <> 1 OR NEW.settings_id IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a marketplace begins with settings that nobody has changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_no_replace BEFORE INSERT ON marketplaces
WHEN EXISTS (SELECT 1 FROM marketplaces WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of marketplaces is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_no_delete BEFORE DELETE ON marketplaces
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of marketplaces are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_guard BEFORE UPDATE ON marketplaces
WHEN NEW.id IS NOT OLD.id OR NEW.created_at IS NOT OLD.created_at
     OR (NEW.settings_version, NEW.settings_id) IS NOT (OLD.settings_version, OLD.settings_id) AND (NEW.settings_version IS NOT OLD.settings_version + 1
     OR NOT EXISTS (SELECT 1 FROM approved_settings s WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this change of settings');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_negative_at_or_below BEFORE UPDATE ON marketplaces
WHEN (NEW.negative_at_or_below, OLD.negative_at_or_below) IS NOT (SELECT COALESCE(max(s.becomes), OLD.negative_at_or_below), COALESCE(max(s.was), OLD.negative_at_or_below) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'negative_at_or_below')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_proposal_ttl_hours BEFORE UPDATE ON marketplaces
WHEN (NEW.proposal_ttl_hours, OLD.proposal_ttl_hours) IS NOT (SELECT COALESCE(max(s.becomes), OLD.proposal_ttl_hours), COALESCE(max(s.was), OLD.proposal_ttl_hours) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'proposal_ttl_hours')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_lease_minutes BEFORE UPDATE ON marketplaces
WHEN (NEW.lease_minutes, OLD.lease_minutes) IS NOT (SELECT COALESCE(max(s.becomes), OLD.lease_minutes), COALESCE(max(s.was), OLD.lease_minutes) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'lease_minutes')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_approvers_drawn BEFORE UPDATE ON marketplaces
WHEN (NEW.approvers_drawn, OLD.approvers_drawn) IS NOT (SELECT COALESCE(max(s.becomes), OLD.approvers_drawn), COALESCE(max(s.was), OLD.approvers_drawn) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'approvers_drawn')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_looks_per_10000 BEFORE UPDATE ON marketplaces
WHEN (NEW.looks_per_10000, OLD.looks_per_10000) IS NOT (SELECT COALESCE(max(s.becomes), OLD.looks_per_10000), COALESCE(max(s.was), OLD.looks_per_10000) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'looks_per_10000')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_statement_language BEFORE UPDATE ON marketplaces
WHEN (NEW.statement_language, OLD.statement_language) IS NOT (SELECT COALESCE(max(s.becomes), OLD.statement_language), COALESCE(max(s.was), OLD.statement_language) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'statement_language')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_redress_body BEFORE UPDATE ON marketplaces
WHEN (NEW.redress_body, OLD.redress_body) IS NOT (SELECT COALESCE(max(s.becomes), OLD.redress_body), COALESCE(max(s.was), OLD.redress_body) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'redress_body')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_set_territory BEFORE UPDATE ON marketplaces
WHEN (NEW.territory, OLD.territory) IS NOT (SELECT COALESCE(max(s.becomes), OLD.territory), COALESCE(max(s.was), OLD.territory) FROM approved_settings s
     WHERE s.marketplace_id = OLD.id AND s.proposal_id = NEW.settings_id AND s.name = 'territory')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: settings change as two people agreed, and not otherwise');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER marketplaces_settings_used AFTER UPDATE ON marketplaces
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.id AND id = NEW.settings_id AND state = 'approved';
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER marketplaces_settings_used;
DROP TRIGGER marketplaces_set_territory;
DROP TRIGGER marketplaces_set_redress_body;
DROP TRIGGER marketplaces_set_statement_language;
DROP TRIGGER marketplaces_set_looks_per_10000;
DROP TRIGGER marketplaces_set_approvers_drawn;
DROP TRIGGER marketplaces_set_lease_minutes;
DROP TRIGGER marketplaces_set_proposal_ttl_hours;
DROP TRIGGER marketplaces_set_negative_at_or_below;
DROP TRIGGER marketplaces_guard;
DROP TRIGGER marketplaces_no_delete;
DROP TRIGGER marketplaces_no_replace;
DROP TRIGGER marketplaces_begin;
DROP VIEW approved_settings;
ALTER TABLE marketplaces DROP COLUMN settings_id;
ALTER TABLE marketplaces DROP COLUMN settings_version;
