package moderation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// EscalateReasons are why a ticket is sent on to people with a skill.
var EscalateReasons = []string{"law", "language", "image", "pattern", "danger"}

const minEscalateNote = 10

// Escalate sends a ticket on to whoever has a skill: never to a person. It isn't offered to the same moderator again.
func (d *Desk) Escalate(ctx context.Context, actor models.Actor, marketplace, ticket, skill, reason, note string) error {
	note = models.CleanText(note)
	entry := &ledger.Entry{Marketplace: marketplace, Act: "ticket.escalate", SubjectType: "ticket", SubjectID: ticket}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := d.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "ticket"}, "escalate"); err != nil {
			return err
		}
		if err := d.checkEscalation(tx, actor, marketplace, skill, reason, note); err != nil {
			return err
		}
		t, err := d.letGo(tx, actor, marketplace, ticket, map[string]any{})
		if err != nil {
			return err
		}
		if err := refuseInterest(tx, marketplace, actor, t.SellerID); err != nil {
			return err
		}
		entry.Set("reason", reason)
		entry.Set("skill", skill)
		entry.Set("review", t.ReviewID)
		err = tx.Create(&models.Skip{
			MarketplaceID: marketplace, ID: entry.ID, TicketID: ticket, StaffID: actor.ID,
			Reason: reason, Skill: skill, Note: note, SkippedAt: entry.At,
		}).Error
		if err != nil {
			return err
		}
		last, _, err := latestRoutes(tx, marketplace, []string{ticket})
		if err != nil {
			return err
		}
		return send(tx, escalatedTo(t, last[ticket], skill, entry))
	})
}

// checkEscalation names every field that has to be mended.
func (d *Desk) checkEscalation(tx *gorm.DB, actor models.Actor, marketplace, skill, reason, note string) error {
	bad := models.Mistakes{}
	skills, err := d.skillsOfOthers(tx, actor, marketplace)
	switch {
	case err != nil:
		return err
	case len(skills) == 0:
		bad.Say("skill", "Nobody else here has a skill on record, so there is nobody to escalate to.")
	case skill == "":
		bad.Say("skill", "Choose what the ticket needs.")
	case !slices.Contains(skills, skill):
		bad.Say("skill", "Nobody else here has this skill now. There are: %s.", strings.Join(skills, ", "))
	}
	if !slices.Contains(EscalateReasons, reason) {
		bad.Say("reason", "Choose why it needs somebody else.")
	}
	if n := utf8.RuneCountInString(note); n < minEscalateNote || n > maxSkipNote {
		bad.Say("note", "Say in 10 to 1,000 characters what whoever gets it should look at.")
	}
	if e := bad.E("invalid_escalation", "The escalation isn't complete yet."); e != nil {
		return e
	}
	return nil
}
