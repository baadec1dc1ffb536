package app_test

import (
	"testing"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/moderation"
)

const danger = "It gives the address of a private person, with a threat."

// heldScene is a review that a moderator has on their desk, where holds are turned on; and somebody to decide on it.
type heldScene struct {
	*scene
	ticket models.Ticket
}

func newHeld(t *testing.T, db *dbtest.DB) *heldScene {
	t.Helper()
	h := &heldScene{scene: &scene{World: apptest.New(t, db)}}
	h.asker, h.approver = h.Person(t, "moor", models.RoleModerator), h.Person(t, "sand", models.RoleSupervisor)
	h.AllowHolds(t, 2, 240)
	h.next(t)
	return h
}

// next brings in another review and has the moderator draw it.
func (h *heldScene) next(t *testing.T) {
	t.Helper()
	h.review = h.Review(t, h.Seller, 1)
	h.draw(t)
}

func (h *heldScene) draw(t *testing.T) {
	t.Helper()
	tk, err := h.Desk.Next(t.Context(), h.asker, apptest.Market)
	must(t, err)
	h.ticket = tk
}

func (h *heldScene) hold() moderation.Hold {
	return moderation.Hold{Marketplace: apptest.Market, Ticket: h.ticket.ID, Seen: h.review.Digest, Reason: "PERSONAL_DATA", Words: danger}
}

func (h *heldScene) place(t *testing.T) models.Hold {
	t.Helper()
	_, err := h.Desk.PlaceHold(t.Context(), h.asker, h.hold())
	must(t, err)
	return h.last(t)
}

func (h *heldScene) last(t *testing.T) models.Hold {
	t.Helper()
	var row models.Hold
	must(t, h.DB.Order("id DESC").Limit(1).Take(&row).Error)
	return row
}

// ask asks for a remedy against the held review.
func (h *heldScene) askFor(t *testing.T, remedy string) {
	t.Helper()
	var err error
	h.p, err = h.Desk.Request(t.Context(), h.asker, moderation.Ask{
		Marketplace: apptest.Market, Ticket: h.ticket.ID, Seen: h.review.Digest, Reason: "PERSONAL_DATA", Remedy: remedy, Justification: apptest.Justification,
		Redact: "two weeks", Evidence: []moderation.Evidence{{Kind: moderation.EvidenceSpan, Value: "two weeks"}},
	})
	must(t, err)
}

// is checks how a review stands, and how its hold ended.
func (h *heldScene) is(t *testing.T, status, how string) {
	t.Helper()
	row, got := h.last(t), ""
	if row.How != nil {
		got = *row.How
	}
	if s := h.Status(t, h.review); s != status || got != how {
		t.Errorf("the review is %s and its hold ended as %q; want %s, %q", s, got, status, how)
	}
	verifyClean(t, h.World)
}

func (h *heldScene) hidden(t *testing.T) bool {
	t.Helper()
	var r models.Review
	must(t, h.DB.Where("id = ?", h.review.ID).Take(&r).Error)
	p, err := h.Desk.Published(t.Context(), r)
	must(t, err)
	return p.Hidden
}

// flagAgain has the moderator get a ticket for the same review, where they don't have one.
func flagAgain(t *testing.T, h *heldScene) error {
	t.Helper()
	var open int64
	if err := h.DB.Model(&models.Ticket{}).Where("review_id = ? AND state <> 'closed'", h.review.ID).Count(&open).Error; err != nil {
		return err
	}
	if open == 0 {
		entry := &ledger.Entry{Marketplace: apptest.Market, Act: "reviews.flag", SubjectType: "review", SubjectID: h.review.ID}
		must(t, h.Ledger.Act(t.Context(), models.Command("import"), entry, func(tx *gorm.DB) error {
			// of another source than before, so it opens a ticket
			_, err := h.Desk.Flag(tx, entry.At, []models.Flagged{{Review: h.review, Source: models.FlagClassifier, Text: "again"}})
			return err
		}))
	}
	if tk, err := h.Desk.Next(t.Context(), h.asker, apptest.Market); err == nil {
		h.ticket = tk
		return nil
	}
	h.asker = h.Person(t, "heath", models.RoleModerator) // whoever let a ticket go isn't given it again
	h.draw(t)
	return nil
}
