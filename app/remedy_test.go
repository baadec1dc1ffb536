package app_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	past "evenhand/history"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// remedied is a review for whose remedy somebody has asked, with a file as evidence where the reason takes one.
type remedied struct {
	*scene
	there models.Product
	shop  models.Seller
	file  models.Attachment
}

func picture(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	must(t, png.Encode(&b, image.NewGray(image.Rect(0, 0, side, side))))
	return b.Bytes()
}

// lesser are the remedies short of a removal, as they are asked for.
var lesser = map[string]moderation.Ask{
	models.ActionLabel:  {Reason: "PAID_UNDISCLOSED", Label: "reward"},
	models.ActionRedact: {Reason: "OBSCENE", Redact: "two weeks\nNobody"},
	models.ActionMove:   {Reason: "OFF_TOPIC", Product: "product-2", Seller: "seller-2", Evidence: []moderation.Evidence{{Kind: moderation.EvidenceSpan, Value: "two weeks"}}},
}

var remedyNouns = map[string]string{models.ActionLabel: "label", models.ActionRedact: "redaction", models.ActionMove: "move"}

// newRemedied asks for a remedy with a file.
func newRemedied(t *testing.T, db *dbtest.DB, remedy string) *remedied {
	t.Helper()
	x := &remedied{scene: &scene{World: apptest.New(t, db)}}
	x.asker, x.approver = x.Person(t, "moor", models.RoleModerator), x.Person(t, "sand", models.RoleSupervisor)
	x.review = x.Review(t, x.Seller, 1)
	x.shop = x.NewSeller(t, "seller-2")
	x.there = models.Product{MarketplaceID: apptest.Market, ID: models.NewID(), ExternalID: "product-2", Title: "Toaster", Category: "kitchen", CreatedAt: x.Now()}
	must(t, x.DB.Create(&x.there).Error)
	x.ask(t, remedy)
	return x
}

func (x *remedied) ask(t *testing.T, remedy string) {
	t.Helper()
	tk, err := x.Desk.Next(t.Context(), x.asker, apptest.Market)
	must(t, err)
	x.file, err = x.Desk.Attach(t.Context(), x.asker, apptest.Market, tk.ID, "screen.png", picture(t, 8))
	must(t, err)
	ask := lesser[remedy]
	ask.Marketplace, ask.Ticket, ask.Seen, ask.Remedy, ask.Justification = apptest.Market, tk.ID, x.review.Digest, remedy, apptest.Justification
	ask.Evidence = append([]moderation.Evidence{{Kind: moderation.EvidenceFile, Value: x.file.ID}}, ask.Evidence...)
	x.p, err = x.Desk.Request(t.Context(), x.asker, ask)
	must(t, err)
}

func (x *remedied) open(t *testing.T) {
	t.Helper()
	x.Open(t.Context(), x.approver, x.p)
}

func (x *remedied) now(t *testing.T) models.Review {
	t.Helper()
	var r models.Review
	must(t, x.DB.Where("id = ?", x.review.ID).Take(&r).Error)
	return r
}

func eachRemedy(t *testing.T, run func(t *testing.T, x *remedied, remedy string)) {
	t.Helper()
	for remedy := range lesser {
		t.Run(remedy, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) { run(t, newRemedied(t, db, remedy), remedy) })
		})
	}
}

func (x *remedied) published(t *testing.T) (title, body, label string) {
	t.Helper()
	p, err := x.Desk.Published(t.Context(), x.now(t))
	must(t, err)
	title, body = p.Text()
	return title, body, p.Label
}

func TestRemediesTakeTwoPeopleAndAreUndoneByOne(t *testing.T) {
	t.Parallel()
	eachRemedy(t, func(t *testing.T, x *remedied, remedy string) {
		_, err := x.Desk.Approve(t.Context(), x.approver, apptest.Market, x.p.ID, x.p.Digest, "Looked at the file: right.")
		if got := apptest.Code(err); got != "evidence_unopened" || !strings.Contains(err.Error(), "a file") {
			t.Fatalf("unopened evidence: %v", err)
		}
		x.open(t)
		must(t, x.Approve(t.Context(), x.approver, x.p))
		r := x.now(t)
		_, body, label := x.published(t)
		switch remedy {
		case models.ActionLabel:
			if r.Status != models.ReviewPublished || !strings.Contains(label, "wasn’t disclosed") {
				t.Errorf("%s, label %q", r.Status, label)
			}
		case models.ActionRedact:
			if r.Status != models.ReviewRedacted || body != "Stopped working after [redacted]. [redacted] answers." || r.Body != x.review.Body {
				t.Errorf("%s, %q", r.Status, body)
			}
		case models.ActionMove:
			if r.ProductID != x.there.ID || r.SellerID != x.shop.ID {
				t.Errorf("moved to %s of %s", r.ProductID, r.SellerID)
			}
			stars, err := x.Desk.SellerStars(t.Context(), apptest.Market, []string{x.Seller.ID, x.shop.ID})
			must(t, err)
			if stars[x.Seller.ID].Count != 0 || stars[x.shop.ID].Count != 1 {
				t.Errorf("stars: %+v", stars)
			}
		}
		for _, verb := range []string{"request", "approve"} {
			if n := x.Entries(t, remedyNouns[remedy]+"."+verb, models.OutcomeDone); n != 1 {
				t.Errorf("%d entries of %s", n, verb)
			}
		}
		verifyClean(t, x.World)
		if f := x.board(t); f != 0 {
			t.Errorf("%d removals counted", f)
		}
		undo := moderation.Undoing{Marketplace: apptest.Market, Review: r.ID, Remedy: remedy, Version: 1, Note: "It was wrong after all."}
		if got := apptest.Code(x.Desk.Undo(t.Context(), x.asker, undo)); got != "no_right" {
			t.Errorf("a moderator undoes: %q", got)
		}
		must(t, x.Desk.Undo(t.Context(), x.approver, undo))
		after := x.now(t)
		if after.Status != models.ReviewPublished || after.ProductID != x.review.ProductID || after.SellerID != x.review.SellerID || after.HomeProductID != nil {
			t.Errorf("after: %+v", after)
		}
		if title, body, label := x.published(t); title != x.review.Title || body != x.review.Body || label != "" {
			t.Errorf("after: %q %q %q", title, body, label)
		}
		if got := apptest.Code(x.Desk.Undo(t.Context(), x.approver, undo)); got != "no_remedy" {
			t.Errorf("undone twice: %q", got)
		}
		verifyClean(t, x.World)
	})
}

// board counts the removals that lists and statistics know of.
func (x *remedied) board(t *testing.T) int {
	t.Helper()
	var n int64
	must(t, x.DB.Raw("SELECT (SELECT count(*) FROM decisions WHERE action = 'remove') + (SELECT count(*) FROM reviews WHERE status = 'removed')").Scan(&n).Error)
	auditor := x.Person(t, "dale", models.RoleAuditor)
	found, err := x.Past.Search(t.Context(), auditor, past.Filter{Marketplace: apptest.Market}, nil)
	must(t, err)
	for _, d := range found.Days {
		n += int64(d.Asked + d.Removed)
	}
	return int(n)
}

func TestARedactionOutlivesAnEditAndARemoval(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		x := newRemedied(t, db, models.ActionRedact)
		x.open(t)
		must(t, x.Approve(t.Context(), x.approver, x.p))
		must(t, x.Edit(t.Context(), x.now(t), "It ran for two weeks, then two weeks not."))
		if _, body, _ := x.published(t); body != "It ran for [redacted], then [redacted] not." {
			t.Errorf("after an edit: %q", body)
		}
		x.review = x.now(t)
		x.flag(t, x.review)
		removal := x.Ask(t, x.asker)
		must(t, x.Approve(t.Context(), x.approver, removal))
		must(t, x.Desk.Restore(t.Context(), x.approver, apptest.Market, x.review.ID, 2, "The author showed the invoice."))
		if got := x.Status(t, x.review); got != models.ReviewRedacted {
			t.Errorf("restored to %s; want redacted", got)
		}
		verifyClean(t, x.World)
	})
}

// effects are what each remedy does to a review, as raw SQL.
var effects = map[string]string{
	models.ActionLabel:  "label_id = @proposal",
	models.ActionRedact: "redaction_id = @proposal, status = 'redacted'",
	models.ActionMove:   "move_id = @proposal, home_seller_id = seller_id, home_product_id = product_id, product_id = @there, seller_id = @shop",
}

func TestRemediesAlone(t *testing.T) {
	t.Parallel()
	eachRemedy(t, func(t *testing.T, x *remedied, remedy string) {
		args := map[string]any{"there": x.there.ID, "shop": x.shop.ID, "file": x.file.ID}
		if by := refusedBy(x.raw(t, "UPDATE reviews SET "+effects[remedy]+" WHERE id = @review", args)); by != byGuard {
			t.Errorf("naming the open request: %q", by)
		}
		for name, statement := range map[string]string{
			"another file's bytes":   "UPDATE attachments SET content = @bytes WHERE id = @file",
			"unbind the file":        "UPDATE attachments SET proposal_id = NULL WHERE id = @file",
			"sweep a file in use":    "UPDATE attachments SET content = @none, name = '', swept_at = @now WHERE id = @file",
			"erase a file":           "UPDATE attachments SET content = @none, name = '', erased_at = @now WHERE id = @file",
			"another name":           "UPDATE attachments SET name = 'x.png' WHERE id = @file",
			"a payload without it":   "UPDATE proposals SET payload = '{}' WHERE id = @proposal",
			"a home that it has not": "UPDATE reviews SET home_product_id = product_id, home_seller_id = seller_id WHERE id = @review",
		} {
			args["none"] = []byte{}
			if by := refusedBy(x.raw(t, statement, args)); by != byGuard {
				t.Errorf("%s: %q", name, by)
			}
		}
		if by := refusedBy(x.raw(t, "DELETE FROM attachments", args)); by != byGuard && by != denied {
			t.Errorf("delete: %q", by)
		}
		x.grant(t, x.asker, models.RoleSupervisor, apptest.Market)
		_, err := x.Desk.Exhibit(t.Context(), x.asker, apptest.Market, x.p.ID, 0)
		must(t, err)
		if got := apptest.Code(x.Approve(t.Context(), x.asker, x.p)); got != "own_request" {
			t.Errorf("the requester approves: %q", got)
		}
		x.open(t)
		stale := x.p
		stale.Digest = []byte("something else, of thirty-two by")
		if got := apptest.Code(x.Approve(t.Context(), x.approver, stale)); got != "stale_form" {
			t.Errorf("a stale form: %q", got)
		}
		must(t, x.Edit(t.Context(), x.review, "Another text than before, about the kettle."))
		if got := apptest.Code(x.Approve(t.Context(), x.approver, x.p)); got != "already_decided" {
			t.Errorf("after an edit: %q", got)
		}
		if r := x.now(t); r.LabelID != nil || r.RedactionID != nil || r.MoveID != nil || r.Status != models.ReviewPublished {
			t.Errorf("done alone: %+v", r)
		}
	})
}

func TestVerifyNamesForgedRemedies(t *testing.T) {
	t.Parallel()
	eachRemedy(t, func(t *testing.T, x *remedied, remedy string) {
		args := map[string]any{"there": x.there.ID, "shop": x.shop.ID}
		for _, statement := range []string{
			forgedApproval("@approver", "@digest", "@now"), "UPDATE proposals SET state = 'approved', decided_at = @now WHERE id = @proposal",
			"UPDATE reviews SET " + effects[remedy] + " WHERE id = @review",
		} {
			must(t, x.raw(t, statement, args))
		}
		f, _, err := ledger.State(t.Context(), x.DB.DB, x.Checks(true))
		must(t, err)
		if f == "" {
			t.Error("verify finds nothing")
		}
	})
}

func TestVerifyNamesTamperedRemedies(t *testing.T) {
	t.Parallel()
	cases := map[string][]struct{ name, says, sql string }{
		models.ActionLabel: {
			{"taken off", "isn't labelled although", "UPDATE reviews SET label_id = NULL WHERE id = @review"},
			{"another label", "says something else than its entry", "UPDATE removal_requests SET label = 'refund'"},
			{"counted as a removal", "", "UPDATE removal_requests SET remedy = 'remove', label = ''"},
		},
		models.ActionRedact: {
			{"shown whole", "isn't redacted although", "UPDATE reviews SET redaction_id = NULL, status = 'published' WHERE id = @review"},
			{"the status alone", "another status", "UPDATE reviews SET status = 'published' WHERE id = @review"},
			{"another span", "", `UPDATE proposals SET payload = replace(payload, '"end":31', '"end":30') WHERE id = @proposal`},
			{"as a label", "is labelled although", "UPDATE reviews SET label_id = @proposal WHERE id = @review"},
		},
		models.ActionMove: {
			{"moved elsewhere", "stands elsewhere", "UPDATE reviews SET product_id = home_product_id WHERE id = @review"},
			{"moved back", "isn't moved although", "UPDATE reviews SET move_id = NULL, product_id = home_product_id, seller_id = home_seller_id, home_product_id = NULL, home_seller_id = NULL WHERE id = @review"},
			{"asked elsewhere", "says something else than its entry", "UPDATE removal_requests SET to_seller_id = seller_id"},
		},
	}
	files := []struct{ name, says, sql string }{
		{"a file's bytes", "its digest isn't that of its bytes", "UPDATE attachments SET content = @bytes"},
		{"a file's digest", "says something else than its entry", "UPDATE attachments SET sha256 = @bytes"},
		{"a file's type", "says something else than its entry", "UPDATE attachments SET type = 'image/jpeg'"},
		{"a file unbound", "rests on other files", "UPDATE attachments SET proposal_id = NULL"},
		{"a file swept", "which no entry explains", "UPDATE attachments SET content = @none, name = '', swept_at = created_at"},
		{"a file erased", "erased", "UPDATE attachments SET content = @none, name = '', erased_at = created_at"},
		{"a file deleted", "speaks of a row that is missing", "DELETE FROM attachments"},
	}
	eachRemedy(t, func(t *testing.T, x *remedied, remedy string) {
		x.open(t)
		must(t, x.Approve(t.Context(), x.approver, x.p))
		verifyClean(t, x.World)
		h := &history{scene: x.scene}
		db := unguarded(t, h.World)
		for _, c := range append(cases[remedy], files...) {
			f := h.tamper(t, db, map[string]any{"none": []byte{}}, c.sql)
			if f.state == "" || !strings.Contains(f.all, c.says) && !strings.Contains(f.state, c.says) {
				t.Errorf("%s: Verify says %q, the state %q; want %q", c.name, f.all, f.state, c.says)
			}
		}
	})
}

func TestFilesThatLie(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moor, other := w.Person(t, "moor", models.RoleModerator), w.Person(t, "sand", models.RoleModerator)
		w.Review(t, w.Seller, 1)
		tk, err := w.Desk.Next(t.Context(), moor, apptest.Market)
		must(t, err)
		bomb := picture(t, 4)
		copy(bomb[16:24], []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30}) // IHDR says 30,000 by 30,000; its checksum is wrong, too
		for name, content := range map[string][]byte{
			"a.png": []byte("%PDF-1.7 no picture"), "b.jpg": picture(t, 4), "c.pdf": picture(t, 4), "d.txt": []byte("a\x00b"), "e.svg": []byte("<svg/>"),
			"f.txt": []byte("  <SVG onload=alert(1)>"), "g.txt": []byte("<!DOCTYPE html><p>"), "h.html": []byte("<p>"), "i.png": bomb, "j.exe": []byte("MZ"),
			"k.png": {}, "l.txt": bytes.Repeat([]byte("a"), moderation.MaxFile+1), "m\u202egnp.txt": []byte("x"), "../n.txt": []byte("x"), "": []byte("x"),
			"o.eml": []byte("no header here"), "p.png": []byte("\x89PNG\r\n\x1a\nrubbish"), "q.txt": []byte("hello <script>alert(1)</script>"),
		} {
			_, err := w.Desk.Attach(t.Context(), moor, apptest.Market, tk.ID, name, content)
			if e := models.AsError(err); err == nil || e.Fields["files"] == "" {
				t.Errorf("%q is taken: %v", name, err)
			}
		}
		if _, err := w.Desk.Attach(t.Context(), other, apptest.Market, tk.ID, "a.txt", []byte("x")); apptest.Code(err) != "lease_taken" {
			t.Errorf("somebody else's ticket: %v", err)
		}
		for i := range moderation.MaxFiles {
			for range 2 { // twice is once
				_, err := w.Desk.Attach(t.Context(), moor, apptest.Market, tk.ID, "a.eml", []byte("From: a\nSubject: "+strings.Repeat("x", i)+"\n\n<html>"))
				must(t, err)
			}
		}
		if _, err := w.Desk.Attach(t.Context(), moor, apptest.Market, tk.ID, "a.txt", []byte("one more")); models.AsError(err).Fields["files"] == "" {
			t.Errorf("a ninth file: %v", err)
		}
		must(t, w.Desk.Release(t.Context(), moor, apptest.Market, tk.ID))
		if n, err := w.Desk.SweepFiles(t.Context()); n != 0 || err != nil {
			t.Errorf("swept %d at once, %v", n, err)
		}
		w.Clock.Wind(25 * time.Hour)
		for _, want := range []int{moderation.MaxFiles, 0} {
			if n, err := w.Desk.SweepFiles(t.Context()); n != want || err != nil {
				t.Errorf("swept %d, %v; want %d", n, err, want)
			}
		}
		verifyClean(t, w)
		var bodies []string
		must(t, w.DB.Raw("SELECT body FROM ledger_entries").Scan(&bodies).Error)
		if strings.Contains(strings.Join(bodies, ""), "a.eml") {
			t.Error("a file's name is in the ledger")
		}
	})
}

func TestErasureEmptiesFiles(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		x := newRemedied(t, db, models.ActionMove)
		x.open(t)
		must(t, x.Approve(t.Context(), x.approver, x.p))
		e := &erasable{scene: x.scene, admin: x.Person(t, "alma", models.RoleAdministrator), second: x.Person(t, "ben", models.RoleAdministrator)}
		p, err := e.tryRequest(t, e.admin, apptest.Market, "customer-1")
		must(t, err)
		_, err = x.Erase.Approve(t.Context(), e.second, p.MarketplaceID, p.ID, p.Digest, "Read the request in the case.")
		must(t, err)
		var a models.Attachment
		must(t, x.DB.Where("id = ?", x.file.ID).Take(&a).Error)
		if len(a.Content) > 0 || a.Name != "" || a.ErasedAt == nil || len(a.SHA256) == 0 {
			t.Errorf("left: %q, %d bytes", a.Name, len(a.Content))
		}
		verifyClean(t, x.World)
		undo := moderation.Undoing{Marketplace: apptest.Market, Review: x.review.ID, Remedy: models.ActionMove, Version: 1, Note: "It was right where it was."}
		must(t, x.Desk.Undo(t.Context(), x.approver, undo))
		verifyClean(t, x.World)
	})
}
