package signals

import (
	"context"
	"time"

	"evenhand/favor"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// The two bands of stars that the neutrality report compares.
const (
	LowStars  = 2 // at most
	HighStars = 4 // at least
)

// Fewest is below how many decisions in a band, or removals in both, a report says that the numbers are small.
const (
	fewestDecisions = 30
	fewestRemovals  = 5
)

// Band is what was decided on reviews of some stars.
type Band struct{ Decisions, Asked, Removed int }

// Rate is the share of decisions that ended in a removal for the reason.
func (b Band) Rate() favor.Share { return favor.Share{K: b.Removed, N: b.Decisions} }

// Neutral compares how one reason was used on low and on high stars.
type Neutral struct {
	Code           string // "" is every reason
	Low, High      Band
	Difference     float64 // of the removal rates, low less high
	Least, Most    float64 // its 95 % interval (Newcombe 1998, method 10)
	Small, Nothing bool    // too few to say much; no decisions in one band at all
}

// Neutrality is the report: the same code on low and on high stars, over a period.
type Neutrality struct {
	From, To time.Time
	Rows     []Neutral // every reason first, then each code
}

// Neutrality makes the report of what was decided from one time until before another.
func (s *Signals) Neutrality(ctx context.Context, actor models.Actor, marketplace string, from, to time.Time) (Neutrality, error) {
	n := Neutrality{From: from, To: to}
	entry := &ledger.Entry{Marketplace: marketplace, Act: "neutrality.read", SubjectType: "marketplace", SubjectID: marketplace}
	db := s.db.WithContext(ctx)
	err := s.ledger.OnRecord(ctx, actor, entry, s.rights.Authorize(db, actor, marketplace, rbac.Object{Kind: "neutrality"}, "read"))
	if err != nil {
		return n, err
	}
	var found []struct {
		Code                      string
		Low                       bool
		Decisions, Asked, Removed int
	}
	err = db.Raw(`SELECT COALESCE(q.reason_code, '') AS code, d.rating <= ? AS low, count(*) AS decisions,
			sum(CASE WHEN d.action = 'keep' THEN 0 ELSE 1 END) AS asked, sum(CASE WHEN p.state = 'effective' THEN 1 ELSE 0 END) AS removed
		FROM decisions d LEFT JOIN removal_requests q ON q.marketplace_id = d.marketplace_id AND q.proposal_id = d.proposal_id
		LEFT JOIN proposals p ON p.marketplace_id = d.marketplace_id AND p.id = d.proposal_id
		WHERE d.marketplace_id = ? AND d.decided_at >= ? AND d.decided_at < ? AND (d.rating <= ? OR d.rating >= ?)
		GROUP BY 1, 2`, LowStars, marketplace, from, to, LowStars, HighStars).Scan(&found).Error
	if err != nil {
		return n, models.Translate(err)
	}
	var codes []string
	err = db.Raw("SELECT code FROM reason_codes GROUP BY code ORDER BY min(position)").Scan(&codes).Error
	rows := map[string]*Neutral{"": {}}
	for _, code := range codes {
		rows[code] = &Neutral{Code: code}
	}
	all := rows[""]
	for _, f := range found {
		row := rows[f.Code]
		if row == nil {
			continue
		}
		of := func(r *Neutral) *Band {
			if f.Low {
				return &r.Low
			}
			return &r.High
		}
		of(all).Decisions += f.Decisions
		if f.Code == "" {
			continue
		}
		for _, b := range []*Band{of(all), of(row)} {
			b.Asked += f.Asked
			b.Removed += f.Removed
		}
	}
	for _, code := range append([]string{""}, codes...) {
		row := rows[code]
		row.Low.Decisions, row.High.Decisions = all.Low.Decisions, all.High.Decisions
		n.Rows = append(n.Rows, row.compared())
	}
	return n, models.Translate(err)
}

func (r Neutral) compared() Neutral {
	r.Difference, r.Least, r.Most = favor.Difference(r.Low.Rate(), r.High.Rate())
	r.Nothing = r.Low.Decisions == 0 || r.High.Decisions == 0
	r.Small = r.Low.Decisions < fewestDecisions || r.High.Decisions < fewestDecisions || r.Low.Removed+r.High.Removed < fewestRemovals
	return r
}
