// Package statement tells the author of a removed review why, and lets them complain: a statement of reasons is made in
// the removal's own transaction, behind a link that only who was sent it knows, and an appeal is answered by somebody who
// had no hand in the case. That is held in the act, in the database, and by verify.
package statement

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Desk is what appeals need of the desk.
type Desk interface {
	// Seeded makes sure that a draw of this moment finds its seed; Lot draws, and Place replays a draw.
	Seeded(ctx context.Context, marketplace string) error
	Lot(tx *gorm.DB, marketplace string, at time.Time, who string, n int, pool []string) (models.Lot, error)
	Place(seed []byte, who string, n, size int) (int, error)
	// OnShift narrows people to those who are at work, where any of them are.
	OnShift(tx *gorm.DB, marketplace string, people []string) ([]string, error)
	// RestoreOnAppeal publishes a removed review again, in the transaction of an answer.
	RestoreOnAppeal(tx *gorm.DB, actor models.Actor, r models.Review, appeal string, at time.Time) error
}

// Statements are the statements of reasons, and the appeals against them.
type Statements struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	log    *ledger.Log
	desk   Desk
	keys   keys
}

// New makes them; links and seals are derived from the installation's seal key.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, log *ledger.Log, desk Desk, sealKey []byte) (*Statements, error) {
	k, err := newKeys(sealKey)
	return &Statements{db: db, now: now, rights: rights, ledger: l, log: log, desk: desk, keys: k}, err
}

const (
	actMake  = "statement.make"
	actFile  = "appeal.file"
	actDraw  = "appeal.draw"
	actEnd   = "appeal.reassign"
	actReply = "appeal.answer"

	noun = "appeal"

	form         = 1 // the version of the templates
	appealMonths = 6
)

// system is who makes statements and draws who answers.
var (
	making  = models.System("statements")
	drawing = models.System("draws")
)

// reasonOf reads what a statement has to know of a request.
func reasonOf(p models.Proposal) (code string, err error) {
	var asked struct {
		Reason string `json:"reason"`
	}
	if err := json.Unmarshal([]byte(p.Payload), &asked); err != nil {
		return "", fmt.Errorf("payload of proposal %s: %w", p.ID, err)
	}
	return asked.Reason, nil
}

// Make adds the statement of a removal to the batch that brings the removal about. What the author themselves asked for
// restricts nobody, and has none.
func (x *Statements) Make(b *models.Batch, p models.Proposal, at time.Time) error {
	if p.Kind != models.KindRemoveReview {
		return nil
	}
	reason, err := reasonOf(p)
	if err != nil || reason == models.ReasonAuthorWithdrew {
		return err
	}
	e := &ledger.Entry{ID: x.ledger.NewID(), At: at, Marketplace: p.MarketplaceID, Act: actMake, SubjectType: "review", SubjectID: p.SubjectID}
	until, hash := models.At(at.AddDate(0, appealMonths, 0)), x.keys.hash(x.keys.token(e.ID))
	b.ExecOne(models.E(models.Conflict, "no_statement", "The author's statement of reasons couldn't be made, so nothing was removed."),
		`INSERT INTO statements (marketplace_id, id, proposal_id, review_id, review_version, token_hash, language, form, appeal_until, created_at)
		SELECT ?, ?, ?, ?, ?, ?, m.statement_language, ?, ?, ? FROM marketplaces m WHERE m.id = ?`,
		p.MarketplaceID, e.ID, p.ID, p.SubjectID, p.SubjectVersion, hash, form, until, at, p.MarketplaceID)
	e.Set("proposal", p.ID)
	e.Set("review_version", p.SubjectVersion)
	e.Set("link", hex.EncodeToString(hash))
	e.Set("form", form)
	e.Set("until", int(until.UnixMicro()))
	return x.ledger.Append(b, making, e)
}

// mayRead asks for a right, and puts a refusal on record.
func (x *Statements) mayRead(ctx context.Context, actor models.Actor, marketplace, object, act string) error {
	e := &ledger.Entry{Marketplace: marketplace, Act: object + "." + act, SubjectType: "marketplace", SubjectID: marketplace}
	return x.ledger.OnRecord(ctx, actor, e, x.rights.Authorize(x.db.WithContext(ctx), actor, marketplace, rbac.Object{Kind: object}, act))
}
