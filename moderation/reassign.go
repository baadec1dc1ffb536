package moderation

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// HandBackReasons are why a drawn approver leaves a request to another.
var HandBackReasons = []string{"absent", "conflict", "expertise", "language", "upsetting"}

// HandBack has a drawn approver leave a request to somebody else, who is drawn at once, or as soon as there is anybody.
// Nobody is drawn twice for the same request, so it doesn't come back.
func (d *Desk) HandBack(ctx context.Context, actor models.Actor, marketplace, proposal, why string) error {
	if !slices.Contains(HandBackReasons, why) {
		return models.InvalidField("reason", "Choose why you hand it back: %s.", strings.Join(HandBackReasons, ", "))
	}
	if err := d.seeded(ctx, marketplace); err != nil {
		return err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "removal.reassign", SubjectType: "proposal", SubjectID: proposal}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		s, err := holdSeats(tx, marketplace, proposal)
		if err != nil {
			return err
		}
		if s.p.State != models.ProposalOpen {
			return models.E(models.Conflict, "already_decided", "This request has come to an end. Nothing was changed.")
		}
		mine := slices.IndexFunc(s.live, func(x seat) bool { return x.ApproverID == actor.ID })
		if mine < 0 {
			return errNotDrawn()
		}
		if s.live[mine].Decided {
			return models.E(models.Conflict, "already_voted", "You have decided on this request already; it needs another person.")
		}
		if _, err := d.endSeat(tx, entry, s.live[mine].ApproverDraw, why); err != nil {
			return err
		}
		_, err = d.fillSeats(tx, s.p, s.req)
		return err
	})
}

// seat is a drawn approver who has not been replaced, and what has become of them.
type seat struct {
	models.ApproverDraw
	Decided  bool
	Disabled bool
	Tied     bool
}

// seated is a request with its seats.
type seated struct {
	p    models.Proposal
	req  models.RemovalRequest
	live []seat
}

// holdSeats reads a request and its seats, and holds the proposal.
func holdSeats(tx *gorm.DB, marketplace, proposal string) (seated, error) {
	var p models.Proposal
	err := models.ForUpdate(tx).Select("id").Where("marketplace_id = ? AND id = ?", marketplace, proposal).Limit(1).Find(&p).Error
	if err != nil {
		return seated{}, err
	}
	return readSeats(tx, marketplace, proposal)
}

// readSeats reads a request and its seats.
func readSeats(tx *gorm.DB, marketplace, proposal string) (seated, error) {
	var s seated
	err := models.Translate(tx.Where("marketplace_id = ? AND id = ?", marketplace, proposal).Take(&s.p).Error)
	if models.IsKind(err, models.NotFound) {
		return s, models.E(models.NotFound, "no_proposal", "There is no such request in marketplace %s.", marketplace)
	}
	if err == nil {
		err = tx.Where("marketplace_id = ? AND proposal_id = ?", marketplace, proposal).Take(&s.req).Error
	}
	if err != nil {
		return s, err
	}
	err = tx.Raw(`SELECT a.*, s.disabled_at IS NOT NULL AS disabled,
			EXISTS (SELECT 1 FROM approvals v WHERE v.marketplace_id = a.marketplace_id AND v.proposal_id = a.proposal_id AND v.approver_id = a.approver_id) AS decided,
			EXISTS (SELECT 1 FROM interests i WHERE i.marketplace_id = a.marketplace_id AND i.staff_id = a.approver_id AND i.ended_at IS NULL AND (i.seller_id IN (?, ?)
				OR i.seller_id IN (SELECT o.seller_id FROM proposals f JOIN removal_requests o ON o.marketplace_id = f.marketplace_id AND o.proposal_id = f.id
					WHERE f.marketplace_id = a.marketplace_id AND f.lead_id = a.proposal_id))) AS tied
		FROM approver_draws a JOIN staff s ON s.id = a.approver_id
		WHERE a.marketplace_id = ? AND a.proposal_id = ? AND a.ended_at IS NULL ORDER BY a.n`, s.req.SellerID, s.req.ToSellerID, marketplace, proposal).Scan(&s.live).Error
	return s, err
}

// lost says why a drawn approver can't have the seat any more, or has had it long enough; "" is neither.
func (x seat) lost(rights rbac.View, p models.Proposal, now time.Time) (string, error) {
	may, err := mayApprove(rights, p, x.ApproverID)
	switch {
	case err != nil:
		return "", err
	case x.Disabled:
		return models.DrawDisabled, nil
	case x.Tied:
		return models.DrawInterest, nil
	case !may:
		return models.DrawRole, nil
	case !x.Decided && !now.Before(x.DueAt):
		return models.DrawLate, nil
	}
	return "", nil
}

// reassign gives the seats of one request that have been lost to others, and says whether anything was to do. Who is
// merely late keeps the seat while there is nobody else.
func (d *Desk) reassign(ctx context.Context, marketplace, proposal string) (bool, error) {
	err := models.InTx(ctx, d.db, func(tx *gorm.DB) error {
		s, err := holdSeats(tx, marketplace, proposal)
		if err != nil {
			return err
		}
		now := d.now()
		if s.p.State != models.ProposalOpen || !now.Before(s.p.ExpiresAt) {
			return errThere
		}
		ended, err := d.endLost(tx, s, now)
		if err != nil {
			return err
		}
		drawn, err := d.fillSeats(tx, s.p, s.req)
		if err == nil && ended+drawn == 0 {
			err = errThere
		}
		return err
	})
	if errors.Is(err, errThere) {
		return false, nil
	}
	return err == nil, err
}

func (d *Desk) endLost(tx *gorm.DB, s seated, now time.Time) (int, error) {
	rights, err := d.rights.View(tx)
	if err != nil {
		return 0, err
	}
	others, err := d.mayBeDrawn(tx, s.p, s.req)
	if err != nil {
		return 0, err
	}
	n, spare := 0, len(others)-(seatsAt(s.p, now)-len(s.live))
	for _, x := range s.live {
		why, err := x.lost(rights, s.p, now)
		if err != nil {
			return n, err
		}
		if why == "" || why == models.DrawLate && spare <= 0 {
			continue
		}
		spare--
		entry := &ledger.Entry{ID: d.ledger.NewID(), At: now, Marketplace: s.p.MarketplaceID, Act: "removal.reassign", SubjectType: "proposal", SubjectID: s.p.ID}
		if done, err := d.endSeat(tx, entry, x.ApproverDraw, why); err != nil || !done {
			return n, err
		}
		if err := d.ledger.Append(models.AtCommit(tx), drawing, entry); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
