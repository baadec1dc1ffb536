package statement

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Told is a statement with the decision that its words follow from.
type Told struct {
	models.Statement
	Market      string
	RedressBody string
	Territory   string

	ReasonCode    string
	ReasonVersion int
	Meaning       string
	Policy        string
	DSAGround     string `gorm:"column:dsa_ground"`
	DSACategory   string `gorm:"column:dsa_category"`
	DSAKeyword    string `gorm:"column:dsa_keyword"`

	Product   string
	Rating    int
	PostedAt  time.Time
	DecidedAt time.Time

	ThenPostedAt *time.Time // of the version that was decided on, where the author edited it since

	Quorum  int
	Payload string

	Classified bool // a classifier had flagged the review
	Notified   bool // somebody from outside had
	ErasedAt   *time.Time
	RestoredAt *time.Time
	OnAppeal   bool // it was restored so

	Marked []string `gorm:"-"` // the author's own words that the request marked
}

// Posted is when the text was posted that the decision was about.
func (t Told) Posted() time.Time {
	if t.ThenPostedAt != nil {
		return *t.ThenPostedAt
	}
	return t.PostedAt
}

const toldColumns = `st.*, m.name AS market, m.redress_body, m.territory, q.reason_code, q.reason_version, c.meaning, c.policy, c.dsa_ground, c.dsa_category,
	c.dsa_keyword, x.title AS product, q.rating, r.posted_at, v.posted_at AS then_posted_at, p.decided_at, p.quorum, p.payload, r.erased_at,
	EXISTS (SELECT 1 FROM flags f WHERE f.marketplace_id = q.marketplace_id AND f.ticket_id = q.ticket_id AND f.source = 'classifier') AS classified,
	EXISTS (SELECT 1 FROM flags f WHERE f.marketplace_id = q.marketplace_id AND f.ticket_id = q.ticket_id AND f.source IN ('seller', 'customer')) AS notified,
	b.created_at AS restored_at, b.appeal_id IS NOT NULL AS on_appeal`

func told(db *gorm.DB) *gorm.DB {
	const on = ".marketplace_id = st.marketplace_id AND "
	return db.Table("statements st").Select(toldColumns).
		Joins("JOIN marketplaces m ON m.id = st.marketplace_id").
		Joins("JOIN proposals p ON p" + on + "p.id = st.proposal_id").
		Joins("JOIN removal_requests q ON q" + on + "q.proposal_id = st.proposal_id").
		Joins("JOIN reason_codes c ON c.code = q.reason_code AND c.version = q.reason_version").
		Joins("JOIN reviews r ON r" + on + "r.id = st.review_id").
		Joins("LEFT JOIN review_versions v ON v" + on + "v.review_id = st.review_id AND v.version = st.review_version").
		Joins("JOIN products x ON x" + on + "x.id = r.product_id").
		Joins("LEFT JOIN restorations b ON b" + on + "b.proposal_id = st.proposal_id")
}

// mark finds the words that the request marked. They are the author's own, which the request's other evidence and its
// justification aren't: those may name sellers, other customers and how the desk works, and aren't for the author.
func (t *Told) mark() error {
	if t.ErasedAt != nil || t.Payload == "" {
		return nil
	}
	var asked struct {
		Evidence []struct{ Kind, Value string } `json:"evidence"`
	}
	if err := json.Unmarshal([]byte(t.Payload), &asked); err != nil {
		return fmt.Errorf("payload of proposal %s: %w", t.ProposalID, err)
	}
	for _, e := range asked.Evidence {
		if e.Kind == "span" {
			t.Marked = append(t.Marked, e.Value)
		}
	}
	return nil
}

// View is what the holder of a link sees.
type View struct {
	Told
	Recording bool // no checkpoint stands behind the removal yet
	Appeals   []Filed
	Why       string // the code of why there can be no appeal now, "" where there can
}

// Open is the last of the appeals, if it waits for its answer.
func (v View) Open() *Filed {
	if n := len(v.Appeals); n > 0 && v.Appeals[n-1].Answer == nil {
		return &v.Appeals[n-1]
	}
	return nil
}

// Filed is an appeal with its answer.
type Filed struct {
	models.Appeal
	Answer *models.AppealAnswer
}

// errNoStatement looks the same for whatever isn't the token of a statement.
var errNoStatement = models.E(models.NotFound, "no_statement", "There is nothing at this address. Check that the link is complete.")

// ByToken opens a statement by its link. That isn't on record: it is the author's own, and a ledger that everybody with a
// link could fill wouldn't be worth reading.
func (x *Statements) ByToken(ctx context.Context, token, address string) (View, error) {
	s, err := x.find(ctx, token, address)
	if err != nil {
		return View{}, err
	}
	return x.view(ctx, s)
}

func (x *Statements) find(ctx context.Context, token, address string) (models.Statement, error) {
	db, from := x.db.WithContext(ctx), x.limitKey("statement-address", address)
	if err := x.within(db, from, unknownFrom); err != nil {
		return models.Statement{}, err
	}
	if len(token) > 2*tokenLength {
		token = token[:2*tokenLength]
	}
	var found []models.Statement
	if err := db.Where("token_hash = ?", x.keys.hash(token)).Limit(1).Find(&found).Error; err != nil {
		return models.Statement{}, models.Translate(err)
	}
	var s models.Statement
	if len(found) > 0 {
		s = found[0]
	}
	if !x.keys.opens(token, s) {
		if err := x.count(ctx, from); err != nil {
			return s, err
		}
		return models.Statement{}, errNoStatement
	}
	at := x.limitKey("statement", s.ID)
	if err := x.within(db, at, looksAt); err != nil {
		return s, err
	}
	return s, x.count(ctx, at)
}

func (x *Statements) view(ctx context.Context, s models.Statement) (View, error) {
	var v View
	db := x.db.WithContext(ctx)
	err := told(db).Where("st.marketplace_id = ? AND st.id = ?", s.MarketplaceID, s.ID).Take(&v.Told).Error
	if err != nil {
		return v, models.Translate(err)
	}
	if err := v.mark(); err != nil {
		return v, err
	}
	released, err := x.released(ctx, s)
	if err != nil {
		return v, err
	}
	v.Recording = !released
	v.Appeals, err = filed(db, s)
	v.Why = x.barred(v)
	return v, err
}

// released says whether a checkpoint, and the witnesses that it takes, stand behind a removal and its statement.
func (x *Statements) released(ctx context.Context, s models.Statement) (bool, error) {
	ids := []string{s.ID}
	err := x.db.WithContext(ctx).Model(&models.Approval{}).Where("marketplace_id = ? AND proposal_id = ? AND verdict = ?", s.MarketplaceID, s.ProposalID, models.VerdictApprove).
		Pluck("id", &ids).Error
	if err != nil {
		return false, models.Translate(err)
	}
	ids = append(ids, s.ID)
	places, err := x.log.Places(ctx, ids...)
	for _, id := range ids {
		if !places[id].Released {
			return false, err
		}
	}
	return true, err
}

func filed(db *gorm.DB, s models.Statement) ([]Filed, error) {
	var rows []models.Appeal
	at := func() *gorm.DB { return db.Where("marketplace_id = ?", s.MarketplaceID) }
	if err := at().Where("statement_id = ?", s.ID).Order("filed_at, id").Find(&rows).Error; err != nil {
		return nil, models.Translate(err)
	}
	out := make([]Filed, len(rows))
	for i, a := range rows {
		out[i].Appeal = a
		var answers []models.AppealAnswer
		if err := at().Where("appeal_id = ?", a.ID).Limit(1).Find(&answers).Error; err != nil {
			return nil, models.Translate(err)
		}
		if len(answers) > 0 {
			out[i].Answer = &answers[0]
		}
	}
	return out, nil
}

// Why there can be no appeal.
const (
	WhyErased   = "erased"
	WhyRestored = "restored"
	WhyOpen     = "open"
	WhyLate     = "late"
	WhyOften    = "often"
)

// mostAppeals against one removal; each goes to another person.
const mostAppeals = 3

func (x *Statements) barred(v View) string {
	switch {
	case v.ErasedAt != nil:
		return WhyErased
	case v.RestoredAt != nil:
		return WhyRestored
	case v.Open() != nil:
		return WhyOpen
	case !x.now().Before(v.AppealUntil):
		return WhyLate
	case len(v.Appeals) >= mostAppeals:
		return WhyOften
	}
	return ""
}
