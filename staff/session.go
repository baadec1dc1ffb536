package staff

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"time"

	"github.com/google/uuid"
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

// openSession stores the hash of a new token and returns the token: random, with the person's id at its end.
func (s *Staff) openSession(tx *gorm.DB, person models.Staff, device string, at time.Time) (string, error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	if r := []rune(device); len(r) > 200 {
		device = string(r[:200])
	}
	token := base64.RawURLEncoding.EncodeToString(raw) + person.ID
	return token, tx.Create(&models.Session{
		TokenHash: s.tokenHash(token), StaffID: person.ID, Device: device,
		CreatedAt: at, SeenAt: at, ExpiresAt: at.Add(absoluteLimit),
	}).Error
}

// tokenHash is what is stored of a session's token.
func (s *Staff) tokenHash(token string) []byte { return s.secretHash("session", token) }

// secretHash is keyed and covers the person's id, with which the secret ends, so that whoever can only write rows can't
// be somebody else: neither by a secret of their own making nor by putting another name to their own.
func (s *Staff) secretHash(kind, secret string) []byte {
	mac := hmac.New(sha256.New, s.key)
	mac.Write([]byte(kind + " " + secret))
	return mac.Sum(nil)
}

// tokenPerson is the id of the person whose token it is.
func tokenPerson(token string) (string, error) {
	return models.ParseID(token[max(0, len(token)-len(uuid.Nil.String())):])
}

// BySession gives the person behind a session's token, and keeps the session alive.
func (s *Staff) BySession(ctx context.Context, token string) (models.Staff, error) {
	now := s.now()
	b, err := s.bearer(ctx, "session", token, errNoSession, `SELECT s.id, s.email, s.name, s.created_at, s.disabled_at, x.seen_at AS used_at
		FROM sessions x JOIN staff s ON s.id = x.staff_id
		WHERE x.token_hash = ? AND x.staff_id = ? AND x.expires_at > ? AND x.seen_at > ? AND s.disabled_at IS NULL`, now, now.Add(-idleLimit))
	if err == nil && b.stale(now) {
		err = models.Translate(s.db.WithContext(ctx).Model(&models.Session{}).
			Where("token_hash = ?", s.tokenHash(token)).Updates(map[string]any{"seen_at": now}).Error)
	}
	return b.Staff, err
}

// mostAsked bounds how many sessions are looked for at once.
const mostAsked = 500

// Living says which of these sessions' tokens still let somebody in. Unlike BySession it doesn't count as a use: a page
// that is merely open keeps nobody signed in.
func (s *Staff) Living(ctx context.Context, tokens []string) (map[string]bool, error) {
	out, now := map[string]bool{}, s.now()
	for part := range slices.Chunk(tokens, mostAsked) {
		hashes, by := make([][]byte, len(part)), map[string]string{}
		for i, token := range part {
			hashes[i] = s.tokenHash(token)
			by[string(hashes[i])] = token
		}
		var found []models.Session
		err := s.db.WithContext(ctx).Raw(`SELECT x.token_hash FROM sessions x JOIN staff s ON s.id = x.staff_id
			WHERE x.token_hash IN ? AND x.expires_at > ? AND x.seen_at > ? AND s.disabled_at IS NULL`, hashes, now, now.Add(-idleLimit)).Scan(&found).Error
		if err != nil {
			return nil, models.Translate(err)
		}
		for _, x := range found {
			out[by[string(x.TokenHash)]] = true
		}
	}
	return out, nil
}

// bearer is the person whose secret it is, and when it was last used.
type bearer struct {
	models.Staff `gorm:"embedded"`
	UsedAt       *time.Time
}

// stale says whether a use now has to be kept.
func (b bearer) stale(now time.Time) bool { return b.UsedAt == nil || now.Sub(*b.UsedAt) >= seenEvery }

// bearer finds the person whose secret it is; where there is nobody, the error is none. The query's first two
// variables are the secret's hash and the person's id.
func (s *Staff) bearer(ctx context.Context, kind, secret string, none error, query string, more ...any) (bearer, error) {
	id, err := tokenPerson(secret)
	if err != nil {
		return bearer{}, none
	}
	var b bearer
	args := append([]any{s.secretHash(kind, secret), id}, more...)
	err = models.Translate(s.db.WithContext(ctx).Raw(query, args...).Take(&b).Error)
	if models.IsKind(err, models.NotFound) {
		err = none
	}
	if err != nil {
		return bearer{}, err
	}
	return b, nil
}

// SignOut ends a session.
func (s *Staff) SignOut(ctx context.Context, person models.Staff, token string) error {
	entry := &ledger.Entry{Act: "staff.sign-out", SubjectType: "staff", SubjectID: person.ID}
	return s.ledger.Act(ctx, Actor(person), entry, func(tx *gorm.DB) error {
		return tx.Where("token_hash = ? AND staff_id = ?", s.tokenHash(token), person.ID).Delete(&models.Session{}).Error
	})
}
