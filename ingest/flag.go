package ingest

import (
	"gorm.io/gorm"

	"evenhand/models"
)

// flagText is what a ticket says of why it is there.
const flagText = "Came in with a negative rating."

// negative says whether a stored review is to have a ticket for its rating.
func (r *run) negative(rating int, status string) bool {
	return r.options.FlagNegative && status == models.ReviewPublished && r.market.Negative(rating)
}

// report notes a review for flagging if it is negative.
func (b *batch) report(r models.Review) {
	if b.negative(r.Rating, r.Status) {
		b.flags = append(b.flags, models.Flagged{Review: r, Source: models.FlagImport, Text: flagText})
	}
}

// flag opens tickets for the negative reviews of the batch: those that are new or edited, and those that came in
// earlier and never had one. So an import that was first run without flagging can be run again with it.
func (b *batch) flag(tx *gorm.DB) error {
	for _, r := range b.fresh {
		b.report(r)
	}
	late, err := b.unflagged(tx, b.same)
	if err != nil {
		return err
	}
	for _, m := range late {
		b.report(m.row(b.market.ID))
	}
	if len(b.flags) == 0 {
		return nil
	}
	b.flagged = len(b.flags)
	_, err = b.flagger.Flag(tx, b.entry.At, b.flags)
	return err
}

// unflagged are the negative reviews among those that have never had a ticket.
func (r *run) unflagged(db *gorm.DB, same []match) ([]match, error) {
	var ids []string
	for _, m := range same {
		if r.negative(m.Review.Rating, m.Status) {
			ids = append(ids, m.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	q, err := lookUp(db, "tickets", "review_id", "uuid", r.market.ID, ids)
	if err != nil {
		return nil, err
	}
	var had []string
	if err := q.Pluck("r.review_id", &had).Error; err != nil {
		return nil, models.Translate(err)
	}
	ticket := make(map[string]bool, len(had))
	for _, id := range had {
		ticket[id] = true
	}
	var out []match
	for _, m := range same {
		if r.negative(m.Review.Rating, m.Status) && !ticket[m.ID] {
			out = append(out, m)
		}
	}
	return out, nil
}
