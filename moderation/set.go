package moderation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
)

// A set is one request to remove linked reviews: the ticket's own, and those that its holder has gathered. Each has a
// request of its own, so that each is counted, told its author, and undone by itself; they are decided on together.

// setFlag is what the flag says by which a review that nobody had flagged comes to have a ticket.
const setFlag = "Asked about together with other reviews that belong to it."

// lockAsked locks the review of a ticket and those that its holder has gathered, all in the order of their ids, before a
// ticket or a proposal is locked. It refuses where what is gathered isn't what the form showed.
func lockAsked(tx *gorm.DB, actor models.Actor, ask Ask) (models.Review, []models.Review, error) {
	var t models.Ticket
	err := models.Translate(tx.Where("marketplace_id = ? AND id = ?", ask.Marketplace, ask.Ticket).Take(&t).Error)
	if err != nil {
		return models.Review{}, nil, notHeld(tx, ask.Marketplace, ask.Ticket)
	}
	picks, err := picksOf(tx, actor, ask.Marketplace, ask.Ticket)
	if err != nil {
		return models.Review{}, nil, err
	}
	var all []models.Review
	err = models.ForUpdate(tx).Where("marketplace_id = ? AND id IN ?", ask.Marketplace, append(picks, t.ReviewID)).Order("id").Find(&all).Error
	if err != nil {
		return models.Review{}, nil, models.Translate(err)
	}
	i := slices.IndexFunc(all, func(r models.Review) bool { return r.ID == t.ReviewID })
	if i < 0 {
		return models.Review{}, nil, noReview(ask.Marketplace)
	}
	r := all[i]
	others := slices.Delete(all, i, i+1)
	if SetDigest(others) != ask.Set {
		return r, nil, wrongSet("stale_set", models.Said("The linked reviews aren't those that you saw: you gathered others in another window, or one was edited. Look at them again before you send."))
	}
	return r, others, nil
}

// wrongSet says, in the form's place of the set, what is wrong with what was gathered.
func wrongSet(code string, said models.Sentence) error {
	bad := models.Mistakes{}
	bad.Add("set", said)
	return bad.E(code, "The request isn't complete yet.")
}

// SetDigest stands for gathered reviews as they were shown; "" for none.
func SetDigest(reviews []models.Review) string {
	if len(reviews) == 0 {
		return ""
	}
	lines := make([]string, len(reviews))
	for i, r := range reviews {
		lines[i] = fmt.Sprintf("%s %d %x\n", r.ID, r.Version, r.Digest)
	}
	slices.Sort(lines)
	sum := sha256.Sum256([]byte(strings.Join(lines, "")))
	return hex.EncodeToString(sum[:])
}

// askSet opens a set inside the transaction of its lead's request: entry, r and t are the lead's.
func (d *Desk) askSet(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, m models.Marketplace, ask Ask, r models.Review, t models.Ticket, reason Reason) (models.Proposal, error) {
	if err := mayJoin(tx, actor, ask); err != nil {
		return models.Proposal{}, err
	}
	tickets, err := d.claim(tx, entry.At, ask.others)
	if err != nil {
		return models.Proposal{}, err
	}
	ask.Evidence = append(slices.Clone(ask.Evidence), sample(entry.ID, ask)...)
	lead := proposal(entry, m, ask, r, reason)
	entries, others := make([]*ledger.Entry, len(ask.others)), make([]approval.Request, len(ask.others))
	for i, o := range ask.others {
		e := &ledger.Entry{ID: d.ledger.NewID(), At: entry.At, Marketplace: m.ID, Act: entry.Act, SubjectType: "proposal"}
		one := ask
		one.Ticket, one.Evidence, one.lead = tickets[o.ID].ID, []Evidence{}, entry.ID
		entries[i], others[i] = e, proposal(e, m, one, o, reason)
	}
	asked := lead.Payload.(Removal)
	p, follow, err := d.engine.ProposeSet(tx, actor, lead, func(set []approval.Member) any {
		asked.Set = set
		return asked
	}, others)
	if err != nil {
		return p, err
	}
	if err := bindFiles(tx, actor, p, ask); err != nil {
		return p, err
	}
	for i, o := range ask.others {
		one := ask
		one.Evidence = nil
		entries[i].Set("reason", reason.Code)
		entries[i].Set("lead", p.ID)
		if err := d.writeRequest(tx, actor, entries[i], follow[i], tickets[o.ID], o, one, reason, false); err != nil {
			return p, err
		}
		if err := d.ledger.Append(models.AtCommit(tx), actor, entries[i]); err != nil {
			return p, err
		}
	}
	entry.Set("set_size", *p.SetSize)
	if err := forgetPicks(tx, actor, ask); err != nil {
		return p, err
	}
	drawn := m.ApproversDrawn && (m.Negative(r.Rating) || slices.ContainsFunc(ask.others, func(o models.Review) bool { return m.Negative(o.Rating) }))
	return p, d.writeRequest(tx, actor, entry, p, t, r, ask, reason, drawn)
}

// refuseSetInterest refuses who has a tie to a seller of any review that follows in a set.
func refuseSetInterest(db *gorm.DB, actor models.Actor, lead models.Proposal) error {
	if lead.SetSize == nil {
		return nil
	}
	var n int64
	err := db.Table("interests i").
		Joins("JOIN removal_requests q ON q.marketplace_id = i.marketplace_id AND q.seller_id = i.seller_id").
		Joins("JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id").
		Where("p.marketplace_id = ? AND p.lead_id = ? AND i.staff_id = ? AND i.ended_at IS NULL", lead.MarketplaceID, lead.ID, actor.ID).Count(&n).Error
	if err == nil && n > 0 {
		err = interested()
	}
	return models.Translate(err)
}

// mayJoin refuses a set with a review that can't be removed, or of a seller to whom the requester has a tie.
func mayJoin(tx *gorm.DB, actor models.Actor, ask Ask) error {
	sellers := map[string]bool{}
	for _, o := range ask.others {
		if o.ErasedAt != nil {
			return wrongSet("review_erased", models.Said("The author of one of the linked reviews had the text erased, so there is nothing left to judge. Take it out of the set."))
		}
		if err := ask.remedy.open(o); err != nil {
			return wrongSet("not_published", models.Said("One of the linked reviews is removed already. Take it out of the set."))
		}
		if sellers[o.SellerID] {
			continue
		}
		sellers[o.SellerID] = true
		if err := refuseInterest(tx, ask.Marketplace, actor, o.SellerID); err != nil {
			return err
		}
	}
	return nil
}

// claim has the ticket of each gathered review wait for the set's end. A review that has no ticket is flagged for one; one
// that somebody else is at, or that somebody asked something about, stays out.
func (d *Desk) claim(tx *gorm.DB, at time.Time, reviews []models.Review) (map[string]models.Ticket, error) {
	tickets, err := ticketsOf(tx, reviews)
	if err != nil {
		return nil, err
	}
	var reports []models.Flagged
	for _, r := range reviews {
		if tickets[r.ID].ID == "" {
			reports = append(reports, models.Flagged{Review: r, Source: models.FlagStaff, Text: setFlag})
		}
	}
	if _, err := d.Flag(tx, at, reports); err != nil {
		return nil, err
	}
	if tickets, err = ticketsOf(tx, reviews); err != nil {
		return nil, err
	}
	if n := len(reviews) - len(tickets); n > 0 {
		return nil, wrongSet("set_taken", models.Said("Of the linked reviews, %d were decided on not long ago. Take them out of the set.", n))
	}
	ids := make([]string, 0, len(tickets))
	for _, t := range tickets {
		ids = append(ids, t.ID)
	}
	res := tx.Model(&models.Ticket{}).
		Where("marketplace_id = ? AND id IN ? AND state = ? AND (lease_until IS NULL OR lease_until <= ?)", reviews[0].MarketplaceID, ids, models.TicketOpen, d.now()).
		Updates(map[string]any{"state": models.TicketWaiting, "lease_holder_id": nil, "lease_until": nil})
	if n := len(reviews) - int(res.RowsAffected); res.Error == nil && n > 0 {
		return nil, wrongSet("set_taken", models.Said("Of the linked reviews, somebody else is at %d, or has asked something about them. Take them out of the set.", n))
	}
	return tickets, res.Error
}

// ticketsOf are the live tickets of reviews, by the review.
func ticketsOf(tx *gorm.DB, reviews []models.Review) (map[string]models.Ticket, error) {
	ids := make([]string, len(reviews))
	for i, r := range reviews {
		ids[i] = r.ID
	}
	var rows []models.Ticket
	err := models.ForUpdateAlone(tx).Where(liveTicket, reviews[0].MarketplaceID, ids).Order("id").Find(&rows).Error
	out := make(map[string]models.Ticket, len(rows))
	for _, t := range rows {
		out[t.ReviewID] = t
	}
	return out, err
}

// leastSample is how many of a set's reviews an approver opens at least, if there are as many.
const leastSample = 5

// sample draws those of a set's reviews that have to be opened, as evidence, before it is approved: as many as the root of
// their number, and at least five. Which, follows from the request's id, which nobody chooses.
func sample(request string, ask Ask) []Evidence {
	rank := func(r models.Review) []byte {
		sum := sha256.Sum256([]byte(request + "/" + r.ID))
		return sum[:]
	}
	drawn := slices.SortedFunc(slices.Values(ask.others), func(a, b models.Review) int { return bytes.Compare(rank(a), rank(b)) })
	drawn = drawn[:min(len(drawn), max(leastSample, int(math.Ceil(math.Sqrt(float64(len(drawn)))))))]
	var out []Evidence
	for _, r := range drawn {
		named := func(e Evidence) bool { return e.Kind == EvidenceReviews && e.Value == r.ID }
		if !slices.ContainsFunc(ask.Evidence, named) {
			out = append(out, Evidence{Kind: EvidenceReviews, Value: r.ID, Version: r.Version, Digest: hex.EncodeToString(r.Digest)})
		}
	}
	return out
}
