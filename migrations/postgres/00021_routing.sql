-- Routing by rules that two administrators agree on: which queue, how urgent, due when, and which skill it takes.
-- +goose Up
-- The rule sets that were in force, by version from 1; before the first, the program's own. rules is canonical JSON, and the
-- proposal's payload holds the same text.
CREATE TABLE rule_sets (
    marketplace_id text        NOT NULL REFERENCES marketplaces (id),
    version        integer     NOT NULL CHECK (version > 0),
    proposal_id    uuid        NOT NULL,
    rules          text        NOT NULL CHECK (rules::jsonb IS NOT NULL),
    digest         bytea       NOT NULL CHECK (octet_length(digest) = 32),
    in_force_at    timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, version),
    UNIQUE (marketplace_id, proposal_id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id)
);

ALTER TABLE tickets ADD COLUMN skill text NOT NULL DEFAULT '';
ALTER TABLE tickets ADD COLUMN route integer NOT NULL DEFAULT 0; -- the n of the ticket_routes row that it stands by

-- Each way that a ticket was sent: n = 0 when it opened. version and rule say by what, facts what the rules were asked
-- about, as canonical JSON. why: by flags; by who escalated it, whose entry is entry_id; like the ticket that it looks at
-- again; or before there were rules.
CREATE TABLE ticket_routes (
    marketplace_id text        NOT NULL,
    ticket_id      uuid        NOT NULL,
    n              integer     NOT NULL CHECK (n >= 0),
    why            text        NOT NULL CHECK (why IN ('flag', 'escalate', 'look', 'before')),
    version        integer     NOT NULL CHECK (version >= 0),
    rule           integer     NOT NULL CHECK (rule >= 0),
    facts          text        NOT NULL,
    queue          text        NOT NULL,
    priority       smallint    NOT NULL CHECK (priority BETWEEN 0 AND 9),
    due_at         timestamptz NOT NULL,
    skill          text        NOT NULL,
    entry_id       uuid,
    routed_at      timestamptz NOT NULL,
    PRIMARY KEY (marketplace_id, ticket_id, n),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    CHECK ((why = 'escalate') = (entry_id IS NOT NULL))
);
CREATE INDEX ticket_routes_by_time ON ticket_routes (marketplace_id, routed_at, ticket_id, n);
INSERT INTO ticket_routes (marketplace_id, ticket_id, n, why, version, rule, facts, queue, priority, due_at, skill, routed_at)
    SELECT marketplace_id, id, 0, 'before', 0, 0, '', queue, priority, due_at, '', opened_at FROM tickets;

-- +goose StatementBegin
CREATE FUNCTION evenhand_rule_sets_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.version <> 1 + (SELECT COALESCE(max(version), 0) FROM rule_sets WHERE marketplace_id = NEW.marketplace_id) OR NOT EXISTS (
        SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.proposal_id AND q.kind = 'routing.change'
           AND q.subject_id = NEW.marketplace_id AND q.subject_version = NEW.version - 1 AND q.state = 'approved'
           AND q.payload::jsonb ->> 'rules' = NEW.rules AND evenhand_approvals(q.marketplace_id, q.id) >= q.quorum) THEN
        RAISE EXCEPTION 'evenhand: no approved proposal by enough distinct people for these rules' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_rule_sets_used() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.proposal_id AND state = 'approved';
    RETURN NULL;
END $$;
-- +goose StatementEnd

-- What no query can tell here, that the rule fits the facts, verify does.
-- +goose StatementBegin
CREATE FUNCTION evenhand_routes_guard() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    sent boolean;
BEGIN
    CASE NEW.why
    WHEN 'flag' THEN
        sent := (SELECT count(*) FROM flags f WHERE f.marketplace_id = NEW.marketplace_id AND f.ticket_id = NEW.ticket_id)
              > (SELECT count(*) FROM ticket_routes o WHERE o.marketplace_id = NEW.marketplace_id AND o.ticket_id = NEW.ticket_id AND o.why = 'flag');
    WHEN 'escalate' THEN
        sent := EXISTS (SELECT 1 FROM skips k JOIN ticket_routes o ON o.marketplace_id = k.marketplace_id AND o.ticket_id = k.ticket_id AND o.n = NEW.n - 1
           WHERE k.marketplace_id = NEW.marketplace_id AND k.id = NEW.entry_id AND k.ticket_id = NEW.ticket_id AND k.skill = NEW.skill AND k.skill <> ''
             AND (o.queue, o.priority, o.due_at, o.version, o.rule) = (NEW.queue, NEW.priority, NEW.due_at, NEW.version, NEW.rule));
    WHEN 'look' THEN
        sent := NEW.n = 0 AND EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id AND t.look_of IS NOT NULL);
    ELSE
        sent := false;
    END CASE;
    IF sent AND NEW.n = 0 AND NEW.why = 'flag' THEN
        IF NEW.version = 0 THEN
            sent := NEW.rule = 0 AND NEW.priority = 0 AND NEW.skill = '';
        ELSE
            sent := EXISTS (SELECT 1 FROM rule_sets s WHERE s.marketplace_id = NEW.marketplace_id AND s.version = NEW.version
                AND (s.rules::jsonb #>> ARRAY['rules', NEW.rule::text, 'priority'])::integer = NEW.priority
                AND s.rules::jsonb #>> ARRAY['rules', NEW.rule::text, 'skill'] = NEW.skill
                AND s.rules::jsonb #>> ARRAY['rules', NEW.rule::text, 'queue'] IN ('', NEW.queue));
        END IF;
    END IF;
    IF NOT sent OR NEW.n <> (SELECT count(*) FROM ticket_routes WHERE marketplace_id = NEW.marketplace_id AND ticket_id = NEW.ticket_id) THEN
        RAISE EXCEPTION 'evenhand: nothing sends this ticket there' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE FUNCTION evenhand_tickets_routed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.route <> OLD.route + 1 OR NOT EXISTS (SELECT 1 FROM ticket_routes r
        WHERE r.marketplace_id = NEW.marketplace_id AND r.ticket_id = NEW.id AND r.n = NEW.route
          AND (r.queue, r.priority, r.due_at, r.skill) = (NEW.queue, NEW.priority, NEW.due_at, NEW.skill)) THEN
        RAISE EXCEPTION 'evenhand: a ticket goes where it was sent on record, and nowhere else' USING ERRCODE = '23001';
    END IF;
    RETURN NEW;
END $$;
-- +goose StatementEnd

CREATE TRIGGER rule_sets_guard BEFORE INSERT ON rule_sets FOR EACH ROW EXECUTE FUNCTION evenhand_rule_sets_guard();
CREATE TRIGGER rule_sets_used AFTER INSERT ON rule_sets FOR EACH ROW EXECUTE FUNCTION evenhand_rule_sets_used();
CREATE TRIGGER rule_sets_append_only BEFORE UPDATE OR DELETE ON rule_sets FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER rule_sets_no_truncate BEFORE TRUNCATE ON rule_sets FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER ticket_routes_guard BEFORE INSERT ON ticket_routes FOR EACH ROW EXECUTE FUNCTION evenhand_routes_guard();
CREATE TRIGGER ticket_routes_append_only BEFORE UPDATE OR DELETE ON ticket_routes FOR EACH ROW EXECUTE FUNCTION evenhand_append_only();
CREATE TRIGGER ticket_routes_no_truncate BEFORE TRUNCATE ON ticket_routes FOR EACH STATEMENT EXECUTE FUNCTION evenhand_append_only();
DROP TRIGGER tickets_urgency ON tickets;
CREATE TRIGGER tickets_urgency BEFORE UPDATE ON tickets FOR EACH ROW
    WHEN ((NEW.priority, NEW.due_at, NEW.queue, NEW.skill, NEW.route) IS DISTINCT FROM (OLD.priority, OLD.due_at, OLD.queue, OLD.skill, OLD.route))
    EXECUTE FUNCTION evenhand_tickets_routed();

-- +goose Down
DROP TRIGGER tickets_urgency ON tickets;
CREATE TRIGGER tickets_urgency BEFORE UPDATE ON tickets FOR EACH ROW
    WHEN (NEW.priority IS DISTINCT FROM OLD.priority OR NEW.due_at IS DISTINCT FROM OLD.due_at OR NEW.queue IS DISTINCT FROM OLD.queue)
    EXECUTE FUNCTION evenhand_tickets_guard();
DROP TABLE ticket_routes;
DROP TABLE rule_sets;
DROP FUNCTION evenhand_tickets_routed();
DROP FUNCTION evenhand_routes_guard();
DROP FUNCTION evenhand_rule_sets_used();
DROP FUNCTION evenhand_rule_sets_guard();
ALTER TABLE tickets DROP COLUMN route;
ALTER TABLE tickets DROP COLUMN skill;
