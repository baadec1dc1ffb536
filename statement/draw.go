package statement

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// HandBackReasons are why somebody who was drawn leaves an appeal to another.
var HandBackReasons = []string{"absent", "conflict", "expertise", "language", "upsetting"}

// fill draws somebody to answer an appeal, where nobody has it and there is anybody. The caller holds the review.
func (x *Statements) fill(tx *gorm.DB, a models.Appeal, at time.Time) error {
	var drawn []models.AppealDraw
	if err := tx.Where("marketplace_id = ? AND appeal_id = ?", a.MarketplaceID, a.ID).Find(&drawn).Error; err != nil {
		return err
	}
	if slices.ContainsFunc(drawn, func(d models.AppealDraw) bool { return d.EndedAt == nil }) {
		return nil
	}
	pool, err := x.mayBeDrawn(tx, a)
	if err != nil || len(pool) == 0 {
		return err
	}
	lot, err := x.desk.Lot(tx, a.MarketplaceID, at, a.ID, len(drawn), pool)
	if err != nil {
		return err
	}
	entry := &ledger.Entry{ID: x.ledger.NewID(), At: at, Marketplace: a.MarketplaceID, Act: actDraw, SubjectType: "appeal", SubjectID: a.ID}
	row := models.AppealDraw{
		MarketplaceID: a.MarketplaceID, ID: entry.ID, AppealID: a.ID, PersonID: pool[lot.Index], N: len(drawn), Period: lot.Period, Pool: lot.Pool, DrawnAt: at,
	}
	entry.Set("period", lot.Period)
	entry.Set("commit", lot.CommitID)
	entry.Set("n", row.N)
	entry.Set("pool", len(pool))
	entry.Set("pool_digest", hex.EncodeToString(lot.PoolDigest))
	entry.Set("person", row.PersonID)
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	return x.ledger.Append(models.AtCommit(tx), drawing, entry)
}

// held is an open appeal with the review that it is about, both held still.
type held struct {
	models.Appeal
	review models.Review
	drawn  *models.AppealDraw // who has it; nil: nobody
}

// hold reads an appeal and holds it. The review comes first, as everywhere.
func hold(tx *gorm.DB, marketplace, id string) (held, error) {
	var h held
	err := models.Translate(tx.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&h.Appeal).Error)
	if models.IsKind(err, models.NotFound) {
		return h, models.E(models.NotFound, "no_appeal", "There is no such appeal in marketplace %s.", marketplace)
	}
	if err != nil {
		return h, err
	}
	if h.review, err = holdReview(tx, marketplace, h.ReviewID); err != nil {
		return h, err
	}
	if err := tx.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&h.Appeal).Error; err != nil {
		return h, err
	}
	var n int64
	if err := tx.Model(&models.AppealAnswer{}).Where("marketplace_id = ? AND appeal_id = ?", marketplace, id).Count(&n).Error; err != nil {
		return h, err
	}
	switch {
	case n > 0:
		return h, models.E(models.Conflict, "already_answered", "This appeal has been answered. Nothing was changed.")
	case h.review.ErasedAt != nil:
		return h, models.E(models.Conflict, "review_erased", "The author had what they wrote erased, so there is nothing left to answer.")
	}
	var live []models.AppealDraw
	err = tx.Where("marketplace_id = ? AND appeal_id = ? AND ended_at IS NULL", marketplace, id).Limit(1).Find(&live).Error
	if len(live) > 0 {
		h.drawn = &live[0]
	}
	return h, err
}

// HandBack has the person who was drawn leave an appeal to somebody else, who is drawn at once where there is anybody.
func (x *Statements) HandBack(ctx context.Context, actor models.Actor, marketplace, appeal, why string) error {
	if !slices.Contains(HandBackReasons, why) {
		return models.InvalidField("reason", "Choose why you hand it back: %s.", strings.Join(HandBackReasons, ", "))
	}
	if err := x.desk.Seeded(ctx, marketplace); err != nil {
		return err
	}
	entry := &ledger.Entry{Marketplace: marketplace, Act: actEnd, SubjectType: "appeal", SubjectID: appeal}
	return x.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		h, err := hold(tx, marketplace, appeal)
		if err != nil {
			return err
		}
		if h.drawn == nil || h.drawn.PersonID != actor.ID {
			return errNotDrawn
		}
		if err := end(tx, entry, *h.drawn, why); err != nil {
			return err
		}
		return x.fill(tx, h.Appeal, entry.At)
	})
}

var errNotDrawn = models.E(models.Forbidden, "not_drawn", "Somebody else was drawn to answer this appeal, or will be.")

func end(tx *gorm.DB, entry *ledger.Entry, d models.AppealDraw, why string) error {
	entry.Set("draw", d.ID)
	entry.Set("person", d.PersonID)
	entry.Set("reason", why)
	res := tx.Model(&models.AppealDraw{}).Where("marketplace_id = ? AND id = ? AND ended_at IS NULL", d.MarketplaceID, d.ID).
		Updates(map[string]any{"ended_at": entry.At, "ended_why": why})
	if res.Error == nil && res.RowsAffected != 1 {
		return errNotDrawn
	}
	return res.Error
}

// errNothing rolls a sweep back that found nothing to do.
var errNothing = errors.New("nothing to do")

// sweepBatch bounds how many open appeals are read at once.
const sweepBatch = 200

// Sweep draws somebody for the open appeals that nobody has, and takes away those whose person was disabled, lost the
// right or has touched the case since. It returns how many appeals changed hands. Every instance may run it.
func (x *Statements) Sweep(ctx context.Context) (int, error) {
	n, last := 0, models.Appeal{ID: "00000000-0000-0000-0000-000000000000"}
	for {
		var open []models.Appeal
		err := x.db.WithContext(ctx).Table("appeals a").Select("a.*").
			Where("a.erased_at IS NULL AND (a.marketplace_id, a.id) > (?, ?)", last.MarketplaceID, last.ID).
			Where("NOT EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id)").
			Order("a.marketplace_id, a.id").Limit(sweepBatch).Find(&open).Error
		if err != nil {
			return n, models.Translate(err)
		}
		for _, a := range open {
			changed, err := x.reassign(ctx, a)
			if err != nil {
				return n, err
			}
			if changed {
				n++
			}
		}
		if len(open) < sweepBatch {
			return n, nil
		}
		last = open[len(open)-1]
	}
}

func (x *Statements) reassign(ctx context.Context, a models.Appeal) (bool, error) {
	needs, err := x.needs(x.db.WithContext(ctx), a)
	if err != nil || !needs {
		return false, err
	}
	if err := x.desk.Seeded(ctx, a.MarketplaceID); err != nil {
		return false, err
	}
	err = models.InTx(ctx, x.db, func(tx *gorm.DB) error {
		h, err := hold(tx, a.MarketplaceID, a.ID)
		if models.IsKind(err, models.Conflict) {
			return errNothing
		}
		if err != nil {
			return err
		}
		return x.replace(tx, h)
	})
	if errors.Is(err, errNothing) {
		return false, nil
	}
	return err == nil, err
}

// needs looks before anything is locked: nearly always there is nothing to do.
func (x *Statements) needs(db *gorm.DB, a models.Appeal) (bool, error) {
	var live []models.AppealDraw
	err := db.Where("marketplace_id = ? AND appeal_id = ? AND ended_at IS NULL", a.MarketplaceID, a.ID).Limit(1).Find(&live).Error
	if err != nil {
		return false, models.Translate(err)
	}
	if len(live) > 0 {
		why, err := x.lost(db, a, live[0].PersonID)
		return why != "", err
	}
	pool, err := x.mayBeDrawn(db, a)
	return len(pool) > 0, err
}

func (x *Statements) replace(tx *gorm.DB, h held) error {
	at := x.now()
	if h.drawn != nil {
		why, err := x.lost(tx, h.Appeal, h.drawn.PersonID)
		if err != nil {
			return err
		}
		if why == "" {
			return errNothing
		}
		entry := &ledger.Entry{ID: x.ledger.NewID(), At: at, Marketplace: h.MarketplaceID, Act: actEnd, SubjectType: "appeal", SubjectID: h.ID}
		if err := end(tx, entry, *h.drawn, why); err != nil {
			return err
		}
		if err := x.ledger.Append(models.AtCommit(tx), drawing, entry); err != nil {
			return err
		}
	}
	return x.fill(tx, h.Appeal, at)
}

// lost says why somebody can't answer an appeal any more; "" is that they can.
func (x *Statements) lost(db *gorm.DB, a models.Appeal, person string) (string, error) {
	var disabled int64
	if err := db.Model(&models.Staff{}).Where("id = ? AND disabled_at IS NOT NULL", person).Count(&disabled).Error; err != nil || disabled > 0 {
		return models.DrawDisabled, models.Translate(err)
	}
	rights, err := x.rights.View(db)
	if err != nil {
		return "", err
	}
	if may, err := mayAnswer(rights, a, person); err != nil || !may {
		return models.DrawRole, err
	}
	barred, err := touched(db, a.MarketplaceID, a.ReviewID)
	if err != nil || !slices.Contains(barred, person) {
		return "", err
	}
	return models.DrawTouched, nil
}
