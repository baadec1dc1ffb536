// Package erasure destroys what a customer wrote, at the customer's request, and guarantees that this takes two people,
// since blanking a bad review would otherwise be a removal by one under another name. Stars and dates stay published, a
// removed review stays removed, and the record keeps the commitments: without text and salt they tell nobody anything.
package erasure

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Erasures is the way from a customer's request to its effect.
type Erasures struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	engine *approval.Engine
}

// New makes it and registers its kind of proposal.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, e *approval.Engine) *Erasures {
	x := &Erasures{db: db, now: now, rights: rights, ledger: l, engine: e}
	e.Register(approval.Kind{
		Name: models.KindEraseCustomer, Noun: noun,
		Lock: lock, Independent: withoutInterest, Work: x.apply,
		Ended: func(*models.Batch, models.Proposal, time.Time) {},
	})
	return x
}

const (
	noun     = "erasure"
	actApply = "erasure.apply" // the effect; its entry carries ids, counts and a digest of what is left
)

// Asked is the payload of a proposal to erase. It outlives the erasure, and so says nothing about the person.
type Asked struct {
	Customer      string `json:"customer"`  // our id
	Reference     string `json:"reference"` // of the customer's request: a case number
	Justification string `json:"justification"`
	Salt          string `json:"salt"` // hex
}

// ParseAsked reads a proposal's payload; of a request that a later erasure blanked, nothing is left.
func ParseAsked(p models.Proposal) (Asked, error) {
	var a Asked
	if p.ErasedAt != nil {
		return a, nil
	}
	if err := json.Unmarshal([]byte(p.Payload), &a); err != nil {
		return a, fmt.Errorf("payload of proposal %s: %w", p.ID, err)
	}
	return a, nil
}

// lock holds the customer still, which no review of theirs can then come in for, and refuses a second erasure.
func lock(b *models.Batch, ref approval.Ref) func(models.Proposal) error {
	id, err := subject(b, ref)
	found := models.Read[models.Customer](b, "SELECT * FROM customers WHERE marketplace_id = ? AND id = ? FOR UPDATE", ref.Marketplace, id)
	return func(p models.Proposal) error {
		if err != nil {
			return err
		}
		c, err := found.One()
		if err != nil || c.ID != p.SubjectID {
			return noCustomer(ref.Marketplace)
		}
		if c.ErasedAt != nil {
			return models.E(models.Conflict, "already_erased", "What this customer wrote has been erased already.")
		}
		return nil
	}
}

// subject is whom a proposal is about, which never changes; nobody where there is no such proposal.
func subject(b *models.Batch, ref approval.Ref) (string, error) {
	id := []string{}
	err := b.Tx().Model(&models.Proposal{}).Where("marketplace_id = ? AND id = ? AND kind = ?", ref.Marketplace, ref.ID, models.KindEraseCustomer).
		Pluck("subject_id", &id).Error
	return append(id, nobody)[0], err
}

// nobody is nobody's id.
const nobody = "00000000-0000-0000-0000-000000000000"

func customer(tx *gorm.DB, marketplace, id string) (models.Customer, error) {
	var c models.Customer
	err := models.Translate(tx.Where("marketplace_id = ? AND id = ?", marketplace, id).Take(&c).Error)
	if models.IsKind(err, models.NotFound) {
		err = noCustomer(marketplace)
	}
	return c, err
}

func noCustomer(marketplace string) error {
	return models.E(models.NotFound, "no_customer", "There is no such customer in marketplace %s.", marketplace)
}

// withoutInterest refuses whoever has a tie to a seller that this customer wrote about.
func withoutInterest(b *models.Batch, ref approval.Ref, person string) func() error {
	id, err := subject(b, ref)
	untied := tied(b, ref.Marketplace, id, person)
	return func() error { return cmp.Or(err, untied()) }
}

// tiesTo finds a person's interest in a seller that a customer wrote about.
const tiesTo = `SELECT i.id FROM interests i WHERE i.marketplace_id = ? AND i.staff_id = ? AND i.ended_at IS NULL
	AND EXISTS (SELECT 1 FROM reviews r WHERE r.marketplace_id = i.marketplace_id AND r.customer_id = ? AND i.seller_id IN (r.seller_id, r.home_seller_id)) LIMIT 1`

func tied(b *models.Batch, marketplace, customer, person string) func() error {
	ties := models.Read[string](b, tiesTo, marketplace, person, customer)
	return func() error { return refuseTies(ties.All) }
}

func refuseTies(ties []string) error {
	if len(ties) == 0 {
		return nil
	}
	return models.E(models.Forbidden, "interest", "You have declared an interest in a seller whom this customer wrote about, so somebody else decides.")
}

// shortestTelling is the shortest external id that is looked for in staff's words: shorter ones stand in any text.
const shortestTelling = 4

// tells says whether a text that stays names the customer, as a word of its own.
func tells(text, externalID string) bool {
	text, id := strings.ToLower(text), strings.ToLower(externalID)
	if utf8.RuneCountInString(id) < shortestTelling {
		return false
	}
	word := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for from := 0; ; {
		i := strings.Index(text[from:], id)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(text[:from+i])
		after, _ := utf8.DecodeRuneInString(text[from+i+len(id):])
		if !word(before) && !word(after) {
			return true
		}
		from += i + len(id)
	}
}
