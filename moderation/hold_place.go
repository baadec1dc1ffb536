package moderation

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// The bounds of what a holder says, in characters.
const (
	MinHoldWords = 20
	maxHoldWords = 2000
)

// Hold is what a moderator says who hides the review of a ticket that they have, for a while.
type Hold struct {
	Marketplace string
	Ticket      string
	Seen        []byte // digest of the review as it was read
	Reason      string // one that means danger to a person
	Words       string
}

// PlaceHold hides a review for a person's safety until a time, which it returns. It is the one thing that one person can do to
// a published review: where the marketplace turned it on, once for each version of it, within the person's daily budget,
// and undone by itself. Nothing but a request that others approve makes more of it.
func (d *Desk) PlaceHold(ctx context.Context, actor models.Actor, ask Hold) (time.Time, error) {
	ask.Words = models.CleanText(ask.Words)
	m, err := market(d.db.WithContext(ctx), ask.Marketplace)
	if err != nil {
		return time.Time{}, err
	}
	var row models.Hold
	entry := &ledger.Entry{Marketplace: ask.Marketplace, Act: "hold.place", SubjectType: "ticket", SubjectID: ask.Ticket}
	err = d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		entry.Set("reason", knownReason(ask.Reason))
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, ask.Marketplace, rbac.Object{Kind: "hold"}, "place"); err != nil {
			return err
		}
		if m.HoldsPerDay < 1 {
			return models.E(models.Forbidden, "holds_off", "This marketplace doesn't use holds. Ask for a removal or a redaction, and say in the justification that it is urgent.")
		}
		r, err := reviewOf(tx, ask.Marketplace, ask.Ticket)
		if err != nil {
			return err
		}
		reason, err := d.checkHold(tx, ask)
		if err != nil {
			return err
		}
		t, err := leased(tx, actor, ask.Marketplace, ask.Ticket)
		if err != nil {
			return err
		}
		if err := refuseInterest(tx, ask.Marketplace, actor, t.SellerID); err != nil {
			return err
		}
		if !bytes.Equal(r.Digest, ask.Seen) {
			return staleReview()
		}
		if row, err = newHold(tx, actor, m, r, t, entry.At); err != nil {
			return err
		}
		row.ID, row.ReasonCode, row.ReasonVersion = entry.ID, reason.Code, reason.Version
		row.Words, row.Salt = ask.Words, ledger.NewSalt()
		return writeHold(tx, entry, r, row)
	})
	return row.Until, err
}

// checkHold makes sure that a hold stands on a reason that allows it, in enough words.
func (d *Desk) checkHold(tx *gorm.DB, ask Hold) (Reason, error) {
	fields := map[string]string{}
	all, err := d.reasons(tx)
	if err != nil {
		return Reason{}, err
	}
	i := slices.IndexFunc(all, func(r Reason) bool { return r.Code == ask.Reason && r.Holdable })
	if i < 0 {
		var codes []string
		for _, r := range all {
			if r.Holdable {
				codes = append(codes, r.Code)
			}
		}
		fields["reason"] = "A review is held only where it means danger to a person: " + strings.Join(codes, ", ") + "."
	}
	if n := utf8.RuneCountInString(ask.Words); n < MinHoldWords || n > maxHoldWords {
		fields["words"] = "Say in 20 to 2,000 characters whom it endangers, and by what."
	}
	if len(fields) > 0 {
		e := models.E(models.Invalid, "invalid_hold", "The hold isn't complete yet. Nothing was hidden.")
		e.Fields = fields
		return Reason{}, e
	}
	return all[i], nil
}

// leased is a ticket that this person has, held still.
func leased(tx *gorm.DB, actor models.Actor, marketplace, ticket string) (models.Ticket, error) {
	var t models.Ticket
	err := models.Translate(models.ForUpdate(tx).
		Where("marketplace_id = ? AND id = ? AND state = ? AND lease_holder_id = ?", marketplace, ticket, models.TicketOpen, actor.ID).Take(&t).Error)
	if models.IsKind(err, models.NotFound) {
		err = notHeld(tx, marketplace, ticket)
	}
	return t, err
}

// newHold is the next of a person's holds today, if one is left to them and the review can be held. Of a second look,
// whose moderator isn't told what became of the review, a refusal says no more than it does elsewhere.
func newHold(tx *gorm.DB, actor models.Actor, m models.Marketplace, r models.Review, t models.Ticket, at time.Time) (models.Hold, error) {
	h := models.Hold{
		MarketplaceID: m.ID, ReviewID: r.ID, ReviewVersion: r.Version, TicketID: t.ID, SellerID: t.SellerID, Rating: r.Rating, Queue: t.Queue,
		HolderID: actor.ID, Day: at.UTC().Format(time.DateOnly), PlacedAt: at,
		Until: models.At(at.Add(min(time.Duration(m.HoldMinutes)*time.Minute, models.MostHoldTime))),
	}
	var before int64
	if err := tx.Model(&models.Hold{}).Where("marketplace_id = ? AND review_id = ? AND review_version = ?", m.ID, r.ID, r.Version).Count(&before).Error; err != nil {
		return h, err
	}
	if before > 0 || r.Status != models.ReviewPublished && r.Status != models.ReviewRedacted || r.ErasedAt != nil {
		return h, models.E(models.Conflict, "not_holdable", "This review can't be held: each version of a review is held at most once, and only while it is published.")
	}
	if err := tx.Model(&models.Hold{}).Where("marketplace_id = ? AND holder_id = ? AND day = ?", m.ID, actor.ID, h.Day).Count(&before).Error; err != nil {
		return h, err
	}
	if h.Nth = int(before) + 1; h.Nth > m.HoldsPerDay {
		return h, models.E(models.Forbidden, "holds_spent",
			"This marketplace allows a person %d holds a day, and you have used yours. Ask for a removal or a redaction, and say in the justification that it is urgent.", m.HoldsPerDay)
	}
	var err error
	h.Assigned, err = assignment(tx, actor, t)
	return h, err
}

// writeHold writes the hold and its effect, and fills its entry.
func writeHold(tx *gorm.DB, entry *ledger.Entry, r models.Review, h models.Hold) error {
	var err error
	if h.WordsDigest, err = ledger.Commit(h.Salt, h.Words); err != nil {
		return err
	}
	if err := tx.Create(&h).Error; err != nil {
		return err
	}
	b := models.NewBatch(tx)
	b.ExecOne(models.E(models.Conflict, "review_changed", "The review changed at this very moment. Nothing was hidden."),
		"UPDATE reviews SET status = ?, hold_id = ?, held_until = ?, updated_at = ? WHERE marketplace_id = ? AND id = ? AND version = ? AND hold_id IS NULL",
		models.ReviewHeld, h.ID, h.Until, h.PlacedAt, r.MarketplaceID, r.ID, r.Version)
	if err := b.Run(); err != nil {
		return err
	}
	entry.SubjectType, entry.SubjectID = "review", r.ID
	for key, value := range map[string]any{
		"hold": h.ID, "ticket": h.TicketID, "review_version": h.ReviewVersion, "seller": h.SellerID, "rating": h.Rating, "queue": h.Queue,
		"assigned": h.Assigned, "reason_version": h.ReasonVersion, "day": h.Day, "nth": h.Nth, "words_digest": hexOf(h.WordsDigest),
		"until": h.Until.UTC().UnixMicro(),
	} {
		entry.Set(key, value)
	}
	return nil
}
