package moderation

import (
	"context"
	"encoding/hex"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// The bounds of a question or an answer, in characters, and of how many there may be about one request.
const (
	minMessage   = 10
	maxMessage   = 2000
	mostMessages = 50
)

// Message is a question or an answer as it is shown.
type Message struct {
	models.ProposalMessage
	AuthorName string
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }

// AskBack has who may decide on a request ask its requester something. It doesn't stop the request's time.
func (d *Desk) AskBack(ctx context.Context, actor models.Actor, marketplace, proposal, text string) error {
	return d.say(ctx, actor, marketplace, proposal, models.MessageQuestion, text)
}

// Answer has the requester answer what was asked.
func (d *Desk) Answer(ctx context.Context, actor models.Actor, marketplace, proposal, text string) error {
	return d.say(ctx, actor, marketplace, proposal, models.MessageAnswer, text)
}

func (d *Desk) say(ctx context.Context, actor models.Actor, marketplace, proposal, kind, text string) error {
	text = models.CleanText(text)
	entry := &ledger.Entry{Marketplace: marketplace, Act: "removal." + kind, SubjectType: "proposal", SubjectID: proposal}
	return d.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		entry.Set("state", models.ProposalOpen)
		if _, _, err := d.holdOpen(tx, actor, marketplace, proposal, rightTo[kind]); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(text); n < minMessage || n > maxMessage {
			return models.InvalidField(kind, "Write %d to %d characters. It has %d.", minMessage, maxMessage, n)
		}
		var last []models.ProposalMessage
		err := tx.Select("n", "kind").Where("marketplace_id = ? AND proposal_id = ?", marketplace, proposal).Order("n DESC").Limit(1).Find(&last).Error
		if err != nil {
			return err
		}
		m := models.ProposalMessage{
			MarketplaceID: marketplace, ID: entry.ID, ProposalID: proposal, N: 1, AuthorID: actor.ID, Kind: kind,
			Text: text, TextSalt: ledger.NewSalt(), CreatedAt: entry.At,
		}
		if len(last) > 0 {
			m.N = last[0].N + 1
		}
		if kind == models.MessageAnswer && (len(last) == 0 || last[0].Kind == kind) {
			return models.E(models.Conflict, "no_question", "Nobody has asked you anything since your last answer.")
		}
		if m.N > mostMessages {
			return models.E(models.Conflict, "thread_full", "There are %d messages about this request already. Decide on what there is.", mostMessages)
		}
		if m.TextDigest, err = ledger.Commit(m.TextSalt, m.Text); err != nil {
			return err
		}
		entry.Set("n", m.N)
		entry.Set("text_digest", hexOf(m.TextDigest))
		models.AtCommit(tx).Insert(&m)
		return nil
	})
}

// messagesOf reads what was asked and answered about a request, in its order.
func messagesOf(db *gorm.DB, marketplace, proposal string) ([]Message, error) {
	var out []Message
	err := db.Table("proposal_messages m").Select("m.*, s.name AS author_name").Joins("JOIN staff s ON s.id = m.author_id").
		Where("m.marketplace_id = ? AND m.proposal_id = ?", marketplace, proposal).Order("m.n").Limit(mostMessages).Find(&out).Error
	return out, models.Translate(err)
}

// lastMessage is the kind of the last message about the request p; null where there is none.
const lastMessage = `(SELECT m.kind FROM proposal_messages m WHERE m.marketplace_id = p.marketplace_id AND m.proposal_id = p.id ORDER BY m.n DESC LIMIT 1)`

// Questions counts the open requests of a moderator about which somebody waits for their answer.
func (d *Desk) Questions(ctx context.Context, actor models.Actor, marketplace string) (int, error) {
	var n int64
	err := d.db.WithContext(ctx).Table("proposals p").
		Where("p.marketplace_id = ? AND p.requester_id = ? AND p.kind = ? AND p.state = ? AND p.expires_at > ?",
			marketplace, actor.ID, models.KindRemoveReview, models.ProposalOpen, d.now()).
		Where(lastMessage+" = ?", models.MessageQuestion).Count(&n).Error
	return int(n), models.Translate(err)
}

// rightTo is the act of the policy that a message of each kind takes.
var rightTo = map[string]string{models.MessageQuestion: "question", models.MessageAnswer: "reply"}
