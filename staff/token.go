package staff

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// ScopeLedger is the one scope that a token has so far: to read the ledger, as far as its owner may.
const ScopeLedger = "ledger.read"

// The bounds of a token: the days that it lasts, and its name in characters.
const (
	maxTokenDays = 366
	maxTokenName = 100
)

// tokenPrefix lets secret scanners know a token when they see one.
const tokenPrefix = "evenhand_"

// NewToken is what a token is to be.
type NewToken struct {
	Email string // whose
	Name  string // what for
	Days  int    // how long
}

// AddToken makes a reading token for a person. It is returned this once; what is stored is a MAC of it.
func (s *Staff) AddToken(ctx context.Context, by models.Actor, n NewToken) (models.Token, string, error) {
	n.Name = models.CleanText(n.Name)
	if length := utf8.RuneCountInString(n.Name); length == 0 || length > maxTokenName {
		return models.Token{}, "", models.InvalidField("name", "Say in 1 to %d characters what the token is for.", maxTokenName)
	}
	if n.Days < 1 || n.Days > maxTokenDays {
		return models.Token{}, "", models.InvalidField("days", "A token lasts 1 to %d days.", maxTokenDays)
	}
	person, err := ByEmail(s.db.WithContext(ctx), n.Email)
	if err != nil {
		return models.Token{}, "", err
	}
	raw := make([]byte, 32)
	rand.Read(raw) // never fails since Go 1.24
	var t models.Token
	secret := tokenPrefix + base64.RawURLEncoding.EncodeToString(raw) + person.ID
	entry := &ledger.Entry{Act: "token.add", SubjectType: "staff", SubjectID: person.ID}
	err = s.ledger.Act(ctx, by, entry, func(tx *gorm.DB) error {
		t = models.Token{
			ID: entry.ID, StaffID: person.ID, Name: n.Name, Scope: ScopeLedger, Hash: s.secretHash("token", secret),
			CreatedAt: entry.At, ExpiresAt: models.At(entry.At.AddDate(0, 0, n.Days)),
		}
		entry.Set("scope", t.Scope)
		entry.Set("days", n.Days)
		return tx.Create(&t).Error
	})
	return t, secret, err
}

var errNoToken = models.E(models.Unauthentic, "no_token", "This token isn't valid, or not any more.")

// ByToken gives the person whose programs read with a token.
func (s *Staff) ByToken(ctx context.Context, secret string) (models.Staff, error) {
	now := s.now()
	b, err := s.bearer(ctx, "token", secret, errNoToken, `SELECT s.id, s.email, s.name, s.created_at, s.disabled_at, t.used_at
		FROM tokens t JOIN staff s ON s.id = t.staff_id
		WHERE t.hash = ? AND t.staff_id = ? AND t.scope = ? AND t.expires_at > ? AND t.revoked_at IS NULL AND s.disabled_at IS NULL`, ScopeLedger, now)
	if err == nil && b.stale(now) {
		err = models.Translate(s.db.WithContext(ctx).Model(&models.Token{}).
			Where("hash = ?", s.secretHash("token", secret)).Updates(map[string]any{"used_at": now}).Error)
	}
	return b.Staff, err
}

// RevokeToken ends a token at once.
func (s *Staff) RevokeToken(ctx context.Context, by models.Actor, id string) error {
	entry := &ledger.Entry{Act: "token.revoke", SubjectType: "token", SubjectID: id}
	return s.ledger.Act(ctx, by, entry, func(tx *gorm.DB) error {
		res := tx.Model(&models.Token{}).Where("id = ? AND revoked_at IS NULL", id).Updates(map[string]any{"revoked_at": entry.At})
		if res.Error == nil && res.RowsAffected != 1 {
			return models.E(models.NotFound, "no_token", "There is no such token that isn't revoked already.")
		}
		return res.Error
	})
}

// Tokens lists a person's tokens, newest first.
func (s *Staff) Tokens(ctx context.Context, email string) ([]models.Token, error) {
	person, err := ByEmail(s.db.WithContext(ctx), email)
	if err != nil {
		return nil, err
	}
	var out []models.Token
	err = s.db.WithContext(ctx).Where("staff_id = ?", person.ID).Order("created_at DESC").Limit(200).Find(&out).Error
	return out, models.Translate(err)
}
