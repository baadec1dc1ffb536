package app_test

import (
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

// veiled is a desk that works blind, with a ticket that a moderator holds.
type veiled struct {
	*apptest.World
	moderator, other, approver, auditor models.Actor
	review                              models.Review
	ticket                              models.Ticket
}

const liftWords = "The text reads like my cousin wrote it."

func newVeiled(t *testing.T, db *dbtest.DB) *veiled {
	t.Helper()
	v := &veiled{World: apptest.New(t, db)}
	v.Blind(t)
	v.moderator, v.other = v.Person(t, "moor", models.RoleModerator), v.Person(t, "moss", models.RoleModerator)
	v.approver, v.auditor = v.Person(t, "sand", models.RoleSupervisor), v.Person(t, "dale", models.RoleAuditor)
	v.review = v.Review(t, v.Seller, 1)
	v.ticket = draw(t, v.World, v.moderator)
	return v
}

func (v *veiled) lift(t *testing.T, who models.Actor, on, id string) error {
	t.Helper()
	return v.Desk.Unmask(t.Context(), who, moderation.Lift{Marketplace: apptest.Market, On: on, ID: id, Purpose: "tie", Text: liftWords})
}

func (v *veiled) asks(t *testing.T) models.Proposal {
	t.Helper()
	p, err := v.Desk.Request(t.Context(), v.moderator, moderation.Ask{
		Marketplace: apptest.Market, Ticket: v.ticket.ID, Seen: v.review.Digest, Reason: "FAKE_EXPERIENCE", Justification: apptest.Justification,
		Evidence: []moderation.Evidence{{Kind: moderation.EvidenceOrder, Value: "look-up 17: no order"}},
	})
	must(t, err)
	return p
}

func (v *veiled) shown(t *testing.T, who models.Actor) bool {
	t.Helper()
	view, err := v.Desk.Ticket(t.Context(), who, apptest.Market, v.ticket.ID)
	must(t, err)
	if view.Content.Hidden == (view.Content.Seller.Name != "") || view.Content.Hidden == (view.Content.Review.OrderRef != "") {
		t.Errorf("half hidden: %+v", view.Content)
	}
	return !view.Content.Hidden
}

func TestBlindTicket(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		v := newVeiled(t, db)
		if v.shown(t, v.moderator) {
			t.Fatal("the names aren't hidden")
		}
		for who, x := range map[string]struct {
			actor models.Actor
			on    string
			want  string
		}{
			"who doesn't hold it": {v.other, models.OnTicket, "lease_taken"},
			"an approver":         {v.approver, models.OnTicket, "no_right"},
			"an auditor":          {v.auditor, models.OnTicket, "no_right"},
			"as a request":        {v.moderator, models.OnProposal, "no_proposal"},
		} {
			if err := v.lift(t, x.actor, x.on, v.ticket.ID); apptest.Code(err) != x.want {
				t.Errorf("%s: %v; want %s", who, err, x.want)
			}
		}
		err := v.Desk.Unmask(t.Context(), v.moderator, moderation.Lift{Marketplace: apptest.Market, On: models.OnTicket, ID: v.ticket.ID, Purpose: "curious", Text: "short"})
		if e := models.AsError(err); e.Fields["purpose"] == "" || e.Fields["words"] == "" {
			t.Errorf("without a purpose: %v", err)
		}
		if v.shown(t, v.moderator) {
			t.Fatal("a refused lifting shows the names")
		}
		must(t, v.lift(t, v.moderator, models.OnTicket, v.ticket.ID))
		if !v.shown(t, v.moderator) {
			t.Fatal("after the lifting the names are hidden")
		}
		if err := v.lift(t, v.moderator, models.OnTicket, v.ticket.ID); apptest.Code(err) != "not_hidden" {
			t.Errorf("twice: %v", err)
		}
		h, err := v.Desk.History(t.Context(), v.auditor, apptest.Market, v.review.ID, "link")
		must(t, err)
		told := false
		for _, e := range h.Events {
			told = told || e.Act == "mask.lift" && e.Outcome == models.OutcomeDone && e.ActorName == "moor" && e.Note == liftWords && e.Data["purpose"] == "tie"
		}
		if !told {
			t.Error("the auditor doesn't read of the lifting")
		}
		next := v.Review(t, v.Seller, 2)
		must(t, v.Desk.Keep(t.Context(), v.moderator, apptest.Market, v.ticket.ID, v.review.Digest))
		v.review, v.ticket = next, draw(t, v.World, v.moderator)
		if v.shown(t, v.moderator) {
			t.Error("what was lifted on one ticket is lifted on the next")
		}
		verifyClean(t, v.World)
	})
}

func TestBlindBySetting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		v := newVeiled(t, db)
		v.Set(t, "blind_parties", models.BlindNever)
		if !v.shown(t, v.moderator) {
			t.Error("hidden although the marketplace says never")
		}
		if err := v.lift(t, v.moderator, models.OnTicket, v.ticket.ID); apptest.Code(err) != "not_hidden" {
			t.Errorf("lifting where nothing is hidden: %v", err)
		}
		must(t, v.Desk.Keep(t.Context(), v.moderator, apptest.Market, v.ticket.ID, v.review.Digest))
		v.Set(t, "blind_parties", models.BlindNegative)
		if v.shown(t, v.moderator) {
			t.Error("shown once it is decided")
		}
		v.review = v.Review(t, v.Seller, 5)
		v.ticket = draw(t, v.World, v.moderator)
		if !v.shown(t, v.moderator) {
			t.Error("a good rating is hidden")
		}
		v.Set(t, "blind_parties", models.BlindAlways)
		if v.shown(t, v.moderator) {
			t.Error("a good rating is shown")
		}
	})
}

// Who asked is hidden from every approver until their verdict is in, or until one of them says what they need it for.
func TestBlindRequester(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		v := newVeiled(t, db)
		p := v.asks(t)
		second := v.Person(t, "silt", models.RoleSupervisor)
		knows := func(who models.Actor) bool {
			t.Helper()
			view, err := v.Desk.Proposal(t.Context(), who, apptest.Market, p.ID)
			must(t, err)
			events, err := v.Desk.Timeline(t.Context(), who, apptest.Market, v.review.ID)
			must(t, err)
			in := view.RequesterName != ""
			for _, e := range events {
				if (e.ActorID == v.moderator.ID || strings.Contains(e.ActorName, "moor")) != in && e.Act == "removal.request" {
					t.Errorf("the timeline tells %v, the request %v", e.ActorName, in)
				}
			}
			return in
		}
		if knows(v.approver) || !knows(v.moderator) || !knows(v.auditor) {
			t.Fatal("the wrong people know who asked")
		}
		for who, actor := range map[string]models.Actor{"the requester": v.moderator, "an auditor": v.auditor, "another moderator": v.other} {
			if err := v.lift(t, actor, models.OnProposal, p.ID); !models.IsKind(err, models.Forbidden) {
				t.Errorf("%s lifts: %v", who, err)
			}
		}
		must(t, v.lift(t, v.approver, models.OnProposal, p.ID))
		if !knows(v.approver) || knows(second) {
			t.Error("a lifting shows the name to the wrong people")
		}
		events, err := v.Desk.Timeline(t.Context(), v.moderator, apptest.Market, v.review.ID)
		must(t, err)
		for _, e := range events {
			if e.Act == "mask.lift" && e.ActorID == v.approver.ID && (!e.Undecided || e.Note != "") {
				t.Error("the requester reads who may decide on their request, or what they wrote")
			}
		}
		_, err = v.Desk.Decline(t.Context(), second, apptest.Market, p.ID, p.Digest, "The order is there after all.")
		must(t, err)
		if !knows(second) {
			t.Error("hidden from who has decided")
		}
		verifyClean(t, v.World)
	})
}

// Raw SQL can neither lift a mask off the record nor take one back; the owner's tampering is named.
func TestUnmaskingsHold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		v := newVeiled(t, db)
		must(t, v.lift(t, v.moderator, models.OnTicket, v.ticket.ID))
		args := map[string]any{"id": models.NewID(), "other": v.other.ID, "ticket": v.ticket.ID, "review": v.review.ID, "now": v.Now(), "bytes": make([]byte, 32)}
		insert := `INSERT INTO unmaskings (marketplace_id, id, staff_id, subject_type, subject_id, review_id, purpose, text, text_salt, text_digest, created_at)
			VALUES ('olist', @id, @other, 'ticket', @ticket, @review, 'tie', 'no words', @bytes, @bytes, @now)`
		for what, sql := range map[string]string{
			"for who doesn't hold it": insert,
			"forgotten":               "DELETE FROM unmaskings WHERE subject_id = @ticket",
			"of somebody else":        "UPDATE unmaskings SET staff_id = @other WHERE subject_id = @ticket",
			"for another purpose":     "UPDATE unmaskings SET purpose = 'legal' WHERE subject_id = @ticket",
			"blank":                   "UPDATE unmaskings SET text = '', text_salt = '', erased_at = @now WHERE subject_id = @ticket",
		} {
			if got := refusedBy(v.DB.Exec(sql, args).Error); got != byGuard && got != denied {
				t.Errorf("%s: refused by %q", what, got)
			}
		}
		v.Clock.Wind(time.Hour)
		verifyClean(t, v.World)
		owner := unguarded(t, v.World)
		for what, x := range map[string]struct{ sql, says string }{
			"off the record":      {insert, ""},
			"forgotten":           {"DELETE FROM unmaskings WHERE subject_id = @ticket", "speaks of a row that is missing"},
			"of somebody else":    {"UPDATE unmaskings SET staff_id = @other WHERE subject_id = @ticket", "says something else than its entry"},
			"for another purpose": {"UPDATE unmaskings SET purpose = 'legal' WHERE subject_id = @ticket", "says something else than its entry"},
			"in other words":      {"UPDATE unmaskings SET text = 'It was nothing.' WHERE subject_id = @ticket", "aren't what was committed to"},
		} {
			if got := undoing(t, v.World, owner, x.sql, args); got == "" || !strings.Contains(got, x.says) {
				t.Errorf("%s: verify says %q; want it to say %q", what, got, x.says)
			}
		}
	})
}

// An erasure takes the words with it, and nothing else.
func TestErasureOfUnmaskings(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		v := newVeiled(t, db)
		must(t, v.lift(t, v.moderator, models.OnTicket, v.ticket.ID))
		e := &erasable{scene: &scene{World: v.World}}
		e.admin, e.second = v.Person(t, "adam", models.RoleAdministrator), v.Person(t, "beryl", models.RoleAdministrator)
		e.erase(t)
		var u models.Unmasking
		must(t, v.DB.Take(&u).Error)
		if u.Text != "" || len(u.TextSalt) > 0 || u.ErasedAt == nil || u.Purpose != "tie" {
			t.Errorf("after the erasure: %+v", u)
		}
		verifyClean(t, v.World)
	})
}
