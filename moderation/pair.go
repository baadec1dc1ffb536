package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Tally is what became of requests.
type Tally struct{ Asked, Removed, Declined, Restored int }

// Together is what the record says about the people around one request. It is for those who decide, not for who asked.
type Together struct {
	Recent, Ever Tally // of this requester about this seller; of the last 180 days, and at all

	// How often this approver has decided on this requester's requests, the last ones of them, and approved.
	Decided, Approved int
	// The same about this seller, whoever asked.
	SellerDecided, SellerApproved int

	// Of this requester's drawn requests of the last 180 days that took effect: all, those that this approver approved,
	// and how many the draws would have given them.
	Effective, Mine int
	Expected        float64

	Alarm   *models.KeptAlarm // the pair stands out on the board; a question, no verdict
	BoardAt *time.Time        // when the board was last computed; nil: never
}

// lastDecided bounds how many of an approver's verdicts on one requester are counted.
const lastDecided = 50

// Together reads what is known about the people around a request, as it looks to this approver.
func (d *Desk) Together(ctx context.Context, approver models.Actor, r Row) (Together, error) {
	db := d.db.WithContext(ctx)
	var t Together
	since := d.now().Add(-knownSince)
	for _, step := range []func() error{
		func() (err error) { t.Recent, err = tally(db, r, since); return err },
		func() (err error) { t.Ever, err = tally(db, r, time.Time{}); return err },
		func() error { return verdictsOn(db, approver, r, &t) },
		func() error { return shareOf(db, approver, r, since, &t) },
		func() error { return t.readBoard(db, r) },
	} {
		if err := step(); err != nil {
			return t, models.Translate(err)
		}
	}
	return t, nil
}

// tally counts what became of a requester's other requests about a seller.
func tally(db *gorm.DB, r Row, since time.Time) (Tally, error) {
	var t Tally
	err := db.Raw(`SELECT count(*) AS asked, COALESCE(sum(CASE WHEN p.state = 'effective' THEN 1 ELSE 0 END), 0) AS removed,
			COALESCE(sum(CASE WHEN p.state = 'declined' THEN 1 ELSE 0 END), 0) AS declined, count(x.id) AS restored
		FROM removal_requests q JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id
		LEFT JOIN restorations x ON x.marketplace_id = q.marketplace_id AND x.proposal_id = q.proposal_id
		WHERE q.marketplace_id = ? AND q.requester_id = ? AND q.seller_id = ? AND q.created_at >= ? AND q.proposal_id <> ?`,
		r.MarketplaceID, r.RequesterID, r.SellerID, since, r.ID).Scan(&t).Error
	return t, err
}

// verdictsOn counts an approver's verdicts on the requester's requests, and on requests about the seller.
func verdictsOn(db *gorm.DB, approver models.Actor, r Row, t *Together) error {
	count := func(column, id string, decided, approved *int) error {
		var got struct{ Decided, Approved int }
		err := db.Raw(`SELECT count(*) AS decided, COALESCE(sum(CASE WHEN verdict = 'approve' THEN 1 ELSE 0 END), 0) AS approved FROM (
				SELECT v.verdict FROM approvals v JOIN removal_requests q ON q.marketplace_id = v.marketplace_id AND q.proposal_id = v.proposal_id
				 WHERE v.marketplace_id = ? AND v.approver_id = ? AND q.`+column+` = ? AND q.proposal_id <> ? ORDER BY v.created_at DESC, v.id DESC LIMIT ?) x`,
			r.MarketplaceID, approver.ID, id, r.ID, lastDecided).Scan(&got).Error
		*decided, *approved = got.Decided, got.Approved
		return err
	}
	if err := count("requester_id", r.RequesterID, &t.Decided, &t.Approved); err != nil {
		return err
	}
	return count("seller_id", r.SellerID, &t.SellerDecided, &t.SellerApproved)
}

// shareOf holds an approver's share of a requester's removals against what the draws give: at each draw, one in as many
// as were in the pool, where they were in it.
func shareOf(db *gorm.DB, approver models.Actor, r Row, since time.Time, t *Together) error {
	var got struct {
		Effective, Mine int
		Expected        float64
	}
	err := db.Raw(`SELECT count(*) AS effective, COALESCE(sum(CASE WHEN mine > 0 THEN 1 ELSE 0 END), 0) AS mine, COALESCE(sum(expected), 0) AS expected FROM (
			SELECT (SELECT count(*) FROM approvals v WHERE v.marketplace_id = q.marketplace_id AND v.proposal_id = q.proposal_id
				AND v.approver_id = @who AND v.verdict = 'approve') AS mine,
			(SELECT CASE WHEN w.pool LIKE @quoted THEN 2.0 / (length(w.pool) - length(replace(w.pool, '"', ''))) ELSE 0 END
				FROM approver_draws w JOIN approvals v ON v.marketplace_id = w.marketplace_id AND v.proposal_id = w.proposal_id
				 AND v.approver_id = w.approver_id AND v.verdict = 'approve'
				WHERE w.marketplace_id = q.marketplace_id AND w.proposal_id = q.proposal_id ORDER BY w.n LIMIT 1) AS expected
			FROM removal_requests q JOIN proposals p ON p.marketplace_id = q.marketplace_id AND p.id = q.proposal_id AND p.state = 'effective'
			WHERE q.marketplace_id = @market AND q.requester_id = @requester AND q.created_at >= @since AND q.drawn) x`,
		map[string]any{"who": approver.ID, "quoted": `%"` + approver.ID + `"%`, "market": r.MarketplaceID, "requester": r.RequesterID, "since": since}).
		Scan(&got).Error
	t.Effective, t.Mine, t.Expected = got.Effective, got.Mine, got.Expected
	return err
}

// readBoard looks the requester and the seller up on the board as it was last computed.
func (t *Together) readBoard(db *gorm.DB, r Row) error {
	var board []models.KeptBoard
	if err := db.Where("marketplace_id = ?", r.MarketplaceID).Limit(1).Find(&board).Error; err != nil || len(board) == 0 {
		return err
	}
	t.BoardAt = board[0].ComputedAt
	var alarms []models.KeptAlarm
	err := db.Where("marketplace_id = ? AND moderator_id = ? AND seller_id = ?", r.MarketplaceID, r.RequesterID, r.SellerID).Limit(1).Find(&alarms).Error
	if len(alarms) > 0 {
		t.Alarm = &alarms[0]
	}
	return err
}
