// Package signals turns the desk's history into questions for an auditor: it feeds package favor the decisions of a
// marketplace and gives names and the reviews behind each figure. A signal is a question, never a verdict.
package signals

import (
	"context"
	"errors"
	"iter"
	"time"

	"gorm.io/gorm"

	"evenhand/favor"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Signals reads the history.
type Signals struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
}

// New makes Signals over db.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger) *Signals {
	return &Signals{db: db, now: now, rights: rights, ledger: l}
}

// period is how far back the comparison reaches.
const period = 180 * 24 * time.Hour

// Board is the comparison of every moderator and seller of a marketplace.
type Board struct {
	From, To   time.Time
	Report     *favor.Report // nil where there is nothing to compare yet
	Moderators map[string]string
	Sellers    map[string]string
}

// Board compares the last 180 days.
func (s *Signals) Board(ctx context.Context, actor models.Actor, m models.Marketplace) (Board, error) {
	b := Board{To: s.now()}
	b.From = b.To.Add(-period)
	if err := s.mayRead(ctx, actor, m.ID); err != nil {
		return b, err
	}
	db := s.db.WithContext(ctx)
	err := s.compute(db, m, &b)
	if err == nil && b.Report != nil {
		err = s.name(db, m.ID, &b)
	}
	return b, err
}

// compute compares a marketplace's decisions since the board's beginning.
func (s *Signals) compute(db *gorm.DB, m models.Marketplace, b *Board) error {
	var any models.Decision
	err := db.Select("id").Where("marketplace_id = ? AND decided_at >= ?", m.ID, b.From).Limit(1).Take(&any).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	if err != nil {
		return models.Translate(err)
	}
	b.Report, err = favor.Analyze(s.decisions(db, m.ID, b.From), favor.Options{By: favor.ModeratorSeller, NegativeAtMost: float64(max(m.NegativeAtOrBelow, 1))})
	return models.Translate(err)
}

func (s *Signals) mayRead(ctx context.Context, actor models.Actor, marketplace string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "board.read", SubjectType: "marketplace", SubjectID: marketplace}
	return s.ledger.OnRecord(ctx, actor, entry,
		s.rights.Authorize(s.db.WithContext(ctx), actor, marketplace, rbac.Object{Kind: "board"}, "read"))
}

// decisions streams a marketplace's decisions since a time, as package favor reads them.
func (s *Signals) decisions(db *gorm.DB, marketplace string, since time.Time) iter.Seq2[favor.Decision, error] {
	return func(yield func(favor.Decision, error) bool) {
		rows, err := db.Raw(`SELECT d.id, d.decided_at, d.moderator_id, d.seller_id, d.queue, d.rating, CASE WHEN h.id IS NULL THEN d.action ELSE 'remove' END,
				d.assigned, CASE WHEN h.id IS NULL OR d.action = 'remove' THEN COALESCE(p.state, '') ELSE 'declined' END, COALESCE(l.verdict, ''),
				COALESCE((SELECT max(y.verdict) FROM appeals a JOIN appeal_answers y ON y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id
					WHERE a.marketplace_id = d.marketplace_id AND a.proposal_id = d.proposal_id), '')
			FROM decisions d LEFT JOIN proposals p ON p.marketplace_id = d.marketplace_id AND p.id = d.proposal_id
			LEFT JOIN second_looks l ON l.marketplace_id = d.marketplace_id AND l.decision_id = d.id AND l.why = 'uniform' AND l.review_version = d.review_version
			LEFT JOIN holds h ON `+itsHold+`
			WHERE d.marketplace_id = ? AND d.decided_at >= ?
			UNION ALL `+holdsAlone, marketplace, since, marketplace, since).Rows()
		if err != nil {
			yield(favor.Decision{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			d := favor.Decision{Marketplace: marketplace}
			var action, assigned, state, look, appeal string
			if err := rows.Scan(&d.ID, &d.At, &d.Moderator, &d.Seller, &d.Queue, &d.Rating, &action, &assigned, &state, &look, &appeal); err != nil {
				yield(d, err)
				return
			}
			d.Action, d.Assigned, d.Outcome = actions[action], assignments[assigned], outcome(action, state)
			if d.SecondLook = appealed[appeal]; d.SecondLook == 0 {
				d.SecondLook = labels[look]
			}
			if !yield(d, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(favor.Decision{}, err)
		}
	}
}

// A hold is counted as a removal that its holder asked for. Where they decided on the same version of the review, too, it is
// the same unit of exposure, and counts as a removal whatever that decision was.
const itsHold = "h.marketplace_id = d.marketplace_id AND h.review_id = d.review_id AND h.review_version = d.review_version AND h.holder_id = d.moderator_id"

// undecided is the condition that a hold's holder decided nothing on the same.
const undecided = "NOT EXISTS (SELECT 1 FROM decisions d WHERE d.seller_id = h.seller_id AND " + itsHold + ")"

const holdsAlone = `SELECT h.id, h.placed_at, h.holder_id, h.seller_id, h.queue, h.rating, 'remove', h.assigned,
		CASE WHEN h.how IS NULL THEN 'open' WHEN p.kind = 'review.remove' AND h.how = 'confirmed' THEN 'effective' ELSE 'declined' END, '', ''
	FROM holds h LEFT JOIN proposals p ON p.marketplace_id = h.marketplace_id AND p.id = h.end_proposal_id
	WHERE h.marketplace_id = ? AND h.placed_at >= ? AND ` + undecided

var (
	// A review that is labelled, redacted or moved stays: only a removal takes its stars away from what it is about.
	actions = map[string]favor.Action{
		models.ActionKeep: favor.Keep, models.ActionLabel: favor.Keep, models.ActionRedact: favor.Keep, models.ActionMove: favor.Keep,
		models.ActionRemove: favor.Remove,
	}
	assignments = map[string]favor.Assignment{models.AssignedRandom: favor.Random, models.AssignedPicked: favor.Picked}
)

// labels are what a second look by lot found; none for a decision without one.
var labels = map[string]favor.Label{models.LookGenuine: favor.Genuine, models.LookViolating: favor.Violating}

// appealed is what an answer to an appeal says of the decision: somebody who had no part in it has looked again. Of
// several answers the one that reversed counts, which is the greater word.
var appealed = map[string]favor.Label{models.AppealUphold: favor.Violating, models.AppealReverse: favor.Genuine}

// outcome is what became of a decision: unknown while a request is open.
func outcome(action, state string) favor.Outcome {
	switch {
	case action != models.ActionRemove:
		return favor.Kept
	case state == models.ProposalEffective:
		return favor.Removed
	case state == models.ProposalDeclined, state == models.ProposalExpired:
		return favor.Kept
	}
	return 0
}

// name reads the names of everybody in the report.
func (s *Signals) name(db *gorm.DB, marketplace string, b *Board) error {
	var err error
	b.Moderators, err = names(db, "SELECT id, name FROM staff WHERE id IN (SELECT DISTINCT moderator_id FROM decisions WHERE marketplace_id = ? AND decided_at >= ?)", marketplace, b.From)
	if err != nil {
		return err
	}
	b.Sellers, err = names(db, `SELECT id, name FROM sellers WHERE marketplace_id = ? AND id IN (SELECT DISTINCT seller_id FROM decisions WHERE marketplace_id = ? AND decided_at >= ?)`, marketplace, marketplace, b.From)
	return err
}

func names(db *gorm.DB, query string, args ...any) (map[string]string, error) {
	var found []struct{ ID, Name string }
	err := db.Raw(query, args...).Scan(&found).Error
	out := make(map[string]string, len(found))
	for _, f := range found {
		out[f.ID] = f.Name
	}
	return out, models.Translate(err)
}
