package statement

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// AppealRow is an appeal in the queue.
type AppealRow struct {
	models.Appeal
	PersonID   string // who was drawn, or answered
	PersonName string
	DrawnAt    *time.Time
	Verdict    string
	AnsweredAt *time.Time
	ReasonCode string
	Rating     int
}

// States of an appeal.
const (
	StateWaiting  = "waiting" // nobody has it
	StateDrawn    = "drawn"
	StateUpheld   = "upheld"
	StateReversed = "reversed"
	StateErased   = "erased"
)

// State is how an appeal stands.
func (r AppealRow) State() string {
	switch {
	case r.Verdict == models.AppealUphold:
		return StateUpheld
	case r.Verdict == models.AppealReverse:
		return StateReversed
	case r.ErasedAt != nil:
		return StateErased
	case r.PersonID == "":
		return StateWaiting
	}
	return StateDrawn
}

// Overdue says whether the author waits longer than they were told.
func (r AppealRow) Overdue(now time.Time) bool {
	return r.AnsweredAt == nil && r.ErasedAt == nil && !now.Before(r.DueAt)
}

func queue(db *gorm.DB, marketplace string) *gorm.DB {
	const on = ".marketplace_id = a.marketplace_id AND "
	return db.Table("appeals a").
		Select(`a.*, COALESCE(CAST(y.person_id AS text), CAST(w.person_id AS text), '') AS person_id, COALESCE(s.name, '') AS person_name, w.drawn_at, COALESCE(y.verdict, '') AS verdict,
			y.answered_at, q.reason_code, q.rating`).
		Joins("JOIN removal_requests q ON q"+on+"q.proposal_id = a.proposal_id").
		Joins("LEFT JOIN appeal_draws w ON w"+on+"w.appeal_id = a.id AND w.ended_at IS NULL").
		Joins("LEFT JOIN appeal_answers y ON y"+on+"y.appeal_id = a.id").
		Joins("LEFT JOIN staff s ON s.id = COALESCE(y.person_id, w.person_id)").
		Where("a.marketplace_id = ?", marketplace)
}

// Which appeals a list shows.
const (
	ShowOpen    = "open"
	ShowOverdue = "overdue"
	ShowAll     = "all"
)

// Queue lists a marketplace's appeals, newest first, without their words.
func (x *Statements) Queue(ctx context.Context, actor models.Actor, marketplace, show string, c *models.Cursor) ([]AppealRow, models.Around, error) {
	if err := x.mayRead(ctx, actor, marketplace, noun, "read"); err != nil {
		return nil, models.Around{}, err
	}
	q := queue(x.db.WithContext(ctx), marketplace)
	switch show {
	case ShowOpen:
		q = q.Where("y.id IS NULL AND a.erased_at IS NULL")
	case ShowOverdue:
		q = q.Where("y.id IS NULL AND a.erased_at IS NULL AND a.due_at <= ?", x.now())
	}
	var out []AppealRow
	if err := models.Page(q, c, "a.filed_at", "a.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	for i := range out {
		out[i].Words, out[i].Salt = "", nil
	}
	out, around := models.Trim(out, c, func(r AppealRow) (time.Time, string) { return r.FiledAt, r.ID })
	return out, around, nil
}

// Mine counts the appeals that wait for this person's answer.
func (x *Statements) Mine(ctx context.Context, actor models.Actor, marketplace string) (int, error) {
	var n int64
	err := x.db.WithContext(ctx).Table("appeal_draws w").
		Joins("JOIN appeals a ON a.marketplace_id = w.marketplace_id AND a.id = w.appeal_id AND a.erased_at IS NULL").
		Where("w.marketplace_id = ? AND w.person_id = ? AND w.ended_at IS NULL", marketplace, actor.ID).
		Where("NOT EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = w.marketplace_id AND y.appeal_id = w.appeal_id)").Count(&n).Error
	return int(n), models.Translate(err)
}

// Waiting is how many open appeals nobody has, and how many are overdue.
type Waiting struct{ Nobody, Overdue int }

// Waiting counts them.
func (x *Statements) Waiting(ctx context.Context, marketplace string) (Waiting, error) {
	var w Waiting
	err := x.db.WithContext(ctx).Raw(`SELECT COALESCE(sum(CASE WHEN w.id IS NULL THEN 1 ELSE 0 END), 0) AS nobody, COALESCE(sum(CASE WHEN a.due_at <= ? THEN 1 ELSE 0 END), 0) AS overdue
		FROM appeals a LEFT JOIN appeal_draws w ON w.marketplace_id = a.marketplace_id AND w.appeal_id = a.id AND w.ended_at IS NULL
		WHERE a.marketplace_id = ? AND a.erased_at IS NULL AND NOT EXISTS (SELECT 1 FROM appeal_answers y WHERE y.marketplace_id = a.marketplace_id AND y.appeal_id = a.id)`,
		x.now(), marketplace).Scan(&w).Error
	return w, models.Translate(err)
}

// Case is an appeal with everything that answering it takes.
type Case struct {
	AppealRow
	Told    Told
	Earlier []Filed
	Answer  *models.AppealAnswer
	Review  models.Review
	Seen    []byte
	Mine    bool   // the viewer was drawn, and may answer
	Why     string // why they can't any more, "" where they can
}

// Show opens an appeal to the person who was drawn for it, or answered it, and to auditors. Each look is on record, once
// a day.
func (x *Statements) Show(ctx context.Context, actor models.Actor, marketplace, id string) (Case, error) {
	var c Case
	if err := x.mayRead(ctx, actor, marketplace, noun, "read"); err != nil {
		return c, err
	}
	db := x.db.WithContext(ctx)
	var found []AppealRow
	if err := queue(db, marketplace).Where("a.id = ?", id).Limit(1).Find(&found).Error; err != nil {
		return c, models.Translate(err)
	}
	if len(found) == 0 {
		return c, models.E(models.NotFound, "no_appeal", "There is no such appeal in marketplace %s.", marketplace)
	}
	c.AppealRow = found[0]
	if err := x.mayOpen(ctx, db, actor, c.AppealRow); err != nil {
		return c, err
	}
	return c, x.fillCase(db, actor, &c)
}

func (x *Statements) mayOpen(ctx context.Context, db *gorm.DB, actor models.Actor, r AppealRow) error {
	entry := &ledger.Entry{Marketplace: r.MarketplaceID, Act: "appeal.open", SubjectType: "appeal", SubjectID: r.ID}
	if r.PersonID != actor.ID {
		may, err := x.rights.Can(db, actor.ID, r.MarketplaceID, rbac.Object{Kind: noun}, "inspect")
		if err != nil {
			return models.Translate(err)
		}
		if !may {
			return x.ledger.OnRecord(ctx, actor, entry, errNotDrawn)
		}
	}
	var n int64
	err := db.Model(&models.LedgerEntry{}).Where("subject_id = ? AND act = ? AND actor_id = ? AND outcome = ? AND at >= ?", r.ID, entry.Act, actor.ID, models.OutcomeDone, x.now().Truncate(24*time.Hour)).
		Count(&n).Error
	if err != nil || n > 0 {
		return models.Translate(err)
	}
	entry.Set("review", r.ReviewID)
	return x.ledger.Act(ctx, actor, entry, func(*gorm.DB) error { return nil })
}

func (x *Statements) fillCase(db *gorm.DB, actor models.Actor, c *Case) error {
	if err := told(db).Where("st.marketplace_id = ? AND st.id = ?", c.MarketplaceID, c.StatementID).Take(&c.Told).Error; err != nil {
		return models.Translate(err)
	}
	all, err := filed(db, c.Told.Statement)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.ID == c.ID {
			c.Answer = f.Answer
		} else if f.FiledAt.Before(c.FiledAt) {
			c.Earlier = append(c.Earlier, f)
		}
	}
	if err := db.Where("marketplace_id = ? AND id = ?", c.MarketplaceID, c.ReviewID).Take(&c.Review).Error; err != nil {
		return models.Translate(err)
	}
	if c.Seen, err = SeenOf(c.Appeal, c.Review); err != nil {
		return err
	}
	c.Mine = c.PersonID == actor.ID && c.Answer == nil && c.ErasedAt == nil
	if !c.Mine {
		return nil
	}
	barred, err := touched(db, c.MarketplaceID, c.ReviewID)
	if slices.Contains(barred, actor.ID) {
		c.Why = "You have had a hand in this case since, or an interest in its seller, so somebody else answers."
	}
	return err
}
