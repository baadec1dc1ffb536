-- What no statement may do, whoever runs it: the last of the places that enforce the two-person rule.
-- SQLite has no accounts, and whoever holds the file can drop these; verify names what was done meanwhile.
-- REPLACE deletes rows without firing delete triggers, so the insert guards refuse keys that are already taken.
-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_entries is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_entries is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ledger_entries_no_replace BEFORE INSERT ON ledger_entries
WHEN EXISTS (SELECT 1 FROM ledger_entries WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: ledger_entries is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_no_update BEFORE UPDATE ON approvals
BEGIN
    SELECT RAISE(ABORT, 'evenhand: approvals is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_no_delete BEFORE DELETE ON approvals
BEGIN
    SELECT RAISE(ABORT, 'evenhand: approvals is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_no_replace BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM approvals WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (proposal_id = NEW.proposal_id AND approver_id = NEW.approver_id)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: approvals is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_no_update BEFORE UPDATE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_no_delete BEFORE DELETE ON decisions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER decisions_no_replace BEFORE INSERT ON decisions
WHEN EXISTS (SELECT 1 FROM decisions WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: decisions is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER skips_no_update BEFORE UPDATE ON skips
BEGIN
    SELECT RAISE(ABORT, 'evenhand: skips is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER skips_no_delete BEFORE DELETE ON skips
BEGIN
    SELECT RAISE(ABORT, 'evenhand: skips is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER skips_no_replace BEFORE INSERT ON skips
WHEN EXISTS (SELECT 1 FROM skips WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: skips is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER flags_no_update BEFORE UPDATE ON flags
BEGIN
    SELECT RAISE(ABORT, 'evenhand: flags is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER flags_no_delete BEFORE DELETE ON flags
BEGIN
    SELECT RAISE(ABORT, 'evenhand: flags is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER flags_no_replace BEFORE INSERT ON flags
WHEN EXISTS (SELECT 1 FROM flags WHERE marketplace_id = NEW.marketplace_id AND id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: flags is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER review_versions_no_update BEFORE UPDATE ON review_versions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: review_versions is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER review_versions_no_delete BEFORE DELETE ON review_versions
BEGIN
    SELECT RAISE(ABORT, 'evenhand: review_versions is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER review_versions_no_replace BEFORE INSERT ON review_versions
WHEN EXISTS (SELECT 1 FROM review_versions WHERE marketplace_id = NEW.marketplace_id AND review_id = NEW.review_id AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: review_versions is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER removal_requests_no_update BEFORE UPDATE ON removal_requests
BEGIN
    SELECT RAISE(ABORT, 'evenhand: removal_requests is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER removal_requests_no_delete BEFORE DELETE ON removal_requests
BEGIN
    SELECT RAISE(ABORT, 'evenhand: removal_requests is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER removal_requests_no_replace BEFORE INSERT ON removal_requests
WHEN EXISTS (SELECT 1 FROM removal_requests WHERE marketplace_id = NEW.marketplace_id AND proposal_id = NEW.proposal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: removal_requests is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER restorations_no_update BEFORE UPDATE ON restorations
BEGIN
    SELECT RAISE(ABORT, 'evenhand: restorations is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER restorations_no_delete BEFORE DELETE ON restorations
BEGIN
    SELECT RAISE(ABORT, 'evenhand: restorations is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER restorations_no_replace BEFORE INSERT ON restorations
WHEN EXISTS (SELECT 1 FROM restorations WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR proposal_id = NEW.proposal_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: restorations is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reason_codes_no_update BEFORE UPDATE ON reason_codes
BEGIN
    SELECT RAISE(ABORT, 'evenhand: reason_codes is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reason_codes_no_delete BEFORE DELETE ON reason_codes
BEGIN
    SELECT RAISE(ABORT, 'evenhand: reason_codes is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reason_codes_no_replace BEFORE INSERT ON reason_codes
WHEN EXISTS (SELECT 1 FROM reason_codes WHERE code = NEW.code AND version = NEW.version)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: reason_codes is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_queues_no_update BEFORE UPDATE ON grant_queues
BEGIN
    SELECT RAISE(ABORT, 'evenhand: grant_queues is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_queues_no_delete BEFORE DELETE ON grant_queues
BEGIN
    SELECT RAISE(ABORT, 'evenhand: grant_queues is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER grant_queues_no_replace BEFORE INSERT ON grant_queues
WHEN EXISTS (SELECT 1 FROM grant_queues WHERE grant_id = NEW.grant_id AND queue = NEW.queue)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: grant_queues is append-only, and this key is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_no_delete BEFORE DELETE ON reviews
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of reviews are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_no_replace BEFORE INSERT ON reviews
WHEN EXISTS (SELECT 1 FROM reviews WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR external_id = NEW.external_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of reviews is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_no_delete BEFORE DELETE ON proposals
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of proposals are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_no_replace BEFORE INSERT ON proposals
WHEN EXISTS (SELECT 1 FROM proposals WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (kind = NEW.kind AND subject_id = NEW.subject_id AND state IN ('open', 'approved'))))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of proposals is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tickets_no_delete BEFORE DELETE ON tickets
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of tickets are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tickets_no_replace BEFORE INSERT ON tickets
WHEN EXISTS (SELECT 1 FROM tickets WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (review_id = NEW.review_id AND state <> 'closed')))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of tickets is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER staff_no_delete BEFORE DELETE ON staff
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of staff are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER staff_no_replace BEFORE INSERT ON staff
WHEN EXISTS (SELECT 1 FROM staff WHERE id = NEW.id OR email = NEW.email)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of staff is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER role_grants_no_delete BEFORE DELETE ON role_grants
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of role_grants are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER role_grants_no_replace BEFORE INSERT ON role_grants
WHEN EXISTS (SELECT 1 FROM role_grants WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of role_grants is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER interests_no_delete BEFORE DELETE ON interests
BEGIN
    SELECT RAISE(ABORT, 'evenhand: rows of interests are never deleted');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER interests_no_replace BEFORE INSERT ON interests
WHEN EXISTS (SELECT 1 FROM interests WHERE marketplace_id = NEW.marketplace_id AND (id = NEW.id OR (staff_id = NEW.staff_id AND seller_id = NEW.seller_id AND ended_at IS NULL)))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: this key of interests is taken');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_start_open BEFORE INSERT ON proposals
WHEN NEW.state <> 'open' OR typeof(NEW.quorum) <> 'integer' OR NEW.quorum < 1
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a proposal starts open, and takes at least one approval');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_fixed BEFORE UPDATE ON proposals
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.subject_type IS NOT OLD.subject_type OR NEW.subject_id IS NOT OLD.subject_id OR NEW.subject_version IS NOT OLD.subject_version OR NEW.payload IS NOT OLD.payload
     OR NEW.digest IS NOT OLD.digest OR NEW.seal IS NOT OLD.seal OR NEW.requester_id IS NOT OLD.requester_id OR NEW.quorum IS NOT OLD.quorum OR NEW.created_at IS NOT OLD.created_at OR NEW.expires_at IS NOT OLD.expires_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: what was proposed, by whom and at which quorum can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_transitions BEFORE UPDATE ON proposals
WHEN NEW.state <> OLD.state AND NOT (
         (OLD.state = 'open' AND NEW.state IN ('approved', 'declined', 'withdrawn', 'expired', 'void'))
      OR (OLD.state = 'approved' AND NEW.state IN ('effective', 'void')))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a proposal can''t go there from its state');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER proposals_quorum BEFORE UPDATE ON proposals
WHEN OLD.state = 'open' AND NEW.state = 'approved' AND NEW.quorum >
     (SELECT count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
       WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.id AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: not enough distinct people have approved');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_open BEFORE INSERT ON approvals
WHEN NOT EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.state = 'open' AND NEW.created_at < p.expires_at)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the proposal is not open');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_other_person BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.requester_id = NEW.approver_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the requester can''t decide on their own proposal');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_same_digest BEFORE INSERT ON approvals
WHEN NOT EXISTS (SELECT 1 FROM proposals p WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.proposal_id AND p.digest = NEW.digest)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the approval is for something else than was proposed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_active_person BEFORE INSERT ON approvals
WHEN NOT EXISTS (SELECT 1 FROM staff WHERE id = NEW.approver_id AND disabled_at IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: the approver is not active');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_come_in_published BEFORE INSERT ON reviews
WHEN NEW.status <> 'published' OR NEW.version <> 1
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review comes in published, at version 1');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_fixed BEFORE UPDATE ON reviews
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.external_id IS NOT OLD.external_id OR NEW.seller_id IS NOT OLD.seller_id
     OR NEW.product_id IS NOT OLD.product_id OR NEW.customer_id IS NOT OLD.customer_id OR NEW.intake_id IS NOT OLD.intake_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: whose review of what it is can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_edits_make_versions BEFORE UPDATE ON reviews
WHEN (NEW.rating IS NOT OLD.rating OR NEW.title IS NOT OLD.title OR NEW.body IS NOT OLD.body OR NEW.posted_at IS NOT OLD.posted_at
      OR NEW.salt IS NOT OLD.salt OR NEW.digest IS NOT OLD.digest OR NEW.version IS NOT OLD.version)
     AND (NEW.version <> OLD.version + 1 OR NOT EXISTS (
          SELECT 1 FROM review_versions v
           WHERE v.marketplace_id = OLD.marketplace_id AND v.review_id = OLD.id AND v.version = OLD.version AND v.digest = OLD.digest))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an edit makes a new version and keeps the old one');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_removal_approved BEFORE UPDATE ON reviews
WHEN NEW.status = 'removed' AND OLD.status <> 'removed' AND NOT EXISTS (
     SELECT 1 FROM proposals q WHERE q.marketplace_id = NEW.marketplace_id AND q.id = NEW.removal_id AND q.kind = 'review.remove'
        AND q.subject_id = NEW.id AND q.subject_version = NEW.version AND q.state = 'approved' AND q.quorum <=
     (SELECT count(DISTINCT a.approver_id) FROM approvals a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id
       WHERE p.marketplace_id = NEW.marketplace_id AND p.id = NEW.removal_id AND a.verdict = 'approve' AND a.digest = p.digest AND a.approver_id <> p.requester_id))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: no approved proposal by enough distinct people for this removal');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_restoration_recorded BEFORE UPDATE ON reviews
WHEN OLD.status = 'removed' AND NEW.status = 'published' AND NOT EXISTS (
     SELECT 1 FROM restorations r WHERE r.marketplace_id = OLD.marketplace_id AND r.review_id = OLD.id AND r.proposal_id = OLD.removal_id)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a restoration has to be recorded first');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_transitions BEFORE UPDATE ON reviews
WHEN NEW.status <> OLD.status AND NEW.status <> 'removed' AND NOT (OLD.status = 'removed' AND NEW.status = 'published')
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a review can''t go there from its status');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER reviews_removal_kept BEFORE UPDATE ON reviews
WHEN NEW.status = OLD.status AND NEW.removal_id IS NOT OLD.removal_id
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a removal''s proposal can''t be exchanged');
END;
-- +goose StatementEnd

-- The removal uses its proposal up, so that after a restoration it can't be used again.
-- +goose StatementBegin
CREATE TRIGGER reviews_removal_used AFTER UPDATE ON reviews
WHEN NEW.status = 'removed' AND OLD.status <> 'removed'
BEGIN
    UPDATE proposals SET state = 'effective' WHERE marketplace_id = NEW.marketplace_id AND id = NEW.removal_id AND state = 'approved';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER role_grants_fixed BEFORE UPDATE ON role_grants
WHEN OLD.revoked_at IS NOT NULL OR NEW.id IS NOT OLD.id OR NEW.staff_id IS NOT OLD.staff_id OR NEW.role IS NOT OLD.role OR NEW.marketplace_id IS NOT OLD.marketplace_id
     OR NEW.valid_from IS NOT OLD.valid_from OR NEW.valid_to IS NOT OLD.valid_to OR NEW.granted_by IS NOT OLD.granted_by OR NEW.created_at IS NOT OLD.created_at OR NEW.seal IS NOT OLD.seal
BEGIN
    SELECT RAISE(ABORT, 'evenhand: a grant is revoked, never edited');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER role_grants_separate BEFORE INSERT ON role_grants
WHEN EXISTS (
     SELECT 1 FROM role_grants g
      WHERE g.staff_id = NEW.staff_id AND g.revoked_at IS NULL
        AND (g.valid_to IS NULL OR g.valid_to > NEW.valid_from)
        AND (NEW.valid_to IS NULL OR NEW.valid_to > g.valid_from)
        AND (g.role IN ('moderator', 'supervisor')) <> (NEW.role IN ('moderator', 'supervisor')))
BEGIN
    SELECT RAISE(ABORT, 'evenhand: one person can''t hold both a moderating role and a watching or administering one');
END;
-- +goose StatementEnd

-- PostgreSQL's column privileges say the same for these.
-- +goose StatementBegin
CREATE TRIGGER staff_fixed BEFORE UPDATE ON staff
WHEN NEW.id IS NOT OLD.id OR NEW.email IS NOT OLD.email OR NEW.name IS NOT OLD.name OR NEW.password_hash IS NOT OLD.password_hash OR NEW.created_at IS NOT OLD.created_at
     OR (OLD.disabled_at IS NOT NULL AND NEW.disabled_at IS NOT OLD.disabled_at)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an account is disabled, never edited');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER tickets_fixed BEFORE UPDATE ON tickets
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.review_id IS NOT OLD.review_id OR NEW.seller_id IS NOT OLD.seller_id OR NEW.queue IS NOT OLD.queue OR NEW.opened_at IS NOT OLD.opened_at OR NEW.due_at IS NOT OLD.due_at
BEGIN
    SELECT RAISE(ABORT, 'evenhand: whose ticket it is can''t be changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER interests_fixed BEFORE UPDATE ON interests
WHEN NEW.marketplace_id IS NOT OLD.marketplace_id OR NEW.id IS NOT OLD.id OR NEW.staff_id IS NOT OLD.staff_id OR NEW.seller_id IS NOT OLD.seller_id OR NEW.relation IS NOT OLD.relation OR NEW.note IS NOT OLD.note OR NEW.declared_at IS NOT OLD.declared_at
     OR (OLD.ended_at IS NOT NULL AND NEW.ended_at IS NOT OLD.ended_at)
BEGIN
    SELECT RAISE(ABORT, 'evenhand: an interest is ended, never edited');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER role_grants_epoch_insert AFTER INSERT ON role_grants
BEGIN
    UPDATE grants_epoch SET epoch = epoch + 1 WHERE id = 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER role_grants_epoch_update AFTER UPDATE ON role_grants
BEGIN
    UPDATE grants_epoch SET epoch = epoch + 1 WHERE id = 1;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER staff_epoch AFTER UPDATE OF disabled_at ON staff
BEGIN
    UPDATE grants_epoch SET epoch = epoch + 1 WHERE id = 1;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER ledger_entries_no_update;
DROP TRIGGER ledger_entries_no_delete;
DROP TRIGGER ledger_entries_no_replace;
DROP TRIGGER approvals_no_update;
DROP TRIGGER approvals_no_delete;
DROP TRIGGER approvals_no_replace;
DROP TRIGGER decisions_no_update;
DROP TRIGGER decisions_no_delete;
DROP TRIGGER decisions_no_replace;
DROP TRIGGER skips_no_update;
DROP TRIGGER skips_no_delete;
DROP TRIGGER skips_no_replace;
DROP TRIGGER flags_no_update;
DROP TRIGGER flags_no_delete;
DROP TRIGGER flags_no_replace;
DROP TRIGGER review_versions_no_update;
DROP TRIGGER review_versions_no_delete;
DROP TRIGGER review_versions_no_replace;
DROP TRIGGER removal_requests_no_update;
DROP TRIGGER removal_requests_no_delete;
DROP TRIGGER removal_requests_no_replace;
DROP TRIGGER restorations_no_update;
DROP TRIGGER restorations_no_delete;
DROP TRIGGER restorations_no_replace;
DROP TRIGGER reason_codes_no_update;
DROP TRIGGER reason_codes_no_delete;
DROP TRIGGER reason_codes_no_replace;
DROP TRIGGER grant_queues_no_update;
DROP TRIGGER grant_queues_no_delete;
DROP TRIGGER grant_queues_no_replace;
DROP TRIGGER reviews_no_delete;
DROP TRIGGER reviews_no_replace;
DROP TRIGGER proposals_no_delete;
DROP TRIGGER proposals_no_replace;
DROP TRIGGER tickets_no_delete;
DROP TRIGGER tickets_no_replace;
DROP TRIGGER staff_no_delete;
DROP TRIGGER staff_no_replace;
DROP TRIGGER role_grants_no_delete;
DROP TRIGGER role_grants_no_replace;
DROP TRIGGER interests_no_delete;
DROP TRIGGER interests_no_replace;
DROP TRIGGER proposals_start_open;
DROP TRIGGER proposals_fixed;
DROP TRIGGER proposals_transitions;
DROP TRIGGER proposals_quorum;
DROP TRIGGER approvals_open;
DROP TRIGGER approvals_other_person;
DROP TRIGGER approvals_same_digest;
DROP TRIGGER approvals_active_person;
DROP TRIGGER reviews_come_in_published;
DROP TRIGGER reviews_fixed;
DROP TRIGGER reviews_edits_make_versions;
DROP TRIGGER reviews_removal_approved;
DROP TRIGGER reviews_restoration_recorded;
DROP TRIGGER reviews_transitions;
DROP TRIGGER reviews_removal_kept;
DROP TRIGGER staff_fixed;
DROP TRIGGER tickets_fixed;
DROP TRIGGER interests_fixed;
DROP TRIGGER role_grants_epoch_insert;
DROP TRIGGER role_grants_epoch_update;
DROP TRIGGER staff_epoch;
DROP TRIGGER reviews_removal_used;
DROP TRIGGER role_grants_fixed;
DROP TRIGGER role_grants_separate;
