package moderation

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

var approverDraws = ledger.Explained{
	Table: "approver_draws", Acts: []string{"removal.draw"},
	Columns: "t.marketplace_id, t.proposal_id, t.approver_id, t.n, t.period, t.pool, t.drawn_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		w, pool := &models.ApproverDraw{}, new([]byte)
		return []any{&w.MarketplaceID, &w.ProposalID, &w.ApproverID, &w.N, &w.Period, pool, &w.DrawnAt}, func(p *ledger.Print) string {
				printAct(p, w.MarketplaceID, models.ActorSystem, w.ProposalID, w.DrawnAt)
				p.Text(w.ApproverID)
				printPool(p, w.Period, w.N, 0, *pool)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				p.Text(e.MarketplaceID)
				p.Text(e.ActorKind)
				p.Text(e.SubjectID)
				p.Time(e.At)
				p.Said(e, "approver")
				saysPool(p, e)
			}
	},
}

// checkSeatEnds ties each seat that was taken away to its entry, and each such entry to its seat.
func checkSeatEnds(_ context.Context, db *gorm.DB) (string, error) {
	var ended int64
	if err := db.Model(&models.ApproverDraw{}).Where("ended_at IS NOT NULL").Count(&ended).Error; err != nil {
		return "", err
	}
	explained := int64(0)
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("ledger_entries t").Where("t.act = 'removal.reassign' AND t.outcome = ?", models.OutcomeDone)
	}
	finding, err := ledger.Compare(db, query, func(e models.LedgerEntry) string { return e.ID }, "t.id", func(e models.LedgerEntry) (string, error) {
		explained++
		return seatEnd(db, e)
	})
	if err != nil || finding != "" || explained == ended {
		return finding, err
	}
	return lostSeat(db)
}

// seatEnd is what differs between an entry and the seat that it takes away.
func seatEnd(db *gorm.DB, e models.LedgerEntry) (string, error) {
	b, err := ledger.ParseBody(e.Body)
	if err != nil {
		return "", err
	}
	var rows []models.ApproverDraw
	if err := db.Where("marketplace_id = ? AND proposal_id = ?", e.MarketplaceID, e.SubjectID).Find(&rows).Error; err != nil {
		return "", err
	}
	for _, a := range rows {
		byThem := slices.Contains(HandBackReasons, str(b.Data["reason"]))
		if a.ID == b.Data["draw"] && a.EndedAt != nil && at(b, *a.EndedAt) && *a.EndedWhy == b.Data["reason"] &&
			a.ApproverID == b.Data["approver"] && byThem == (b.Actor.ID == a.ApproverID) {
			return "", nil
		}
	}
	return "entry " + e.ID + " takes away a seat that isn't as it says", nil
}

func str(v any) string {
	s, _ := v.(string)
	return s
}

// lostSeat names a seat that was taken away without an entry.
func lostSeat(db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB { return db.Table("approver_draws t").Where("t.ended_at IS NOT NULL") }
	return ledger.Compare(db, query, func(a models.ApproverDraw) string { return a.ID }, "t.id", func(a models.ApproverDraw) (string, error) {
		var bodies []string
		err := db.Model(&models.LedgerEntry{}).Where("subject_id = ? AND act = 'removal.reassign' AND outcome = ?", a.ProposalID, models.OutcomeDone).
			Pluck("body", &bodies).Error
		if err != nil {
			return "", err
		}
		for _, body := range bodies {
			if b, err := ledger.ParseBody(body); err != nil || b.Data["draw"] == a.ID {
				return "", err
			}
		}
		return "row " + a.ID + " lost its seat, which no entry explains", nil
	})
}
