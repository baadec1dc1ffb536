package moderation

import (
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

// Renew keeps a lease alive while the page is open, and returns until when. It isn't an act, and so not on record.
// A lease that has lapsed is renewed too, as long as nobody else was given the ticket.
func (d *Desk) Renew(ctx context.Context, actor models.Actor, marketplace, ticket string) (time.Time, error) {
	m, err := market(d.db.WithContext(ctx), marketplace)
	if err != nil {
		return time.Time{}, err
	}
	until := models.At(d.now().Add(time.Duration(m.LeaseMinutes) * time.Minute))
	res := d.db.WithContext(ctx).Model(&models.Ticket{}).
		Where("marketplace_id = ? AND id = ? AND state = ? AND lease_holder_id = ?", marketplace, ticket, models.TicketOpen, actor.ID).
		Updates(map[string]any{"lease_until": until})
	if res.Error != nil {
		return time.Time{}, models.Translate(res.Error)
	}
	if res.RowsAffected == 0 {
		return time.Time{}, notHeld(d.db.WithContext(ctx), marketplace, ticket)
	}
	return until, nil
}

// Release hands a ticket back undecided, without a reason: somebody has to leave.
func (d *Desk) Release(ctx context.Context, actor models.Actor, marketplace, ticket string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "ticket.release", SubjectType: "ticket", SubjectID: ticket}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "ticket"}, "decide"); err != nil {
			return err
		}
		_, err := d.letGo(tx, actor, marketplace, ticket, map[string]any{})
		return err
	})
}

// SkipReasons are why a ticket is handed back for good.
var SkipReasons = []string{"language", "conflict", "expertise", "upsetting", "technical"}

const maxSkipNote = 1000

// Skip hands a ticket back with a reason. It isn't offered to the same person again.
func (d *Desk) Skip(ctx context.Context, actor models.Actor, marketplace, ticket, reason, note string) error {
	note = models.CleanText(note)
	if !slices.Contains(SkipReasons, reason) {
		return models.InvalidField("reason", "Choose why you skip it: %s.", strings.Join(SkipReasons, ", "))
	}
	if utf8.RuneCountInString(note) > maxSkipNote {
		return models.InvalidField("note", "At most %d characters.", maxSkipNote)
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "ticket.skip", SubjectType: "ticket", SubjectID: ticket}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "ticket"}, "decide"); err != nil {
			return err
		}
		t, err := d.letGo(tx, actor, marketplace, ticket, map[string]any{})
		if err != nil {
			return err
		}
		entry.Set("reason", reason)
		entry.Set("review", t.ReviewID)
		return tx.Create(&models.Skip{
			MarketplaceID: marketplace, ID: entry.ID, TicketID: ticket, StaffID: actor.ID,
			Reason: reason, Note: note, SkippedAt: entry.At,
		}).Error
	})
}

// letGo ends a lease by the guarded update that every decision on a ticket goes through: the ticket is open and this
// person was the last to be given it. set is what else becomes of the ticket.
func (d *Desk) letGo(tx *gorm.DB, actor models.Actor, marketplace, ticket string, set map[string]any) (models.Ticket, error) {
	var t models.Ticket
	set["lease_holder_id"], set["lease_until"] = nil, nil
	res := tx.Model(&models.Ticket{}).
		Where("marketplace_id = ? AND id = ? AND state = ? AND lease_holder_id = ?", marketplace, ticket, models.TicketOpen, actor.ID).
		Updates(set)
	if res.Error != nil {
		return t, res.Error
	}
	if res.RowsAffected == 0 {
		return t, notHeld(tx, marketplace, ticket)
	}
	err := tx.Where("marketplace_id = ? AND id = ?", marketplace, ticket).Take(&t).Error
	return t, err
}

// notHeld says what happened to a ticket that a person thought was theirs.
func notHeld(db *gorm.DB, marketplace, ticket string) error {
	var t models.Ticket
	err := models.Translate(db.Where("marketplace_id = ? AND id = ?", marketplace, ticket).Take(&t).Error)
	switch {
	case models.IsKind(err, models.NotFound):
		return models.E(models.NotFound, "no_ticket", "There is no such ticket in marketplace %s.", marketplace)
	case err != nil:
		return err
	case t.State == models.TicketClosed:
		return models.E(models.Conflict, "ticket_closed", "This ticket has been decided already. Nothing was changed.")
	case t.State == models.TicketWaiting:
		return models.E(models.Conflict, "ticket_waiting", "Something has been asked for on this ticket already; it waits for an approver.")
	case t.LeaseHolderID == nil:
		return models.E(models.Conflict, "lease_ended", "You don't hold this ticket any more. Take the next one; it may come back to you.")
	}
	return models.E(models.Conflict, "lease_taken", "Your hold on this ticket lapsed and somebody else has it now. Nothing was changed.")
}
