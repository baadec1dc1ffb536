package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// How long a session lasts: without use, and at all.
const (
	idleLimit     = 2 * time.Hour
	absoluteLimit = 12 * time.Hour
	seenEvery     = time.Minute // how exactly the last use is kept
)

var errNoSession = models.E(models.Unauthentic, "no_session", "You aren't signed in, or your session has ended.")

// openSession stores the hash of a new random token and returns the token.
func openSession(tx *gorm.DB, person models.Staff, device string, at time.Time) (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	if r := []rune(device); len(r) > 200 {
		device = string(r[:200])
	}
	token := base64.RawURLEncoding.EncodeToString(raw)
	return token, tx.Create(&models.Session{
		TokenHash: tokenHash(token), StaffID: person.ID, Device: device,
		CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(absoluteLimit),
	}).Error
}

func tokenHash(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// BySession gives the person behind a session's token, and keeps the session alive.
func (s *Staff) BySession(ctx context.Context, token string) (models.Staff, error) {
	if token == "" {
		return models.Staff{}, errNoSession
	}
	db, now := s.db.WithContext(ctx), s.now()
	var row struct {
		models.Staff `gorm:"embedded"`
		SeenAt       time.Time
	}
	err := db.Raw(`SELECT s.id, s.email, s.name, s.created_at, s.disabled_at, x.seen_at
		FROM sessions x JOIN staff s ON s.id = x.staff_id
		WHERE x.token_hash = ? AND x.expires_at > ? AND x.seen_at > ? AND s.disabled_at IS NULL`,
		tokenHash(token), now, now.Add(-idleLimit)).Take(&row).Error
	if err = models.Translate(err); err != nil {
		if models.IsKind(err, models.NotFound) {
			err = errNoSession
		}
		return models.Staff{}, err
	}
	if now.Sub(row.SeenAt) >= seenEvery {
		err = db.Model(&models.Session{}).Where("token_hash = ?", tokenHash(token)).Updates(map[string]any{"seen_at": now}).Error
	}
	return row.Staff, models.Translate(err)
}

// SignOut ends a session.
func (s *Staff) SignOut(ctx context.Context, person models.Staff, token string) error {
	entry := &ledger.Entry{Act: "staff.sign-out", SubjectType: "staff", SubjectID: person.ID}
	return s.ledger.Act(ctx, Actor(person), entry, func(tx *gorm.DB) error {
		return tx.Where("token_hash = ? AND staff_id = ?", tokenHash(token), person.ID).Delete(&models.Session{}).Error
	})
}
