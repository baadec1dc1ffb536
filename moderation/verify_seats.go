package moderation

import (
	"context"
	"encoding/json"
	"slices"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

func parsePool(text string) ([]string, error) {
	var ids []string
	err := json.Unmarshal([]byte(text), &ids)
	return ids, err
}

type approverDrawEntry struct {
	models.ApproverDraw
	EntryBody string
}

func checkApproverDraws(_ context.Context, db *gorm.DB) (string, error) {
	return ledger.Compare(db, withEntries("approver_draws"), func(w approverDrawEntry) string { return w.ID }, "t.id", func(w approverDrawEntry) (string, error) {
		b, err := ledger.ParseBody(w.EntryBody)
		if err != nil {
			return "", err
		}
		if b.Marketplace != w.MarketplaceID || b.Actor.Kind != models.ActorSystem || b.Subject.ID != w.ProposalID || b.Data["approver"] != w.ApproverID ||
			!at(b, w.DrawnAt) || !saysPool(b, w.Period, w.N, 0, w.Pool) {
			return rowFinding(w.ID), nil
		}
		return "", nil
	})
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

type drawnRequest struct {
	models.RemovalRequest
	EntryBody string
}

// checkDrawnRequests holds whether approvers are drawn for a request against the entry that settled it. Entries of
// before there were draws don't say.
func checkDrawnRequests(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("removal_requests t").Select("t.*, x.body AS entry_body").Joins("JOIN ledger_entries x ON x.id = t.proposal_id")
	}
	return ledger.Compare(db, query, func(q drawnRequest) string { return q.ProposalID }, "t.proposal_id", func(q drawnRequest) (string, error) {
		b, err := ledger.ParseBody(q.EntryBody)
		if err != nil {
			return "", err
		}
		if said, _ := b.Data["drawn"].(bool); said != q.Drawn {
			return rowFinding(q.ProposalID), nil
		}
		return "", nil
	})
}
