package moderation

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
)

// Published is a review as customers read it.
type Published struct {
	Hidden      bool // removed, or held for now: they don't read it
	Title, Body []Piece
	Label       string // what stands under it, "" for nothing
	Moved       bool
}

// Text is title and body with the mark in the place of what is hidden.
func (p Published) Text() (title, body string) { return hide(p.Title), hide(p.Body) }

// Published says what customers read of a review: its text with what was redacted hidden, and its label. An author's
// edit doesn't bring redacted words back: they are hidden in the new text wherever they stand.
func (d *Desk) Published(ctx context.Context, r models.Review) (Published, error) {
	return d.published(d.db.WithContext(ctx), r)
}

func (d *Desk) published(db *gorm.DB, r models.Review) (Published, error) {
	out := Published{Hidden: r.Status == models.ReviewRemoved || r.HeldAt(d.now()), Moved: r.MoveID != nil}
	var spans []Span
	var err error
	if r.RedactionID != nil {
		if spans, err = redactedNow(db, r); err != nil {
			return out, err
		}
	}
	if r.LabelID != nil {
		if out.Label, err = d.labelText(db, r.MarketplaceID, *r.LabelID); err != nil {
			return out, err
		}
	}
	out.Title, out.Body = Pieces(r.Title, fieldTitle, spans), Pieces(r.Body, fieldBody, spans)
	return out, nil
}

// redactedNow are the spans of a review that its redaction hides in the text as it stands.
func redactedNow(db *gorm.DB, r models.Review) ([]Span, error) {
	var p models.Proposal
	if err := db.Where("marketplace_id = ? AND id = ?", r.MarketplaceID, *r.RedactionID).Take(&p).Error; err != nil {
		return nil, models.Translate(err)
	}
	asked, err := ParseRemoval(p)
	if err != nil || p.ErasedAt != nil || r.Version == asked.ReviewVersion {
		return asked.Spans, err
	}
	var old models.ReviewVersion
	err = db.Where("marketplace_id = ? AND review_id = ? AND version = ?", r.MarketplaceID, r.ID, asked.ReviewVersion).Take(&old).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	then := r
	then.Title, then.Body = old.Title, old.Body
	var out []Span
	for _, s := range asked.Spans {
		for _, again := range occurrences(r, string(textOf(then, s.Field)[s.Start:s.End])) {
			if !slices.ContainsFunc(out, func(x Span) bool { return x.Field == again.Field && again.Start < x.End && x.Start < again.End }) {
				out = append(out, again)
			}
		}
	}
	slices.SortFunc(out, func(a, b Span) int { return a.Start - b.Start })
	return out, nil
}

// labelText is what a label says, in the words of the reason as it stood.
func (d *Desk) labelText(db *gorm.DB, marketplace, proposal string) (string, error) {
	var q models.RemovalRequest
	if err := db.Where("marketplace_id = ? AND proposal_id = ?", marketplace, proposal).Take(&q).Error; err != nil {
		return "", models.Translate(err)
	}
	reason, err := reasonAt(db, q.ReasonCode, q.ReasonVersion)
	if err != nil {
		return "", err
	}
	return reason.LabelText(q.Label), nil
}
