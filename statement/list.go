package statement

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Row is a statement in a list.
type Row struct {
	Told
	Appeals  int
	Answered int
	Released bool `gorm:"-"`
}

// List lists a marketplace's statements, newest first.
func (x *Statements) List(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]Row, models.Around, error) {
	if err := x.mayRead(ctx, actor, marketplace, "statement", "read"); err != nil {
		return nil, models.Around{}, err
	}
	q := told(x.db.WithContext(ctx)).Where("st.marketplace_id = ?", marketplace).Select(toldColumns + `,
		(SELECT count(*) FROM appeals a WHERE a.marketplace_id = st.marketplace_id AND a.statement_id = st.id) AS appeals,
		(SELECT count(*) FROM appeals a JOIN appeal_answers y ON y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id
		  WHERE a.marketplace_id = st.marketplace_id AND a.statement_id = st.id) AS answered`)
	var out []Row
	if err := models.Page(q, c, "st.created_at", "st.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(r Row) (time.Time, string) { return r.CreatedAt, r.ID })
	for i := range out {
		var err error
		if out[i].Released, err = x.released(ctx, out[i].Statement); err != nil {
			return nil, around, err
		}
	}
	return out, around, nil
}

// Text is a statement as it is sent to its author, link included; base is where this installation is reached. Whoever had
// a hand in the case doesn't get it: with the link they could complain in the author's name. That it was taken out is on
// record.
func (x *Statements) Text(ctx context.Context, actor models.Actor, marketplace, id, base string) (string, error) {
	var t Told
	entry := &ledger.Entry{Marketplace: marketplace, Act: "statement.download", SubjectType: "statement", SubjectID: id}
	err := x.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := x.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "statement"}, "read"); err != nil {
			return err
		}
		err := models.Translate(told(tx).Where("st.marketplace_id = ? AND st.id = ?", marketplace, id).Take(&t).Error)
		if models.IsKind(err, models.NotFound) {
			return models.E(models.NotFound, "no_statement", "There is no such statement in marketplace %s.", marketplace)
		}
		if err != nil {
			return err
		}
		barred, err := touched(tx, marketplace, t.ReviewID)
		if err != nil {
			return err
		}
		for _, person := range barred {
			if person == actor.ID {
				return models.E(models.Forbidden, "touched", "You have had a hand in this case. The text holds the author's link, so somebody else passes it on.")
			}
		}
		entry.Set("review", t.ReviewID)
		return nil
	})
	if err != nil {
		return "", err
	}
	if t.ErasedAt != nil {
		return "", models.E(models.Conflict, "review_erased", "The author had what they wrote erased; there is no text any more.")
	}
	if released, err := x.released(ctx, t.Statement); err != nil || !released {
		return "", models.E(models.Conflict, "appeal_recording", "The decision is being recorded; try again in a moment.")
	}
	if err := t.mark(); err != nil {
		return "", err
	}
	return Mail(t, base+"/s/"+x.keys.token(t.ID)), nil
}

// Path is a statement's public address within this installation.
func (x *Statements) Path(s models.Statement) string { return "/s/" + x.keys.token(s.ID) }
