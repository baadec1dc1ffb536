package moderation

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/rbac"
)

// LookPeriod is how far back the figures of second looks reach.
const LookPeriod = 90 * 24 * time.Hour

// Agreement is how one moderator's decisions stood up to second looks, and how they did on tests.
type Agreement struct {
	ModeratorID string
	Name        string
	Looked      int // their decisions that somebody looked at again, on the same text
	Agreed      int
	WrongAsked  int // they asked for a remedy on what the second look found genuine
	WrongKept   int // they kept what the second look found to break the rules
	Tests       int // known good reviews that they were given
	TestErrors  int // of which they asked for the removal
}

const agreements = `SELECT s.id AS moderator_id, s.name,
		COALESCE(sum(g.looked), 0) AS looked, COALESCE(sum(g.looked - g.wrong_asked - g.wrong_kept), 0) AS agreed,
		COALESCE(sum(g.wrong_asked), 0) AS wrong_asked, COALESCE(sum(g.wrong_kept), 0) AS wrong_kept,
		COALESCE(sum(g.tests), 0) AS tests, COALESCE(sum(g.test_errors), 0) AS test_errors
	  FROM (SELECT d.moderator_id, 1 AS looked, CASE WHEN d.action <> 'keep' AND l.verdict = 'genuine' THEN 1 ELSE 0 END AS wrong_asked,
			CASE WHEN d.action = 'keep' AND l.verdict = 'violating' THEN 1 ELSE 0 END AS wrong_kept, 0 AS tests, 0 AS test_errors
		  FROM second_looks l JOIN decisions d ON d.marketplace_id = l.marketplace_id AND d.id = l.decision_id AND d.review_version = l.review_version
		 WHERE l.marketplace_id = @market AND l.looked_at >= @since AND l.why = 'uniform'
		UNION ALL
		SELECT l.moderator_id, 0, 0, 0, 1, CASE WHEN l.verdict = 'violating' THEN 1 ELSE 0 END
		  FROM second_looks l WHERE l.marketplace_id = @market AND l.looked_at >= @since AND l.why = 'test') g
	  JOIN staff s ON s.id = g.moderator_id`

// Agreements are those of every moderator of the last 90 days, the one with the most looks first.
func (d *Desk) Agreements(ctx context.Context, actor models.Actor, marketplace string) ([]Agreement, error) {
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "look"}, "read", "marketplace", marketplace); err != nil {
		return nil, err
	}
	var out []Agreement
	err := d.db.WithContext(ctx).Raw(agreements+" GROUP BY s.id, s.name ORDER BY looked DESC, s.name, s.id LIMIT 500", d.lately(marketplace)).Scan(&out).Error
	return out, models.Translate(err)
}

// OwnAgreement is a moderator's own.
func (d *Desk) OwnAgreement(ctx context.Context, actor models.Actor, marketplace string) (Agreement, error) {
	args := d.lately(marketplace)
	args["who"] = actor.ID
	var out []Agreement
	err := d.db.WithContext(ctx).Raw(agreements+" WHERE s.id = @who GROUP BY s.id, s.name", args).Scan(&out).Error
	if err != nil || len(out) == 0 {
		return Agreement{ModeratorID: actor.ID}, models.Translate(err)
	}
	return out[0], nil
}

func (d *Desk) lately(marketplace string) map[string]any {
	return map[string]any{"market": marketplace, "since": d.now().Add(-LookPeriod)}
}

// Looked is one second look beside the decision that it looked at.
type Looked struct {
	models.SecondLook
	First     string // who decided
	FirstID   string
	Second    string // who looked again
	Action    string // what the first decided
	DecidedAt time.Time
	Rating    int
	Seller    string
	SellerID  string
	Title     string
	Body      string
	ErasedAt  *time.Time
}

// Disagrees says whether the two see it differently.
func (l Looked) Disagrees() bool {
	return (l.Action != models.ActionKeep) == (l.Verdict == models.LookGenuine)
}

// Looks lists second looks, the latest first; only those that disagree, or all.
func (d *Desk) Looks(ctx context.Context, actor models.Actor, marketplace string, all bool, c *models.Cursor) ([]Looked, models.Around, error) {
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "look"}, "read", "marketplace", marketplace); err != nil {
		return nil, models.Around{}, err
	}
	q := d.looked(ctx, marketplace)
	if !all {
		q = q.Where("(d.action <> 'keep') = (l.verdict = 'genuine')")
	}
	var out []Looked
	if err := models.Page(q, c, "l.looked_at", "l.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(l Looked) (time.Time, string) { return l.LookedAt, l.ID })
	return out, around, nil
}

func (d *Desk) looked(ctx context.Context, marketplace string) *gorm.DB {
	return d.db.WithContext(ctx).Table("second_looks l").
		Select(`l.*, a.name AS first, a.id AS first_id, b.name AS second, d.action, d.decided_at, d.rating, s.name AS seller, s.id AS seller_id,
			COALESCE(v.title, r.title) AS title, COALESCE(v.body, r.body) AS body, r.erased_at`).
		Joins("JOIN decisions d ON d.marketplace_id = l.marketplace_id AND d.id = l.decision_id").
		Joins("JOIN reviews r ON r.marketplace_id = l.marketplace_id AND r.id = l.review_id").
		Joins("LEFT JOIN review_versions v ON v.marketplace_id = l.marketplace_id AND v.review_id = l.review_id AND v.version = l.review_version").
		Joins("JOIN sellers s ON s.marketplace_id = d.marketplace_id AND s.id = d.seller_id").
		Joins("JOIN staff a ON a.id = d.moderator_id").Joins("JOIN staff b ON b.id = l.moderator_id").
		Where("l.marketplace_id = ?", marketplace)
}
