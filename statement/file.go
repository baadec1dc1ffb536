package statement

import (
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// The bounds of what an author writes, and of what they are answered, in characters.
const (
	MinWords  = 20
	MinAnswer = 40
	MaxWords  = 4000
)

// answerWithin is how long an answer may take.
const answerWithin = 14 * 24 * time.Hour

// Wrongs are what an author can say is wrong with the decision.
var Wrongs = []string{"facts", "rule", "words", "person", "other"}

// Complaint is what an author sends.
type Complaint struct{ Wrong, Words string }

// File takes an author's appeal in, and draws who answers it. The entry has nothing of the author but that they hold the
// link; their words are committed to.
func (x *Statements) File(ctx context.Context, token, address string, c Complaint) (models.Appeal, error) {
	c.Words = models.CleanText(c.Words)
	s, err := x.find(ctx, token, address)
	if err != nil {
		return models.Appeal{}, err
	}
	if err := check(c); err != nil {
		return models.Appeal{}, err
	}
	if released, err := x.released(ctx, s); err != nil || !released {
		return models.Appeal{}, cmp.Or(err, error(models.E(models.Conflict, "appeal_recording", "The decision is being recorded; try again in a moment.")))
	}
	if err := x.desk.Seeded(ctx, s.MarketplaceID); err != nil {
		return models.Appeal{}, err
	}
	var a models.Appeal
	entry := &ledger.Entry{Marketplace: s.MarketplaceID, Act: actFile, SubjectType: "review", SubjectID: s.ReviewID}
	err = x.ledger.Act(ctx, models.Author(s.ID), entry, func(tx *gorm.DB) error {
		r, err := holdReview(tx, s.MarketplaceID, s.ReviewID)
		if err != nil {
			return err
		}
		if err := x.mayFile(tx, s); err != nil {
			return err
		}
		a = models.Appeal{
			MarketplaceID: s.MarketplaceID, ID: entry.ID, StatementID: s.ID, ProposalID: s.ProposalID, ReviewID: r.ID, Wrong: c.Wrong, Words: c.Words,
			Salt: ledger.NewSalt(), FiledAt: entry.At, DueAt: models.At(entry.At.Add(answerWithin)),
		}
		if a.Digest, err = ledger.Commit(a.Salt, a.Words); err != nil {
			return err
		}
		if err := tx.Create(&a).Error; err != nil {
			return err
		}
		entry.Set("proposal", a.ProposalID)
		entry.Set("wrong", a.Wrong)
		entry.Set("digest", hex.EncodeToString(a.Digest))
		entry.Set("due", int(a.DueAt.UnixMicro()))
		return x.fill(tx, a, entry.At)
	})
	return a, err
}

func check(c Complaint) error {
	e := models.E(models.Invalid, "invalid_appeal", "The appeal isn't complete yet.")
	e.Fields = map[string]string{}
	if c.Wrong != "" && !slices.Contains(Wrongs, c.Wrong) {
		e.Fields["wrong"] = "unknown"
	}
	switch n := utf8.RuneCountInString(c.Words); {
	case n < MinWords:
		e.Fields["words"] = "short"
	case n > MaxWords:
		e.Fields["words"] = "long"
	}
	if len(e.Fields) > 0 {
		return e
	}
	return nil
}

// mayFile asks again what the page asked, behind the review's lock.
func (x *Statements) mayFile(tx *gorm.DB, s models.Statement) error {
	var v View
	err := told(tx).Where("st.marketplace_id = ? AND st.id = ?", s.MarketplaceID, s.ID).Take(&v.Told).Error
	if err != nil {
		return err
	}
	if v.Appeals, err = filed(tx, s); err != nil {
		return err
	}
	if why := x.barred(v); why != "" {
		return models.E(models.Conflict, "appeal_"+why, "There can be no appeal here now.")
	}
	return nil
}

// holdReview holds a review still, before any proposal or appeal about it.
func holdReview(tx *gorm.DB, marketplace, id string) (models.Review, error) {
	var r models.Review
	err := models.Translate(models.ForUpdate(tx).Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&r).Error)
	return r, err
}
