package statement

import (
	"bytes"
	"context"
	"encoding/hex"
	"slices"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Answer is what the person who was drawn makes of an appeal.
type Answer struct {
	Marketplace string
	Appeal      string
	Seen        []byte // SeenOf what was shown
	Verdict     string // models.AppealUphold or models.AppealReverse
	Words       string // which the author reads
}

// SeenOf is a digest of what somebody who answers has to have seen: the author's words, and the review as it stands.
func SeenOf(a models.Appeal, r models.Review) ([]byte, error) {
	return ledger.Digest(models.Fields{"appeal", a.ID, "digest", a.Digest, "status", r.Status, "version", r.Version})
}

// Answer answers an appeal. One that reverses the removal publishes the review again in the same transaction.
func (x *Statements) Answer(ctx context.Context, actor models.Actor, in Answer) (models.AppealAnswer, error) {
	in.Words = models.CleanText(in.Words)
	var out models.AppealAnswer
	entry := &ledger.Entry{Marketplace: in.Marketplace, Act: actReply, SubjectType: "appeal", SubjectID: in.Appeal}
	err := x.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		if err := x.rights.Authorize(tx, actor, in.Marketplace, rbac.Object{Kind: noun}, "answer"); err != nil {
			return err
		}
		h, err := hold(tx, in.Marketplace, in.Appeal)
		if err != nil {
			return err
		}
		if err := x.mayReply(tx, actor, h, in); err != nil {
			return err
		}
		out = models.AppealAnswer{
			MarketplaceID: h.MarketplaceID, ID: entry.ID, AppealID: h.ID, ReviewID: h.ReviewID, PersonID: actor.ID, Verdict: in.Verdict,
			Words: in.Words, Salt: ledger.NewSalt(), AnsweredAt: entry.At,
		}
		return x.write(tx, actor, entry, h, &out)
	})
	return out, err
}

// mayReply refuses who wasn't drawn, who touched the case, who saw something else, and words that aren't an answer.
func (x *Statements) mayReply(tx *gorm.DB, actor models.Actor, h held, in Answer) error {
	if h.drawn == nil || h.drawn.PersonID != actor.ID {
		return errNotDrawn
	}
	barred, err := touched(tx, h.MarketplaceID, h.ReviewID)
	if err != nil {
		return err
	}
	if slices.Contains(barred, actor.ID) {
		return models.E(models.Forbidden, "touched", "You have had a hand in this case, or an interest in its seller, so somebody else answers.")
	}
	bad := models.Mistakes{}
	if in.Verdict != models.AppealUphold && in.Verdict != models.AppealReverse {
		bad.Say("verdict", "Choose whether the removal stands or was wrong.")
	}
	if n := utf8.RuneCountInString(in.Words); n < MinAnswer || n > MaxWords {
		bad.Say("words", "Answer the author in 40 to 4,000 characters: what you looked at, and why you decide so.")
	}
	if len(bad) > 0 {
		return bad.E("invalid_answer", "The answer isn't complete yet.")
	}
	seen, err := SeenOf(h.Appeal, h.review)
	if err != nil {
		return err
	}
	if !bytes.Equal(seen, in.Seen) {
		return models.E(models.Conflict, "stale_form", "What you saw isn't what there is now. Open the appeal again and read it before you answer.")
	}
	if in.Verdict == models.AppealUphold && !h.stands() {
		return models.E(models.Conflict, "not_removed", "The review has been restored since, so the removal doesn't stand. Answer that it was wrong.")
	}
	return nil
}

// stands says whether the removal that an appeal is against is in effect.
func (h held) stands() bool {
	return h.review.Status == models.ReviewRemoved && h.review.RemovalID != nil && *h.review.RemovalID == h.ProposalID
}

func (x *Statements) write(tx *gorm.DB, actor models.Actor, entry *ledger.Entry, h held, a *models.AppealAnswer) error {
	var err error
	if a.Digest, err = ledger.Commit(a.Salt, a.Words); err != nil {
		return err
	}
	if a.Seal, err = x.keys.sealAnswer(*a); err != nil {
		return err
	}
	if err := tx.Create(a).Error; err != nil {
		return err
	}
	restores := a.Verdict == models.AppealReverse && h.stands()
	entry.Set("review", a.ReviewID)
	entry.Set("proposal", h.ProposalID)
	entry.Set("verdict", a.Verdict)
	entry.Set("digest", hex.EncodeToString(a.Digest))
	entry.Set("restores", restores)
	if !restores {
		return nil
	}
	return x.desk.RestoreOnAppeal(tx, actor, h.review, h.ID, entry.At)
}
