package moderation

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Who decides on what: the roles, of the policy, that a replay asks for.
const (
	roleOfDesk  = models.RoleModerator
	roleOfSeats = models.RoleSupervisor
)

// seatDraw is a drawn approver with the request and the entry.
type seatDraw struct {
	models.ApproverDraw
	RequesterID string
	SellerID    string
	ToSellerID  *string // of a move
	SetSize     *int
	others      []string // the other sellers, of a set
	Quorum      int
	AskedAt     time.Time
	ExpiresAt   time.Time
	EntryBody   string
}

// tied says whether somebody surely had an interest in a seller whom the request is about, or surely in none.
func (w seatDraw) tied(staff *standing, person string, lo, hi time.Time) (surely, surelyNot bool) {
	surely, surelyNot = staff.tied(person, w.SellerID, lo, hi)
	if w.ToSellerID != nil {
		to, not := staff.tied(person, *w.ToSellerID, lo, hi)
		surely, surelyNot = surely || to, surelyNot && not
	}
	for _, seller := range w.others {
		to, not := staff.tied(person, seller, lo, hi)
		surely, surelyNot = surely || to, surelyNot && not
	}
	return surely, surelyNot
}

// replayApprovers draws each approver again, in batches by request.
func replayApprovers(db *gorm.DB, marketplace string, seeds map[string]knownSeed, staff *standing, r *Replayed) error {
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("approver_draws t").
			Select("t.*, p.requester_id, p.quorum, p.set_size, p.created_at AS asked_at, p.expires_at, q.seller_id, q.to_seller_id, x.body AS entry_body").
			Joins("JOIN proposals p ON p.marketplace_id = t.marketplace_id AND p.id = t.proposal_id").
			Joins("JOIN removal_requests q ON q.marketplace_id = t.marketplace_id AND q.proposal_id = t.proposal_id").
			Joins("JOIN ledger_entries x ON x.id = t.id").Where("t.marketplace_id = ?", marketplace)
	}
	finding, err := ledger.Compare(db, query, func(w seatDraw) string { return w.ID }, "t.id", func(w seatDraw) (string, error) {
		r.Approvers++
		var others []models.ApproverDraw
		err := db.Where("marketplace_id = ? AND proposal_id = ? AND id <> ?", marketplace, w.ProposalID, w.ID).Find(&others).Error
		if err != nil {
			return "", err
		}
		if w.SetSize != nil {
			err = db.Raw(`SELECT DISTINCT q.seller_id FROM proposals p JOIN removal_requests q ON q.marketplace_id = p.marketplace_id AND q.proposal_id = p.id
				WHERE p.marketplace_id = ? AND p.lead_id = ?`, marketplace, w.ProposalID).Scan(&w.others).Error
			if err != nil {
				return "", err
			}
		}
		why, err := judgeSeat(w, others, seeds, staff)
		if why != "" {
			why = "the draw " + w.ID + " of an approver for request " + w.ProposalID + " " + why
		}
		return why, err
	})
	r.Finding = finding
	return err
}

// judgeSeat says how the draw of an approver was steered, or the seat taken away for no reason; "" is neither.
func judgeSeat(w seatDraw, others []models.ApproverDraw, seeds map[string]knownSeed, staff *standing) (string, error) {
	b, err := ledger.ParseBody(w.EntryBody)
	if err != nil {
		return "", err
	}
	seed, wrong := seedFor(seeds, w.Period, str(b.Data["commit"]), w.DrawnAt)
	if wrong != "" {
		return wrong, nil
	}
	pool, err := ledger.ParseStrings(w.Pool)
	if err != nil || len(pool) == 0 {
		return "is from nobody", nil //nolint:nilerr // the finding says it
	}
	chosen, _, err := replayPick(seed, w.ProposalID, w.N, 0, pool)
	if err != nil || chosen != w.ApproverID {
		return "gave it to " + w.ApproverID + "; the seed gives " + chosen, err
	}
	if why := seatPool(w, pool, others, staff); why != "" {
		return why, nil
	}
	return seatTaken(w, staff), nil
}

// seatPool holds a pool against who might have been drawn: all of them, or all who are at work, nobody
// else, in the order of their ids.
func seatPool(w seatDraw, pool []string, others []models.ApproverDraw, staff *standing) string {
	lo, hi := w.DrawnAt.Add(-tolerance), w.DrawnAt.Add(tolerance)
	before := map[string]bool{w.RequesterID: true}
	live := 0
	for _, o := range others {
		if o.N < w.N {
			before[o.ApproverID] = true
			if o.EndedAt == nil || o.EndedAt.After(hi) {
				live++
			}
		}
	}
	switch {
	case live >= seatsAt(models.Proposal{Quorum: w.Quorum, CreatedAt: w.AskedAt, ExpiresAt: w.ExpiresAt}, hi):
		return "was made although enough people had been drawn"
	case !slices.IsSorted(pool) || len(slices.Compact(slices.Clone(pool))) != len(pool):
		return "had its pool in another order than by id"
	case !w.DueAt.Equal(dueAt(models.Proposal{CreatedAt: w.AskedAt, ExpiresAt: w.ExpiresAt}, w.DrawnAt)):
		return "gave another time than the rule does"
	}
	for _, id := range pool {
		_, never := staff.held(id, roleOfSeats, "", lo, hi)
		tied, _ := w.tied(staff, id, lo, hi)
		if before[id] || never || tied {
			return "had " + id + " in its pool, who couldn't be drawn for it"
		}
	}
	var eligible []string
	for _, id := range slices.Sorted(maps.Keys(staff.roles)) {
		surely, _ := staff.held(id, roleOfSeats, "", lo, hi)
		if _, untied := w.tied(staff, id, lo, hi); surely && untied && !before[id] {
			eligible = append(eligible, id)
		}
	}
	return staff.shiftFinding(pool, eligible, lo, hi)
}

// seatTaken says so where a seat was taken away for a reason that there wasn't.
func seatTaken(w seatDraw, staff *standing) string {
	if w.EndedAt == nil {
		return ""
	}
	lo, hi := w.EndedAt.Add(-tolerance), w.EndedAt.Add(tolerance)
	why, there := *w.EndedWhy, true
	switch why {
	case models.DrawLate:
		there = !hi.Before(w.DueAt)
	case models.DrawDisabled:
		at, gone := staff.disabled[w.ApproverID]
		there = gone && !at.After(hi)
	case models.DrawInterest:
		_, never := w.tied(staff, w.ApproverID, lo, hi)
		there = !never
	case models.DrawRole:
		surely, _ := staff.held(w.ApproverID, roleOfSeats, "", lo, hi)
		there = !surely
	}
	if !there {
		return fmt.Sprintf("was taken back for a reason (%s) that there wasn't", why)
	}
	return ""
}
