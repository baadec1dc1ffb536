package moderation

import (
	"context"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/routing"
)

// factRow is a route with what is known now of its review.
type factRow struct {
	models.TicketRoute
	ReviewVersion int
	Rating        int
	Language      string
	Verified      *bool
	PostedAt      time.Time
}

// factsBatch is how many tickets are held against their flags at once.
const factsBatch = 500

// checkFacts holds the facts on which rules sent tickets somewhere against flags and reviews. What is sent by the
// program's own rules when it opens goes by the category alone, which isn't looked at: products may change theirs.
func checkFacts(_ context.Context, db *gorm.DB) (string, error) {
	for last := ""; ; {
		var tickets []string
		q := db.Table("ticket_routes t").Distinct("t.ticket_id").Where("t.why = ? AND (t.version > 0 OR t.n > 0)", models.RoutedByFlag)
		if last != "" {
			q = q.Where("t.ticket_id > ?", last)
		}
		if err := q.Order("t.ticket_id").Limit(factsBatch).Pluck("t.ticket_id", &tickets).Error; err != nil || len(tickets) == 0 {
			return "", err
		}
		if finding, err := factsFinding(db, tickets); err != nil || finding != "" {
			return finding, err
		}
		last = tickets[len(tickets)-1]
	}
}

func factsFinding(db *gorm.DB, tickets []string) (string, error) {
	var rows []factRow
	err := db.Table("ticket_routes t").Select("t.*, r.version AS review_version, r.rating, r.language, r.verified, r.posted_at").
		Joins("JOIN tickets k ON k.marketplace_id = t.marketplace_id AND k.id = t.ticket_id").
		Joins("JOIN reviews r ON r.marketplace_id = k.marketplace_id AND r.id = k.review_id").
		Where("t.ticket_id IN ? AND t.why = ? AND (t.version > 0 OR t.n > 0)", tickets, models.RoutedByFlag).Order("t.ticket_id, t.n").Scan(&rows).Error
	if err != nil {
		return "", err
	}
	var flags []models.Flag
	if err := db.Select("ticket_id", "source", "score", "review_version", "created_at").Where("ticket_id IN ?", tickets).Find(&flags).Error; err != nil {
		return "", err
	}
	of := map[string][]models.Flag{}
	for _, f := range flags {
		of[f.TicketID] = append(of[f.TicketID], f)
	}
	for _, r := range rows {
		if wrongFacts(r, of[r.TicketID]) {
			return "ticket " + r.TicketID + " was sent on facts that its flags and its review don't bear out", nil
		}
	}
	return "", nil
}

// wrongFacts says whether facts aren't what flags and review say. What happened about the same time may have been seen or
// not, and a text that was edited since isn't asked.
func wrongFacts(r factRow, flags []models.Flag) bool {
	f, err := parseFacts(r.Facts)
	if err != nil {
		return true
	}
	var surely, possibly routing.Facts
	same := true
	for _, x := range flags {
		if x.CreatedAt.After(r.RoutedAt.Add(tolerance)) {
			continue
		}
		possibly = withFlag(possibly, x.Source, x.Score)
		if x.CreatedAt.Before(r.RoutedAt.Add(-tolerance)) {
			surely = withFlag(surely, x.Source, x.Score)
		}
		same = same && x.ReviewVersion == r.ReviewVersion
	}
	if f.Flags < max(surely.Flags, 1) || f.Flags > possibly.Flags || !subset(surely.Sources, f.Sources) || !subset(f.Sources, possibly.Sources) ||
		above(surely.Score, f.Score) || above(f.Score, possibly.Score) {
		return true
	}
	return same && (f.Stars != r.Rating || f.Language != r.Language || deref(f.Verified) != deref(r.Verified) || (f.Verified == nil) != (r.Verified == nil) ||
		f.Age < ageAt(r.PostedAt, r.RoutedAt.Add(-tolerance)) || f.Age > ageAt(r.PostedAt, r.RoutedAt.Add(tolerance)))
}

func subset(a, b []string) bool {
	return !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}

// above says whether a score is higher than another; none is the lowest.
func above(a, b *int) bool { return a != nil && (b == nil || *a > *b) }
