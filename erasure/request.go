package erasure

import (
	"context"
	"encoding/hex"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
)

// The bounds of a justification, in characters.
const (
	MinJustification = 40
	maxJustification = 2000
)

// Ask is the customer's request, as somebody of the staff passes it on.
type Ask struct {
	Marketplace   string
	Customer      string // the marketplace's id of the customer
	Reference     string // where the customer's request is kept
	Justification string
}

// reference is a case number: neither names nor addresses fit into it.
var reference = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/#-]{2,39}$`)

// Request asks for an erasure. It opens a proposal, which takes another person to approve.
func (x *Erasures) Request(ctx context.Context, actor models.Actor, ask Ask) (models.Proposal, error) {
	ask.Customer, ask.Reference, ask.Justification = strings.TrimSpace(ask.Customer), strings.TrimSpace(ask.Reference), models.CleanText(ask.Justification)
	return x.engine.Ask(ctx, actor, ask.Marketplace, models.KindEraseCustomer, func(tx *gorm.DB, entry *ledger.Entry) (approval.Request, error) {
		var r approval.Request
		c, err := check(tx, ask)
		if err != nil {
			return r, err
		}
		var m models.Marketplace
		if err := tx.Where("id = ?", ask.Marketplace).Take(&m).Error; err != nil {
			return r, err
		}
		b := models.NewBatch(tx)
		untied := tied(b, m.ID, c.ID, actor.ID)
		if err := b.Run(); err != nil {
			return r, err
		}
		if err := untied(); err != nil {
			return r, err
		}
		if err := notAsked(tx, c); err != nil {
			return r, err
		}
		entry.Set("customer", c.ID)
		return approval.Request{
			SubjectType: "customer", SubjectID: c.ID, SubjectVersion: 1,
			Payload: Asked{Customer: c.ID, Reference: ask.Reference, Justification: ask.Justification, Salt: hex.EncodeToString(ledger.NewSalt())},
			Quorum:  1, TTL: time.Duration(m.ProposalTTLHours) * time.Hour,
		}, nil
	})
}

// check finds the customer and holds them still. Every field that has to be mended is named at once.
func check(tx *gorm.DB, ask Ask) (models.Customer, error) {
	bad := models.Mistakes{}
	var found []models.Customer
	err := models.ForUpdate(tx).Where("marketplace_id = ? AND external_id = ? AND erased_at IS NULL", ask.Marketplace, ask.Customer).Limit(1).Find(&found).Error
	if err != nil {
		return models.Customer{}, err
	}
	switch {
	case ask.Customer == "":
		bad.Say("customer", "Give the marketplace's id of the customer.")
	case len(found) == 0:
		bad.Say("customer", "There is no customer with this id here. Whom an erasure made unknown isn't found any more either.")
	case tells(ask.Reference, ask.Customer):
		bad.Say("reference", "This names the customer, and it stays after the erasure.")
	case tells(ask.Justification, ask.Customer):
		bad.Say("justification", "This names the customer, and it stays after the erasure. Leave their id out.")
	}
	if !reference.MatchString(ask.Reference) {
		bad.Say("reference", "The number of the case in which the customer asked: 3 to 40 letters, digits and . _ / # -, nothing about the person.")
	}
	switch n := utf8.RuneCountInString(ask.Justification); {
	case n < MinJustification:
		bad.Say("justification", "Say how it is known that the customer asked for this, in at least 40 characters, and nothing about the person.")
	case n > maxJustification:
		bad.Say("justification", "At most 2,000 characters.")
	}
	if len(bad) > 0 {
		return models.Customer{}, bad.E("invalid_request", "The request isn't complete yet.")
	}
	return found[0], nil
}

// notAsked refuses a second request while one is open.
func notAsked(tx *gorm.DB, c models.Customer) error {
	asked, err := approval.AskedAlready(tx, c.MarketplaceID, models.KindEraseCustomer, c.ID)
	if err != nil || !asked {
		return err
	}
	return models.E(models.Conflict, "asked_already", "This customer's erasure has been asked for already; it waits for an approver.")
}
