-- Statements of reasons and appeals. A statement is made with the removal's effect and holds no words: they follow from the
-- decision. token_hash is a keyed hash of its link, whose key isn't here. An appeal's words are the author's, an answer's are
-- whoever's was drawn to answer; both are committed to by salted digests, so that they can be erased.
-- +goose Up
-- A constraint is changed by the text of the schema, as sqlite.org/lang_altertable.html section 7 has it: no row moves.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (actor_kind IN (''person'', ''command'', ''system''))', 'CHECK (actor_kind IN (''person'', ''command'', ''system'', ''author''))') WHERE type = 'table' AND name = 'ledger_entries';
PRAGMA writable_schema = RESET;

-- What statements say of a marketplace: their language, where else an author can complain, and the countries, as ISO codes
-- with spaces between them, in which a removal takes effect ('': wherever the marketplace is read).
ALTER TABLE marketplaces ADD COLUMN statement_language text NOT NULL DEFAULT 'en' CHECK (statement_language IN ('en', 'de'));
ALTER TABLE marketplaces ADD COLUMN redress_body text NOT NULL DEFAULT '';
ALTER TABLE marketplaces ADD COLUMN territory text NOT NULL DEFAULT '' CHECK (territory NOT GLOB '*[^A-Z ]*');

CREATE TABLE statements (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    proposal_id    text        NOT NULL,
    review_id      text        NOT NULL,
    review_version integer     NOT NULL,
    token_hash     blob        NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    language       text        NOT NULL,
    form           smallint    NOT NULL,
    appeal_until   datetime    NOT NULL,
    created_at     datetime    NOT NULL,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, proposal_id),
    FOREIGN KEY (marketplace_id, proposal_id) REFERENCES proposals (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);
CREATE INDEX statements_by_time ON statements (marketplace_id, created_at, id);

CREATE TABLE appeals (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    statement_id   text        NOT NULL,
    proposal_id    text        NOT NULL,
    review_id      text        NOT NULL,
    wrong          text        NOT NULL CHECK (wrong IN ('', 'facts', 'rule', 'words', 'person', 'other')),
    words          text        NOT NULL,
    salt           blob        NOT NULL,
    digest         blob        NOT NULL,
    filed_at       datetime    NOT NULL,
    due_at         datetime    NOT NULL,
    erased_at      datetime   ,
    PRIMARY KEY (marketplace_id, id),
    FOREIGN KEY (marketplace_id, statement_id) REFERENCES statements (marketplace_id, id),
    FOREIGN KEY (marketplace_id, review_id) REFERENCES reviews (marketplace_id, id)
);
CREATE INDEX appeals_by_time ON appeals (marketplace_id, filed_at, id);
CREATE INDEX appeals_by_statement ON appeals (marketplace_id, statement_id);
CREATE INDEX appeals_by_review ON appeals (marketplace_id, review_id);
CREATE INDEX appeals_by_proposal ON appeals (marketplace_id, proposal_id);

-- The n-th person drawn to answer an appeal. pool is the canonical JSON list of those who might have been, by id.
CREATE TABLE appeal_draws (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    appeal_id      text        NOT NULL,
    person_id      text        NOT NULL REFERENCES staff (id),
    n              integer     NOT NULL CHECK (n >= 0),
    period         text        NOT NULL,
    pool           text        NOT NULL,
    drawn_at       datetime    NOT NULL,
    ended_at       datetime   ,
    ended_why      text        CHECK (ended_why IN ('touched', 'disabled', 'role', 'absent', 'conflict', 'expertise', 'language', 'upsetting')),
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, appeal_id, n),
    UNIQUE (marketplace_id, appeal_id, person_id),
    FOREIGN KEY (marketplace_id, appeal_id) REFERENCES appeals (marketplace_id, id),
    CHECK ((ended_at IS NULL) = (ended_why IS NULL))
);
CREATE UNIQUE INDEX appeal_draws_one ON appeal_draws (marketplace_id, appeal_id) WHERE ended_at IS NULL;

CREATE TABLE appeal_answers (
    marketplace_id text        NOT NULL,
    id             text        NOT NULL,
    appeal_id      text        NOT NULL,
    review_id      text        NOT NULL,
    person_id      text        NOT NULL REFERENCES staff (id),
    verdict        text        NOT NULL CHECK (verdict IN ('uphold', 'reverse')),
    words          text        NOT NULL,
    salt           blob        NOT NULL,
    digest         blob        NOT NULL,
    seal           blob        NOT NULL,
    answered_at    datetime    NOT NULL,
    erased_at      datetime   ,
    PRIMARY KEY (marketplace_id, id),
    UNIQUE (marketplace_id, appeal_id),
    FOREIGN KEY (marketplace_id, appeal_id) REFERENCES appeals (marketplace_id, id)
);
CREATE INDEX appeal_answers_by_review ON appeal_answers (marketplace_id, review_id);

ALTER TABLE restorations ADD COLUMN appeal_id text;
CREATE INDEX restorations_by_review ON restorations (marketplace_id, review_id);

-- +goose StatementBegin
CREATE TRIGGER statements_no_replace BEFORE INSERT ON statements
WHEN EXISTS (SELECT 1 FROM statements WHERE token_hash = NEW.token_hash OR (marketplace_id = NEW.marketplace_id AND (id = NEW.id OR proposal_id = NEW.proposal_id)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of statements is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statements_no_delete BEFORE DELETE ON statements
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of statements are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeals_no_replace BEFORE INSERT ON appeals
WHEN EXISTS (SELECT 1 FROM appeals WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of appeals is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeals_no_delete BEFORE DELETE ON appeals
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of appeals are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_draws_no_replace BEFORE INSERT ON appeal_draws
WHEN EXISTS (SELECT 1 FROM appeal_draws WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (appeal_id = NEW.appeal_id AND (n = NEW.n OR person_id = NEW.person_id))))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of appeal_draws is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_draws_no_delete BEFORE DELETE ON appeal_draws
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of appeal_draws are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_answers_no_replace BEFORE INSERT ON appeal_answers
WHEN EXISTS (SELECT 1 FROM appeal_answers WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR appeal_id = NEW.appeal_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of appeal_answers is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_answers_no_delete BEFORE DELETE ON appeal_answers
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of appeal_answers are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statements_no_update BEFORE UPDATE ON statements
BEGIN
    SELECT RAISE(ABORT, 'evenhand: statements is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER statements_effective BEFORE INSERT ON statements
WHEN NOT EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.kind = 'review.remove'
     AND p.state = 'effective' AND p.subject_id = NEW.review_id AND p.subject_version = NEW.review_version)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a statement is of a removal that took effect');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeals_possible BEFORE INSERT ON appeals
WHEN NEW.erased_at IS NOT NULL OR (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id) IS NOT NULL OR NOT EXISTS (
     SELECT 1 FROM statements s WHERE s.marketplace_id = NEW.marketplace_id AND s.id = NEW.statement_id AND s.proposal_id = NEW.proposal_id
        AND s.review_id = NEW.review_id AND NEW.filed_at >= s.created_at AND NEW.filed_at < s.appeal_until)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: nothing, or nothing any more, can be appealed here');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeals_one_open BEFORE INSERT ON appeals
WHEN EXISTS (SELECT 1 FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.statement_id = NEW.statement_id AND NOT EXISTS (
     SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an appeal against this is open');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeals_of_the_removed BEFORE INSERT ON appeals
WHEN EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = NEW.marketplace_id AND x.proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this review was restored');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeals_no_update BEFORE UPDATE ON appeals
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.words IS NOT '' OR NEW.salt IS NOT x'' OR NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.statement_id IS NOT OLD.statement_id OR NEW.proposal_id IS NOT OLD.proposal_id OR NEW.review_id IS NOT OLD.review_id OR NEW.wrong IS NOT OLD.wrong OR NEW.digest IS NOT OLD.digest OR NEW.filed_at IS NOT OLD.filed_at OR NEW.due_at IS NOT OLD.due_at
     OR NEW.erased_at IS NOT (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id = OLD.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: appeals is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_answers_no_update BEFORE UPDATE ON appeal_answers
WHEN OLD.erased_at IS NOT NULL OR NEW.erased_at IS NULL OR NEW.words IS NOT '' OR NEW.salt IS NOT x'' OR NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.appeal_id IS NOT OLD.appeal_id OR NEW.review_id IS NOT OLD.review_id OR NEW.person_id IS NOT OLD.person_id OR NEW.verdict IS NOT OLD.verdict OR NEW.digest IS NOT OLD.digest OR NEW.seal IS NOT OLD.seal OR NEW.answered_at IS NOT OLD.answered_at
     OR NEW.erased_at IS NOT (SELECT c.erased_at FROM reviews r JOIN customers c ON c.marketplace_id = r.marketplace_id AND c.id = r.customer_id WHERE r.marketplace_id = OLD.marketplace_id AND r.id = OLD.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: appeal_answers is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_draws_fixed BEFORE UPDATE ON appeal_draws
WHEN OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL OR NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.appeal_id IS NOT OLD.appeal_id OR NEW.person_id IS NOT OLD.person_id OR NEW.n IS NOT OLD.n OR NEW.period IS NOT OLD.period OR NEW.pool IS NOT OLD.pool OR NEW.drawn_at IS NOT OLD.drawn_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: who was drawn for an appeal can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_draws_seeded BEFORE INSERT ON appeal_draws
WHEN NOT EXISTS (SELECT 1 FROM draw_seeds WHERE marketplace_id = NEW.marketplace_id AND period = NEW.period AND seed IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a draw needs a seed that is committed to and not yet revealed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_draws_gapless BEFORE INSERT ON appeal_draws
WHEN NEW.n <> (SELECT count(*) FROM appeal_draws WHERE marketplace_id = NEW.marketplace_id AND appeal_id = NEW.appeal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a draw can''t be left out');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_draws_eligible BEFORE INSERT ON appeal_draws
WHEN NEW.ended_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.person_id AND disabled_at IS NULL)
     OR EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = NEW.marketplace_id AND y.appeal_id = NEW.appeal_id) OR (SELECT a.review_id FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id) IS NULL
     OR (EXISTS (SELECT 1 FROM removal_requests q WHERE q.marketplace_id = NEW.marketplace_id AND q.review_id = (SELECT a.review_id FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id) AND (q.requester_id = NEW.person_id
             OR EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = NEW.marketplace_id AND a.proposal_id = q.proposal_id AND a.approver_id = NEW.person_id)
             OR EXISTS (SELECT 1 FROM approver_draws w WHERE w.marketplace_id = NEW.marketplace_id AND w.proposal_id = q.proposal_id AND w.approver_id = NEW.person_id)))
     OR EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = NEW.marketplace_id AND t.review_id = (SELECT a.review_id FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id) AND (t.lease_holder_id = NEW.person_id
             OR EXISTS (SELECT 1 FROM draws w WHERE w.marketplace_id = NEW.marketplace_id AND w.ticket_id = t.id AND w.person_id = NEW.person_id)
             OR EXISTS (SELECT 1 FROM skips k WHERE k.marketplace_id = NEW.marketplace_id AND k.ticket_id = t.id AND k.staff_id = NEW.person_id)
             OR EXISTS (SELECT 1 FROM decisions d WHERE d.marketplace_id = NEW.marketplace_id AND d.ticket_id = t.id AND d.moderator_id = NEW.person_id)))
     OR EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = NEW.marketplace_id AND x.review_id = (SELECT a.review_id FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id) AND x.staff_id = NEW.person_id)
     OR EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = NEW.marketplace_id AND y.review_id = (SELECT a.review_id FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id) AND y.person_id = NEW.person_id)
     OR EXISTS (SELECT 1 FROM interests i JOIN reviews r ON r.marketplace_id = i.marketplace_id AND r.seller_id = i.seller_id
                 WHERE r.marketplace_id = NEW.marketplace_id AND r.id = (SELECT a.review_id FROM appeals a WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id) AND i.staff_id = NEW.person_id AND i.ended_at IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this person can''t be drawn for this appeal');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_answers_drawn BEFORE INSERT ON appeal_answers
WHEN NEW.erased_at IS NOT NULL OR NOT EXISTS (SELECT 1 FROM appeals a JOIN appeal_draws w ON w.marketplace_id = a.marketplace_id AND w.appeal_id = a.id AND w.ended_at IS NULL
     JOIN staff s ON s.id = w.person_id AND s.disabled_at IS NULL
     WHERE a.marketplace_id = NEW.marketplace_id AND a.id = NEW.appeal_id AND a.review_id = NEW.review_id AND a.erased_at IS NULL AND w.person_id = NEW.person_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: only who was drawn for this appeal answers it');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER appeal_answers_untouched BEFORE INSERT ON appeal_answers
WHEN (EXISTS (SELECT 1 FROM removal_requests q WHERE q.marketplace_id = NEW.marketplace_id AND q.review_id = NEW.review_id AND (q.requester_id = NEW.person_id
             OR EXISTS (SELECT 1 FROM approvals a WHERE a.marketplace_id = NEW.marketplace_id AND a.proposal_id = q.proposal_id AND a.approver_id = NEW.person_id)
             OR EXISTS (SELECT 1 FROM approver_draws w WHERE w.marketplace_id = NEW.marketplace_id AND w.proposal_id = q.proposal_id AND w.approver_id = NEW.person_id)))
     OR EXISTS (SELECT 1 FROM tickets t WHERE t.marketplace_id = NEW.marketplace_id AND t.review_id = NEW.review_id AND (t.lease_holder_id = NEW.person_id
             OR EXISTS (SELECT 1 FROM draws w WHERE w.marketplace_id = NEW.marketplace_id AND w.ticket_id = t.id AND w.person_id = NEW.person_id)
             OR EXISTS (SELECT 1 FROM skips k WHERE k.marketplace_id = NEW.marketplace_id AND k.ticket_id = t.id AND k.staff_id = NEW.person_id)
             OR EXISTS (SELECT 1 FROM decisions d WHERE d.marketplace_id = NEW.marketplace_id AND d.ticket_id = t.id AND d.moderator_id = NEW.person_id)))
     OR EXISTS (SELECT 1 FROM restorations x WHERE x.marketplace_id = NEW.marketplace_id AND x.review_id = NEW.review_id AND x.staff_id = NEW.person_id)
     OR EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = NEW.marketplace_id AND y.review_id = NEW.review_id AND y.person_id = NEW.person_id)
     OR EXISTS (SELECT 1 FROM interests i JOIN reviews r ON r.marketplace_id = i.marketplace_id AND r.seller_id = i.seller_id
                 WHERE r.marketplace_id = NEW.marketplace_id AND r.id = NEW.review_id AND i.staff_id = NEW.person_id AND i.ended_at IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: who touched the case doesn''t answer an appeal about it');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER restorations_appeal_fixed BEFORE UPDATE ON restorations
WHEN NEW.appeal_id IS NOT OLD.appeal_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: restorations is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER restorations_of_the_withdrawn BEFORE INSERT ON restorations
WHEN EXISTS (SELECT 1 FROM removal_requests q WHERE q.marketplace_id = NEW.marketplace_id AND q.proposal_id = NEW.proposal_id AND q.reason_code = 'AUTHOR_WITHDREW')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what its author took back doesn''t come back');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER restorations_on_appeal BEFORE INSERT ON restorations
WHEN NEW.appeal_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM appeal_answers y JOIN appeals a ON a.marketplace_id = y.marketplace_id AND a.id = y.appeal_id
     WHERE y.marketplace_id = NEW.marketplace_id AND y.appeal_id = NEW.appeal_id AND y.verdict = 'reverse' AND y.person_id = NEW.staff_id
       AND a.proposal_id = NEW.proposal_id AND a.review_id = NEW.review_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no answer to an appeal restores this');
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER restorations_on_appeal;
DROP TRIGGER restorations_of_the_withdrawn;
DROP TRIGGER restorations_appeal_fixed;
DROP INDEX restorations_by_review;
ALTER TABLE restorations DROP COLUMN appeal_id;
DROP TABLE appeal_answers;
DROP TABLE appeal_draws;
DROP TABLE appeals;
DROP TABLE statements;
ALTER TABLE marketplaces DROP COLUMN territory;
ALTER TABLE marketplaces DROP COLUMN redress_body;
ALTER TABLE marketplaces DROP COLUMN statement_language;
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK (actor_kind IN (''person'', ''command'', ''system'', ''author''))', 'CHECK (actor_kind IN (''person'', ''command'', ''system''))') WHERE type = 'table' AND name = 'ledger_entries';
PRAGMA writable_schema = RESET;
