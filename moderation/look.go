package moderation

import (
	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// outOf is what a marketplace's share of second looks is out of.
const outOf = 10_000

// LookAgain is the lot: whether a decision gets a second look, by its day's seed. It is Pick with the decision's id.
func LookAgain(seed []byte, decision string, per10000 int) (bool, error) {
	i, err := Pick(seed, "look/"+decision, 0, 0, outOf)
	return i < per10000, err
}

// chooseLook lets the lot decide on the decision that entry records, and opens the ticket of its second look. Whether
// there is one is in the entry, so that a replay can hold it to the seed.
func (d *Desk) chooseLook(tx *gorm.DB, entry *ledger.Entry, t models.Ticket) error {
	m, err := market(tx, t.MarketplaceID)
	if err != nil || m.LooksPer10000 == 0 {
		return err
	}
	seed, _, err := d.seedAt(tx, m.ID, entry.At)
	if err != nil {
		return err
	}
	chosen, err := LookAgain(seed, entry.ID, m.LooksPer10000)
	if err != nil || !chosen {
		entry.Set("look", "")
		return err
	}
	look := lookAt(t, entry.ID, models.LookUniform, entry)
	entry.Set("look", look.ID)
	if err := tx.Create(&look).Error; err != nil {
		return err
	}
	return routeLike(tx, look, t.ID)
}

// lookAt is a new ticket like t that looks at a decision again: as urgent, due within the same time, taking the same skill.
func lookAt(t models.Ticket, decision, why string, entry *ledger.Entry) models.Ticket {
	return models.Ticket{
		MarketplaceID: t.MarketplaceID, ID: models.NewID(), ReviewID: t.ReviewID, SellerID: t.SellerID, Queue: t.Queue, Priority: t.Priority, Skill: t.Skill,
		State: models.TicketOpen, OpenedAt: entry.At, DueAt: models.At(entry.At.Add(t.DueAt.Sub(t.OpenedAt))), LookOf: &decision, LookWhy: &why,
	}
}

// uninvolved narrows tickets that look at a decision to those whose review this person has had nothing to do with.
const uninvolved = `look_of IS NULL OR NOT EXISTS (SELECT 1 FROM decisions x
		WHERE x.marketplace_id = tickets.marketplace_id AND x.review_id = tickets.review_id AND x.moderator_id = @who)
	AND NOT EXISTS (SELECT 1 FROM second_looks x
		WHERE x.marketplace_id = tickets.marketplace_id AND x.review_id = tickets.review_id AND x.moderator_id = @who)
	AND NOT EXISTS (SELECT 1 FROM approvals a JOIN removal_requests q ON q.marketplace_id = a.marketplace_id AND q.proposal_id = a.proposal_id
		WHERE q.marketplace_id = tickets.marketplace_id AND q.review_id = tickets.review_id AND a.approver_id = @who)`

// isLook says whether a ticket is a second look.
func isLook(tx *gorm.DB, marketplace, ticket string) (bool, error) {
	var t models.Ticket
	err := tx.Select("look_why").Where("marketplace_id = ? AND id = ?", marketplace, ticket).Limit(1).Find(&t).Error
	return t.IsLook(), err
}

// writeLook records what a second look said, and what follows: nothing, but where a kept review is found to break the
// rules. A third moderator then decides it anew.
func (d *Desk) writeLook(tx *gorm.DB, entry *ledger.Entry, actor models.Actor, t models.Ticket, r models.Review, verdict, code string) error {
	row := models.SecondLook{
		MarketplaceID: t.MarketplaceID, ID: entry.ID, TicketID: t.ID, DecisionID: *t.LookOf, ReviewID: r.ID, ReviewVersion: r.Version,
		ModeratorID: actor.ID, Why: *t.LookWhy, Verdict: verdict, LookedAt: entry.At,
	}
	if verdict == models.LookViolating {
		row.ReasonCode = &code
	}
	entry.Act, entry.SubjectType, entry.SubjectID = "look.verdict", "ticket", t.ID
	entry.Set("decision", row.DecisionID)
	entry.Set("review", r.ID)
	entry.Set("review_version", r.Version)
	entry.Set("why", row.Why)
	entry.Set("verdict", verdict)
	entry.Set("reason", code)
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	return d.recheck(tx, entry, t, r, row)
}

// recheck opens a ticket for a third moderator where the first kept what the second finds to break the rules.
func (d *Desk) recheck(tx *gorm.DB, entry *ledger.Entry, t models.Ticket, r models.Review, look models.SecondLook) error {
	entry.Set("recheck", "")
	if look.Verdict != models.LookViolating || look.Why != models.LookUniform || r.Status != models.ReviewPublished {
		return nil
	}
	var first models.Decision
	if err := tx.Where("marketplace_id = ? AND id = ?", t.MarketplaceID, look.DecisionID).Take(&first).Error; err != nil {
		return err
	}
	live, err := liveTickets(tx, []models.Flagged{{Review: r}})
	if err != nil || first.Action != models.ActionKeep || len(live) > 0 {
		return err
	}
	again := lookAt(t, first.ID, models.LookRecheck, entry)
	entry.Set("recheck", again.ID)
	if err := tx.Create(&again).Error; err != nil {
		return err
	}
	if err := routeLike(tx, again, first.TicketID); err != nil {
		return err
	}
	return tx.Create(&models.Flag{
		MarketplaceID: t.MarketplaceID, ID: models.NewID(), TicketID: again.ID, ReviewID: r.ID, ReviewVersion: r.Version,
		Source: models.FlagStaff, Text: "Reported by somebody at the desk.", CreatedAt: entry.At,
	}).Error
}
