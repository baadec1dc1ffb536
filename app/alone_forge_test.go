package app_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"

	"evenhand/app/apptest"
	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

// disagreement is what Verify says first, "" where all agrees.
func disagreement(t *testing.T, w *apptest.World) string {
	t.Helper()
	r, err := w.Verify(t.Context(), w.DB.DB)
	must(t, err)
	return r.Disagreement
}

// names fails the test unless Verify disagrees in words that hold all of these.
func names(t *testing.T, w *apptest.World, words ...string) {
	t.Helper()
	got := disagreement(t, w)
	for _, word := range words {
		if got == "" || !strings.Contains(got, word) {
			t.Errorf("Verify says %q; want it to name %q", got, word)
		}
	}
}

// forge is one person with the application's own database account, who writes rows past the program. Where the
// database lets it pass, the program must not act on it, and Verify must name it.
func forge(t *testing.T, name string, fn func(t *testing.T, s *scene)) {
	t.Helper()
	t.Run(name, func(t *testing.T) {
		t.Parallel()
		dbtest.Each(t, func(t *testing.T, db *dbtest.DB) { fn(t, newScene(t, db)) })
	})
}

func TestForgedRows(t *testing.T) {
	t.Parallel()
	forge(t, "an approval, and then the state", func(t *testing.T, s *scene) {
		id := models.NewID()
		must(t, s.raw(t, forgedApproval("@approver", "@digest", "@now"), map[string]any{"id": id}))
		names(t, s.World, id)
		must(t, s.raw(t, "UPDATE proposals SET state = 'approved' WHERE id = @proposal", nil))
		s.stillPublished(t) // the program waits for a sealed approval, which can't come any more
		if err := s.approve(t, s.Person(t, "silt", models.RoleSupervisor)); apptest.Code(err) != "already_decided" {
			t.Errorf("approving what was approved by raw SQL: %v", err)
		}
		s.stillPublished(t)
		names(t, s.World, id)
	})
	forge(t, "an approval, the state, and the removal", func(t *testing.T, s *scene) {
		must(t, s.raw(t, forgedApproval("@approver", "@digest", "@now"), nil))
		must(t, s.raw(t, "UPDATE proposals SET state = 'approved' WHERE id = @proposal", nil))
		// The database can't check seals: this passes there, and only there.
		must(t, s.raw(t, "UPDATE reviews SET status = 'removed', removal_id = @proposal WHERE id = @review", nil))
		names(t, s.World, "approvals", "explained by no entry")
	})
	forge(t, "an approval with an entry to explain it", func(t *testing.T, s *scene) {
		id := models.NewID()
		s.forgeEntry(t, id, s.approver, "removal.approve", "proposal", s.p.ID, map[string]any{"digest": hexOf(s.p.Digest), "subject": s.review.ID, "state": "effective"})
		must(t, s.raw(t, forgedApproval("@approver", "@digest", "@now"), map[string]any{"id": id}))
		must(t, s.raw(t, "UPDATE proposals SET state = 'approved' WHERE id = @proposal", nil))
		must(t, s.raw(t, "UPDATE reviews SET status = 'removed', removal_id = @proposal WHERE id = @review", nil))
		names(t, s.World, id, "no valid seal")
	})
	forge(t, "one approval of two", func(t *testing.T, s *scene) {
		p := s.askForTwo(t)
		forged := s.Person(t, "silt", models.RoleSupervisor)
		id := models.NewID()
		must(t, s.raw(t, forgedApproval("@forged", "@digest", "@now"), map[string]any{"forged": forged.ID, "id": id}))
		must(t, s.Approve(t.Context(), s.approver, p)) // one sealed, one forged
		s.stillPublished(t)
		var state string
		must(t, s.DB.Raw("SELECT state FROM proposals WHERE id = ?", p.ID).Scan(&state).Error)
		if state != models.ProposalOpen {
			t.Errorf("with one sealed approval of two the request is %s; want open", state)
		}
		names(t, s.World, id)
	})
	forge(t, "one approval of two, with the seal of another", func(t *testing.T, s *scene) {
		p := s.askForTwo(t)
		forged := s.Person(t, "silt", models.RoleSupervisor)
		must(t, s.Approve(t.Context(), s.approver, p))
		err := s.raw(t, `INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at)
			SELECT marketplace_id, @id, proposal_id, @forged, verdict, note, digest, seal, created_at FROM approvals WHERE proposal_id = @proposal`,
			map[string]any{"forged": forged.ID})
		must(t, err)
		must(t, s.Approve(t.Context(), s.Person(t, "mud", models.RoleSupervisor), p)) // the second sealed one: now it is two people
		if got := s.Status(t, s.review); got != models.ReviewRemoved {
			t.Errorf("after two sealed approvals the review is %s", got)
		}
		names(t, s.World, "approvals", "explained by no entry")
	})
	forge(t, "a request in another's name, for oneself to approve", func(t *testing.T, s *scene) {
		r := s.Review(t, s.Seller, 1)
		p := s.forgeRequest(t, r, s.asker.ID)
		err := s.Approve(t.Context(), s.approver, p)
		if apptest.Code(err) != "not_sealed" || s.Status(t, r) != models.ReviewPublished {
			t.Errorf("approving a forged request: %v; the review is %s", err, s.Status(t, r))
		}
		s.onRecord(t, "removal.approve", "not_sealed")
		names(t, s.World, p.ID)
	})
	forge(t, "a request in another's name, with the seal of a real one", func(t *testing.T, s *scene) {
		r := s.Review(t, s.Seller, 1)
		p := s.forgeRequest(t, r, s.asker.ID)
		var sealed int64
		must(t, s.DB.Model(&models.Proposal{}).Where("seal = ?", s.p.Seal).Count(&sealed).Error)
		if err := s.Approve(t.Context(), s.approver, p); apptest.Code(err) != "not_sealed" || sealed != 2 {
			t.Errorf("approving a request with a copied seal (%d rows with it): %v", sealed, err)
		}
		s.stillPublished(t)
	})
	forge(t, "a role, an account, an interest gone", func(t *testing.T, s *scene) {
		s.declareInterest(t, s.approver)
		if got := disagreement(t, s.World); got != "" {
			t.Fatalf("before: %s", got)
		}
		must(t, s.raw(t, "UPDATE interests SET ended_at = @now WHERE staff_id = @approver", nil))
		names(t, s.World, "interests")
	})
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func sha(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// forgeEntry writes an entry that looks like the program's.
func (s *scene) forgeEntry(t *testing.T, id string, by models.Actor, act, subjectType, subject string, data map[string]any) {
	t.Helper()
	row := models.LedgerEntry{
		ID: id, MarketplaceID: apptest.Market, At: s.Now(), ActorKind: by.Kind, ActorID: by.ID, Act: act,
		SubjectType: subjectType, SubjectID: subject, Outcome: models.OutcomeDone,
	}
	body, err := ledger.Canonical(ledger.Body{
		Version: 1, ID: id, At: row.At.Format("2006-01-02T15:04:05.000000Z"), Marketplace: row.MarketplaceID,
		Actor: ledger.BodyActor{Kind: by.Kind, ID: by.ID}, Act: act, Subject: ledger.BodySubject{Type: subjectType, ID: subject},
		Outcome: row.Outcome, Data: data,
	})
	must(t, err)
	row.Body, row.Hash = string(body), ledger.LeafHash(body)
	must(t, s.DB.Create(&row).Error)
}

// forgeRequest writes a proposal and its list row by hand, complete but for a seal of its own.
func (s *scene) forgeRequest(t *testing.T, r models.Review, requester string) models.Proposal {
	t.Helper()
	payload := strings.NewReplacer(s.review.ID, r.ID, hexOf(s.review.Digest), hexOf(r.Digest)).Replace(s.p.Payload)
	if !json.Valid([]byte(payload)) {
		t.Fatal("the forged payload isn't JSON")
	}
	p := s.p
	p.ID, p.SubjectID, p.Payload, p.RequesterID = models.NewID(), r.ID, payload, requester
	var err error
	p.Digest, err = approval.Digest(p)
	must(t, err)
	must(t, s.DB.Create(&p).Error)
	var q models.RemovalRequest
	must(t, s.DB.Where("proposal_id = ?", s.p.ID).Take(&q).Error)
	q.ProposalID, q.ReviewID = p.ID, r.ID
	must(t, s.DB.Create(&q).Error)
	return p
}

func TestForgedSessions(t *testing.T) {
	t.Parallel()
	forge(t, "a token of one's own making", func(t *testing.T, s *scene) {
		for _, token := range []string{"mine", "mine" + s.approver.ID, s.approver.ID, "", strings.Repeat("x", 35)} {
			_ = s.raw(t, `INSERT INTO sessions (token_hash, staff_id, device, created_at, seen_at, expires_at) VALUES (@hash, @approver, 'd', @now, @now, @later)`,
				map[string]any{"hash": sha(token)})
			if p, err := s.Staff.BySession(t.Context(), token); apptest.Code(err) != "no_session" {
				t.Errorf("a forged session signed in %v, %v", p, err)
			}
		}
	})
	forge(t, "another name to one's own session", func(t *testing.T, s *scene) {
		token, _, err := s.Staff.SignIn(t.Context(), staff.Credentials{Email: email(s.asker), Password: apptest.Password})
		must(t, err)
		var mine models.Session
		must(t, s.DB.Where("staff_id = ?", s.asker.ID).Take(&mine).Error)
		must(t, s.raw(t, "DELETE FROM sessions WHERE staff_id = @asker", nil))
		mine.StaffID = s.approver.ID
		must(t, s.DB.Create(&mine).Error)
		for _, tk := range []string{token, strings.TrimSuffix(token, s.asker.ID) + s.approver.ID} {
			if p, err := s.Staff.BySession(t.Context(), tk); apptest.Code(err) != "no_session" {
				t.Errorf("a session with another name signed in %v, %v", p, err)
			}
		}
	})
}

func TestForgedPeople(t *testing.T) {
	t.Parallel()
	const account = `INSERT INTO staff (id, email, name, password_hash, created_at) SELECT @id, 'mine@example.test', 'mine', password_hash, @now FROM staff WHERE id = @asker`
	const role = `INSERT INTO role_grants (id, staff_id, role, marketplace_id, valid_from, granted_by, created_at, seal) SELECT @id, @to, 'supervisor', '*', @now, 'me', @now, seal FROM role_grants WHERE staff_id = @approver LIMIT 1`
	forge(t, "a role", func(t *testing.T, s *scene) {
		id := models.NewID()
		must(t, s.raw(t, role, map[string]any{"to": s.asker.ID, "id": id}))
		names(t, s.World, "role_grants", id)
		if err := s.approve(t, s.asker); apptest.Code(err) != "own_request" {
			t.Errorf("approving their own request under a forged role: %v", err)
		}
		s.stillPublished(t)
	})
	forge(t, "a second identity, with a role", func(t *testing.T, s *scene) {
		person, grant := models.NewID(), models.NewID()
		must(t, s.raw(t, account, map[string]any{"id": person}))
		must(t, s.raw(t, role, map[string]any{"to": person, "id": grant}))
		forged := models.Actor{Kind: models.ActorPerson, ID: person, Name: "mine"}
		if err := s.approve(t, forged); apptest.Code(err) != "no_right" {
			t.Errorf("approving under a forged account and role: %v", err)
		}
		s.stillPublished(t)
	})
	forge(t, "an account", func(t *testing.T, s *scene) {
		id := models.NewID()
		must(t, s.raw(t, account, map[string]any{"id": id}))
		names(t, s.World, "staff", id)
	})
	forge(t, "an account that is enabled again", func(t *testing.T, s *scene) {
		must(t, s.Staff.Disable(t.Context(), models.Command("staff"), email(s.approver)))
		if got := refusedBy(s.raw(t, "UPDATE staff SET disabled_at = NULL WHERE id = @approver", nil)); got != byGuard {
			t.Errorf("enabling by raw SQL: refused by %q", got)
		}
		verifyClean(t, s.World)
	})
	forge(t, "a grant that is taken back", func(t *testing.T, s *scene) {
		must(t, s.raw(t, "UPDATE role_grants SET revoked_at = @now, revoked_by = 'me' WHERE staff_id = @approver", nil))
		names(t, s.World, "role_grants", "grant.revoke")
	})
	forge(t, "a grant that is given back", func(t *testing.T, s *scene) {
		s.revoke(t, s.approver, models.RoleSupervisor)
		if got := refusedBy(s.raw(t, "UPDATE role_grants SET revoked_at = NULL, revoked_by = NULL WHERE staff_id = @approver", nil)); got != byGuard {
			t.Errorf("giving a role back by raw SQL: refused by %q", got)
		}
		verifyClean(t, s.World)
	})
}
