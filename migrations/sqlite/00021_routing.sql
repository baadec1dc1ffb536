-- Routing by rules that two administrators agree on: which queue, how urgent, due when, and which skill it takes.
-- +goose Up
-- The rule sets that were in force, by version from 1; before the first, the program's own. rules is canonical JSON, and the
-- proposal's payload holds the same text.
CREATE TABLE rule_sets (
    marketplace_id text     NOT NULL REFERENCES marketplaces (id),
    version        integer  NOT NULL CHECK (version > 0),
    proposal_id    text     NOT NULL,
    rules          text     NOT NULL CHECK (json_valid(rules)),
    digest         blob     NOT NULL CHECK (length(digest) = 32),
    in_force_at    datetime NOT NULL,
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
    marketplace_id text     NOT NULL,
    ticket_id      text     NOT NULL,
    n              integer  NOT NULL CHECK (n >= 0),
    why            text     NOT NULL CHECK (why IN ('flag', 'escalate', 'look', 'before')),
    version        integer  NOT NULL CHECK (version >= 0),
    rule           integer  NOT NULL CHECK (rule >= 0),
    facts          text     NOT NULL,
    queue          text     NOT NULL,
    priority       integer  NOT NULL CHECK (priority BETWEEN 0 AND 9),
    due_at         datetime NOT NULL,
    skill          text     NOT NULL,
    entry_id       text,
    routed_at      datetime NOT NULL,
    PRIMARY KEY (marketplace_id, ticket_id, n),
    FOREIGN KEY (marketplace_id, ticket_id) REFERENCES tickets (marketplace_id, id),
    CHECK ((why = 'escalate') = (entry_id IS NOT NULL))
);
CREATE INDEX ticket_routes_by_time ON ticket_routes (marketplace_id, routed_at, ticket_id, n);
INSERT INTO ticket_routes (marketplace_id, ticket_id, n, why, version, rule, facts, queue, priority, due_at, skill, routed_at)
    SELECT marketplace_id, id, 0, 'before', 0, 0, '', queue, priority, due_at, '', opened_at FROM tickets;

-- +goose StatementBegin
CREATE TRIGGER rule_sets_approved BEFORE INSERT ON rule_sets
WHEN NEW.version <> 1 + (SELECT COALESCE(max(version), 0) FROM rule_sets WHERE marketplace_id = NEW.marketplace_id)
  OR NOT EXISTS (
     SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.proposal_id AND q.kind = 'routing.change'
        AND q.subject_id = NEW.marketplace_id AND q.subject_version = NEW.version - 1 AND q.state = 'approved'
        AND json_extract(q.payload, '$.rules') = NEW.rules AND q.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a WHERE a.marketplace_id = q.marketplace_id AND a.proposal_id = q.id
        AND a.verdict = 'approve' AND a.digest = q.digest AND a.approver_id <> q.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for these rules');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rule_sets_used AFTER INSERT ON rule_sets
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.proposal_id AND state = 'approved';
END;
-- +goose StatementEnd

-- What no query can tell here, that the rule fits the facts, verify does.
-- +goose StatementBegin
CREATE TRIGGER ticket_routes_explained BEFORE INSERT ON ticket_routes
WHEN NEW.n <> (SELECT count(*) FROM ticket_routes WHERE marketplace_id = NEW.marketplace_id AND ticket_id = NEW.ticket_id)
  OR CASE NEW.why
     WHEN 'flag' THEN (SELECT count(*) FROM flags f WHERE f.marketplace_id = NEW.marketplace_id AND f.ticket_id = NEW.ticket_id)
        <= (SELECT count(*) FROM ticket_routes o WHERE o.marketplace_id = NEW.marketplace_id AND o.ticket_id = NEW.ticket_id AND o.why = 'flag')
     WHEN 'escalate' THEN NOT EXISTS (SELECT 1 FROM skips k JOIN ticket_routes o ON o.marketplace_id = k.marketplace_id AND o.ticket_id = k.ticket_id AND o.n = NEW.n - 1
        WHERE k.marketplace_id = NEW.marketplace_id AND k.id = NEW.entry_id AND k.ticket_id = NEW.ticket_id AND k.skill = NEW.skill AND k.skill <> ''
          AND o.queue = NEW.queue AND o.priority = NEW.priority AND o.due_at = NEW.due_at AND o.version = NEW.version AND o.rule = NEW.rule)
     WHEN 'look' THEN NEW.n <> 0 OR NOT EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = NEW.marketplace_id AND t.id = NEW.ticket_id AND t.look_of IS NOT NULL)
     ELSE 1 END
  OR (NEW.n = 0 AND NEW.why = 'flag' AND NOT CASE WHEN NEW.version = 0 THEN NEW.rule = 0 AND NEW.priority = 0 AND NEW.skill = ''
     ELSE EXISTS (SELECT 1 FROM rule_sets s WHERE s.marketplace_id = NEW.marketplace_id AND s.version = NEW.version
        AND json_extract(s.rules, '$.rules[' || NEW.rule || '].priority') = NEW.priority
        AND json_extract(s.rules, '$.rules[' || NEW.rule || '].skill') = NEW.skill
        AND json_extract(s.rules, '$.rules[' || NEW.rule || '].queue') IN ('', NEW.queue)) END)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: nothing sends this ticket there');
END;
-- +goose StatementEnd

DROP TRIGGER tickets_fixed;
-- +goose StatementBegin
CREATE TRIGGER tickets_fixed BEFORE UPDATE ON tickets
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.review_id IS NOT OLD.review_id OR NEW.seller_id IS NOT OLD.seller_id OR NEW.opened_at IS NOT OLD.opened_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: whose ticket it is can''t be changed');
END;
-- +goose StatementEnd

DROP TRIGGER tickets_urgency;
-- +goose StatementBegin
CREATE TRIGGER tickets_urgency BEFORE UPDATE ON tickets
WHEN (NEW.priority IS NOT OLD.priority OR NEW.due_at IS NOT OLD.due_at OR NEW.queue IS NOT OLD.queue OR NEW.skill IS NOT OLD.skill OR NEW.route IS NOT OLD.route)
 AND (NEW.route <> OLD.route + 1 OR NOT EXISTS (SELECT 1 FROM ticket_routes r WHERE r.marketplace_id = NEW.marketplace_id AND r.ticket_id = NEW.id AND r.n = NEW.route
      AND r.queue = NEW.queue AND r.priority = NEW.priority AND r.due_at = NEW.due_at AND r.skill = NEW.skill))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a ticket goes where it was sent on record, and nowhere else');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rule_sets_no_update BEFORE UPDATE ON rule_sets
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rule_sets is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rule_sets_no_delete BEFORE DELETE ON rule_sets
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rule_sets is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER rule_sets_no_replace BEFORE INSERT ON rule_sets
WHEN EXISTS (SELECT 1 FROM rule_sets WHERE marketplace_id = NEW.marketplace_id AND (version = NEW.version OR proposal_id = NEW.proposal_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rule_sets is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_routes_no_update BEFORE UPDATE ON ticket_routes
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ticket_routes is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_routes_no_delete BEFORE DELETE ON ticket_routes
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ticket_routes is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_routes_no_replace BEFORE INSERT ON ticket_routes
WHEN EXISTS (SELECT 1 FROM ticket_routes WHERE marketplace_id = NEW.marketplace_id AND ticket_id = NEW.ticket_id AND n = NEW.n)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ticket_routes is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER tickets_urgency;
DROP TRIGGER tickets_fixed;
-- +goose StatementBegin
CREATE TRIGGER tickets_fixed BEFORE UPDATE ON tickets
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.review_id IS NOT OLD.review_id OR NEW.seller_id IS NOT OLD.seller_id OR NEW.queue IS NOT OLD.queue OR NEW.opened_at IS NOT OLD.opened_at OR NEW.due_at IS NOT OLD.due_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: whose ticket it is can''t be changed');
END;
-- +goose StatementEnd
DROP TABLE ticket_routes;
DROP TABLE rule_sets;
ALTER TABLE tickets DROP COLUMN route;
ALTER TABLE tickets DROP COLUMN skill;
-- +goose StatementBegin
CREATE TRIGGER tickets_urgency BEFORE UPDATE ON tickets
WHEN NEW.priority IS NOT OLD.priority OR NEW.due_at IS NOT OLD.due_at OR NEW.queue IS NOT OLD.queue
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a ticket''s urgency can''t be changed');
END;
-- +goose StatementEnd
