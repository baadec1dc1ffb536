package signals

import (
	"context"
	"slices"
	"time"

	"evenhand/favor"
	"evenhand/models"
)

// Pair is one moderator and one seller with the decisions behind the figure.
type Pair struct {
	Board     Board
	Cell      favor.Cell
	Moderator string
	Seller    string
	Decisions []PairDecision
	Around    models.Around
}

// PairDecision is one decision of a pair.
type PairDecision struct {
	ID         string
	DecidedAt  time.Time
	ReviewID   string
	Rating     int
	Action     string
	ProposalID *string
	State      string
	ReasonCode string
	Title      string
	Body       string
	ErasedAt   *time.Time // title and body, at the author's request
	OnAppeal   bool       // the removal was reversed on appeal
	Hold       string     // how this moderator's hold of it stands: open, or how it ended; "" for none
}

// holdState is how a hold h stands.
const holdState = "CASE WHEN h.id IS NULL THEN '' WHEN h.ended_at IS NULL AND h.until <= @now THEN 'lapsed' ELSE COALESCE(h.how, 'open') END"

// behind are the decisions of a pair, with the holds of the same, and the holds without a decision: what the figure counts.
const behind = "SELECT d.marketplace_id, d.id, d.decided_at, d.review_id, d.rating, d.action, d.proposal_id, " + holdState + ` AS hold
	FROM decisions d LEFT JOIN holds h ON ` + itsHold + `
	WHERE d.marketplace_id = @market AND d.moderator_id = @moderator AND d.seller_id = @seller AND d.decided_at >= @since AND d.rating <= @most
	UNION ALL SELECT h.marketplace_id, h.id, h.placed_at, h.review_id, h.rating, 'hold', NULL, ` + holdState + `
	FROM holds h WHERE h.marketplace_id = @market AND h.holder_id = @moderator AND h.seller_id = @seller AND h.placed_at >= @since AND h.rating <= @most AND ` + undecided

// Pair shows the reviews behind one figure of the board.
func (s *Signals) Pair(ctx context.Context, actor models.Actor, m models.Marketplace, moderator, seller string, c *models.Cursor) (Pair, error) {
	var p Pair
	var err error
	if p.Board, err = s.Board(ctx, actor, m); err != nil {
		return p, err
	}
	none := models.E(models.NotFound, "no_pair", "This moderator has decided on no negative review of this seller in the period.")
	if p.Board.Report == nil {
		return p, none
	}
	i := slices.IndexFunc(p.Board.Report.Cells, func(x favor.Cell) bool { return x.Row == moderator && x.Col == seller })
	if i < 0 {
		return p, none
	}
	p.Cell, p.Moderator, p.Seller = p.Board.Report.Cells[i], p.Board.Moderators[moderator], p.Board.Sellers[seller]
	args := map[string]any{"market": m.ID, "moderator": moderator, "seller": seller, "since": p.Board.From, "most": max(m.NegativeAtOrBelow, 1), "now": s.now()}
	q := s.db.WithContext(ctx).Table("(?) d", s.db.Raw(behind, args)).
		Select("d.id, d.decided_at, d.review_id, d.rating, d.action, d.proposal_id, d.hold, COALESCE(p.state, '') AS state, COALESCE(q.reason_code, '') AS reason_code, r.title, r.body, r.erased_at, " +
			"EXISTS (SELECT 1 FROM appeals a JOIN appeal_answers y ON y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id AND y.verdict = 'reverse' " +
			"WHERE a.marketplace_id = d.marketplace_id AND a.proposal_id = d.proposal_id) AS on_appeal").
		Joins("JOIN reviews r ON r.marketplace_id = d.marketplace_id AND r.id = d.review_id").
		Joins("LEFT JOIN proposals p ON p.marketplace_id = d.marketplace_id AND p.id = d.proposal_id").
		Joins("LEFT JOIN removal_requests q ON q.marketplace_id = d.marketplace_id AND q.proposal_id = d.proposal_id")
	if err := models.Page(q, c, "d.decided_at", "d.id").Find(&p.Decisions).Error; err != nil {
		return p, models.Translate(err)
	}
	p.Decisions, p.Around = models.Trim(p.Decisions, c, func(d PairDecision) (time.Time, string) { return d.DecidedAt, d.ID })
	return p, nil
}
