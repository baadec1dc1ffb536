package app_test

import (
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// What the database's owner does, with the guards off, before any erasure.
var blankings = []tampering{
	{"a review blanked", "reviews", []string{`UPDATE reviews SET title = '', body = '', order_ref = '', salt = %NONE WHERE id = @rounds`}},
	{"a review blanked, and said to be erased", "without its author's erasure", []string{`UPDATE reviews SET title = '', body = '', order_ref = '', salt = %NONE, erased_at = @now WHERE id = @rounds`}},
	{"a review's text blanked, its salt kept", "yet there is something", []string{`UPDATE reviews SET title = '', body = '', erased_at = @now WHERE id = @rounds`}},
	{"a version blanked", "review_versions", []string{`UPDATE review_versions SET title = '', body = '', salt = %NONE, erased_at = @now`}},
	{"a request blanked", "proposals", []string{`UPDATE proposals SET payload = '' WHERE id = @open`}},
	{"a request blanked, and said to be erased", "without its author's erasure", []string{`UPDATE proposals SET payload = '', erased_at = @now WHERE id = @open`}},
	{"a request said to be erased", "and yet says what it asked", []string{`UPDATE proposals SET erased_at = @now WHERE id = @open`}},
	{"notes blanked", "no valid seal", []string{`UPDATE approvals SET note = '', note_salt = %NONE`}},
	{"notes blanked, and said to be erased", "without its author's erasure", []string{`UPDATE approvals SET note = '', note_salt = %NONE, erased_at = @now`}},
	{"notes with another salt", "no valid seal", []string{`UPDATE approvals SET note_salt = @bytes`}},
	{"notes with another commitment", "no valid seal", []string{`UPDATE approvals SET note_digest = @bytes`}},
	{"notes without a commitment", "no valid seal", []string{`UPDATE approvals SET note_digest = %NONE`}},
	{"a restoration's note blanked", "lost its note", []string{`UPDATE restorations SET note = ''`}},
	{"a restoration said to be erased", "restorations", []string{`UPDATE restorations SET note = '', erased_at = @now`}},
	{"flags said to be erased", "flags", []string{`UPDATE flags SET text = '', erased_at = @now`}},
	{"skips said to be erased", "skips", []string{`UPDATE skips SET note = '', erased_at = @now`}},
	{"the customer said to be erased", "although no effective request", []string{`UPDATE customers SET erased_at = @now, erasure_id = @early, external_id = 'erased:' || id`}},
	{"the customer named as if erased", "looks like it", []string{`UPDATE customers SET external_id = 'erased:me' WHERE external_id = 'customer-1'`}},
	{"all of it, but nobody asked", "although no effective request", []string{
		`UPDATE customers SET erased_at = @now, external_id = 'erased:' || id`,
		`UPDATE reviews SET title = '', body = '', order_ref = '', salt = %NONE, erased_at = @now`,
		`UPDATE review_versions SET title = '', body = '', salt = %NONE, erased_at = @now`,
	}},
	{"an author deleted", "has no author", []string{`DELETE FROM customers WHERE external_id = 'customer-1'`}},
	{"an erasure of another kind of request", "no act on record", []string{
		`UPDATE proposals SET kind = 'staff.add', payload = '', erased_at = @now WHERE id = @early`}},
}

// What the owner does once an erasure took effect.
var restorings = []tampering{
	{"a text restored", "yet there is something", []string{`UPDATE reviews SET body = 'Stopped working.' WHERE id = @rounds`}},
	{"an order restored", "yet there is something", []string{`UPDATE reviews SET order_ref = 'order-1' WHERE id = @rounds`}},
	{"a salt restored", "yet there is something", []string{`UPDATE reviews SET salt = @bytes WHERE id = @rounds`}},
	{"a text restored, and not said to be erased", "review", []string{`UPDATE reviews SET body = 'Stopped working.', erased_at = NULL WHERE id = @rounds`}},
	{"half an erasure: one review", "review", []string{`UPDATE reviews SET title = @title, body = @body, order_ref = 'order-1', salt = @salt, erased_at = NULL WHERE id = @rounds`}},
	{"half an erasure: one version", "left out of it", []string{`UPDATE review_versions SET title = @vtitle, body = @vbody, salt = @vsalt, erased_at = NULL`}},
	{"half an erasure: one request", "left out of it", []string{`UPDATE proposals SET payload = @payload, erased_at = NULL WHERE id = @open`}},
	{"half an erasure: a decline's note", "left out of it", []string{`UPDATE approvals SET note = @note, note_salt = @notesalt, erased_at = NULL WHERE id = @decline`}},
	{"half an erasure: a restoration's note", "blanked 1 restorations", []string{`UPDATE restorations SET note = 'Back.', erased_at = NULL`}},
	{"half an erasure: flags", "flags", []string{`UPDATE flags SET text = 'They wrote it.', erased_at = NULL WHERE id = (SELECT id FROM flags WHERE erased_at IS NOT NULL LIMIT 1)`}},
	{"half an erasure: a skip's note", "skips", []string{`UPDATE skips SET note = 'They wrote it.', erased_at = NULL`}},
	{"a flag's text restored", "flags", []string{`UPDATE flags SET text = 'They wrote it.' WHERE erased_at IS NOT NULL`}},
	{"a skip's note restored", "skips", []string{`UPDATE skips SET note = 'They wrote it.'`}},
	{"a restoration's note restored", "restorations", []string{`UPDATE restorations SET note = 'They wrote it.'`}},
	{"a note restored", "no valid seal", []string{`UPDATE approvals SET note = 'They wrote it.' WHERE id = @decline`}},
	{"a version's text restored", "yet there is something", []string{`UPDATE review_versions SET body = 'Stopped working.'`}},
	{"a request's words restored", "and yet says what it asked", []string{`UPDATE proposals SET payload = '{}' WHERE id = @open`}},
	{"a request's digest", "carries no valid seal", []string{`UPDATE proposals SET digest = @bytes WHERE id = @open`}},
	{"a request's requester", "says something else than its entry", []string{`UPDATE proposals SET requester_id = @approver WHERE id = @open`}},
	{"a list row's reason", "says something else than its entry", []string{`UPDATE removal_requests SET reason_code = 'PERSONAL_DATA' WHERE proposal_id = @open`}},
	{"an approver", "no valid seal", []string{`UPDATE approvals SET approver_id = @asker WHERE id = @decline`}},
	{"a verdict", "no valid seal", []string{`UPDATE approvals SET verdict = 'approve' WHERE id = @decline`}},
	{"stars", "isn't what the entry says", []string{`UPDATE reviews SET rating = 5 WHERE id = @unjudged`}},
	{"a date", "isn't what the entry says", []string{`UPDATE reviews SET posted_at = @now WHERE id = @rounds`}},
	{"a version's stars", "what its erasure left isn't what the entry says", []string{`UPDATE review_versions SET rating = 5`}},
	{"a digest", "review", []string{`UPDATE reviews SET digest = @bytes WHERE id = @rounds`}},
	{"the customer's name restored", "looks like it", []string{`UPDATE customers SET external_id = 'customer-1' WHERE id = @customer`}},
	{"the customer restored", "author's erasure", []string{`UPDATE customers SET external_id = 'customer-1', erased_at = NULL, erasure_id = NULL WHERE id = @customer`}},
	{"the time of the erasure", "without its author's erasure", []string{`UPDATE customers SET erased_at = @now WHERE id = @customer`}},
	{"another customer's review into it", "without its author's erasure", []string{`UPDATE reviews SET title = '', body = '', order_ref = '', salt = %NONE, erased_at = @at WHERE id = @others`}},
	{"another's review made theirs", "review", []string{`UPDATE reviews SET customer_id = @customer WHERE id = @others`}},
	{"the customer deleted", "author's erasure", []string{`DELETE FROM customers WHERE id = @customer`}},
	{"the entry of the effect deleted", "the record doesn't have it once", []string{`DELETE FROM ledger_entries WHERE act = 'erasure.apply'`}},
	{"the approval deleted", "row that is missing", []string{`DELETE FROM approvals WHERE proposal_id = @p`}},
	{"the approval deleted with its entry", "but the record has it open", []string{`DELETE FROM ledger_entries WHERE id IN (SELECT id FROM approvals WHERE proposal_id = @p)`, `DELETE FROM approvals WHERE proposal_id = @p`}},
	{"the request's words", "was changed: its digest", []string{`UPDATE proposals SET payload = replace(payload, 'DSR', 'XYZ') WHERE id = @p`}},
	{"the request declined after all", "but the record has it effective", []string{`UPDATE proposals SET state = 'declined' WHERE id = @p`}},
	{"the request blanked, too", "without its author's erasure", []string{`UPDATE proposals SET payload = '', erased_at = @at WHERE id = @p`}},
}

func TestVerifyAndErasures(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		h := &history{scene: e.scene}
		ids := e.evidence(t)
		e.eachTampering(t, h, blankings, ids)
		p := e.erase(t)
		ids["p"], ids["at"] = p.ID, *e.read(t, e.rounds.ID).ErasedAt
		e.Clock.Wind(time.Minute)
		e.eachTampering(t, h, restorings, ids)
		verifyClean(t, e.World)
	})
}

func (e *erasable) eachTampering(t *testing.T, h *history, list []tampering, ids map[string]any) {
	t.Helper()
	owner, none := unguarded(t, h.World), "x''"
	if models.IsPostgres(owner) {
		none = "''::bytea"
	}
	for _, x := range list {
		t.Run(x.name, func(t *testing.T) {
			var sql []string
			for _, s := range x.sql {
				sql = append(sql, strings.ReplaceAll(s, "%NONE", none))
			}
			if got := h.tamper(t, owner, ids, sql...); got.all == "" || !strings.Contains(got.all+"\n"+got.state, x.names) {
				t.Errorf("Verify says %q; want it to say %q", got, x.names)
			}
		})
	}
}

// evidence is what somebody who kept a copy could put back.
func (e *erasable) evidence(t *testing.T) map[string]any {
	t.Helper()
	r := e.read(t, e.rounds.ID)
	var v models.ReviewVersion
	must(t, e.DB.Where("review_id = ?", r.ID).Take(&v).Error)
	var decline models.Approval
	must(t, e.DB.Where("verdict = 'decline' AND note LIKE '%Lindqvist%'").Take(&decline).Error)
	var payload, early string
	must(t, e.DB.Raw("SELECT payload FROM proposals WHERE id = ?", e.open.ID).Scan(&payload).Error)
	must(t, e.DB.Raw("SELECT id FROM proposals WHERE kind = 'customer.erase'").Scan(&early).Error)
	unjudged := e.Review(t, e.Seller, 3)
	return map[string]any{
		"rounds": r.ID, "unjudged": unjudged.ID, "title": r.Title, "body": r.Body, "salt": r.Salt, "vtitle": v.Title, "vbody": v.Body, "vsalt": v.Salt,
		"open": e.open.ID, "payload": payload, "decline": decline.ID, "note": decline.Note, "notesalt": decline.NoteSalt, "early": early,
		"customer": e.Customer.ID, "others": e.other.ID, "market": apptest.Market,
	}
}
