package staff

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// Throttling: so many wrong passwords within the window, and the door stays shut until the oldest leaves it.
const (
	throttleWindow  = 15 * time.Minute
	failuresByEmail = 5
	failuresByAddr  = 50
)

// Credentials are what somebody signs in with, and from where.
type Credentials struct {
	Email    string
	Password string
	Address  string
	Device   string
}

var (
	errWrongCredentials = models.E(models.Unauthentic, "wrong_credentials", "The e-mail or the password is wrong.")
	errThrottled        = models.E(models.Throttled, "throttled", "Too many wrong passwords. Wait a quarter of an hour and try again.")
)

// SignIn opens a session and returns its token. A wrong e-mail and a wrong password look alike, in words and in time.
func (s *Staff) SignIn(ctx context.Context, c Credentials) (string, models.Staff, error) {
	db := s.db.WithContext(ctx)
	keys := s.throttleKeys(c)
	shut, err := s.throttled(db, keys)
	if err != nil {
		return "", models.Staff{}, err
	}
	if shut {
		return "", models.Staff{}, errThrottled // on record already, by the attempt that shut the door
	}
	person, ok, err := s.authenticate(db, c)
	if err != nil {
		return "", models.Staff{}, err
	}
	if !ok {
		return "", models.Staff{}, s.failed(ctx, person, keys)
	}
	var token string
	entry := &ledger.Entry{Act: "staff.sign-in", SubjectType: "staff", SubjectID: person.ID}
	err = s.ledger.Act(ctx, Actor(person), entry, func(tx *gorm.DB) error {
		token, err = s.openSession(tx, person, c.Device, entry.At)
		return err
	})
	return token, person, err
}

// authenticate compares the password, against a hash of nothing where there is no such account.
func (s *Staff) authenticate(db *gorm.DB, c Credentials) (models.Staff, bool, error) {
	person, err := ByEmail(db, c.Email)
	known := err == nil && person.DisabledAt == nil
	if err != nil && !models.IsKind(err, models.NotFound) {
		return models.Staff{}, false, err
	}
	if !known {
		_, err := s.hash(strings.Repeat("x", minPassword))
		return person, false, err
	}
	if len(c.Password) > 4*maxPassword {
		return person, false, nil
	}
	ok, err := s.matches(c.Password, person.PasswordHash)
	return person, ok, err
}

// throttleKeys hashes e-mail and address under our key, so that the table holds neither.
func (s *Staff) throttleKeys(c Credentials) map[string]int64 {
	keyed := func(kind, value string) string {
		mac := hmac.New(sha256.New, s.key)
		mac.Write([]byte("sign-in " + kind + " " + value))
		return kind + ":" + hex.EncodeToString(mac.Sum(nil)[:16])
	}
	return map[string]int64{
		keyed("email", strings.ToLower(strings.TrimSpace(c.Email))): failuresByEmail,
		keyed("address", c.Address):                                 failuresByAddr,
	}
}

func (s *Staff) throttled(db *gorm.DB, keys map[string]int64) (bool, error) {
	since := s.now().Add(-throttleWindow)
	for key, limit := range keys {
		var n int64
		err := db.Model(&models.SignInFailure{}).Where("key = ? AND at > ?", key, since).Count(&n).Error
		if err != nil || n >= limit {
			return err == nil, models.Translate(err)
		}
	}
	return false, nil
}

// failed counts a wrong password and records the refusal; the one that reaches the limit shuts the door.
func (s *Staff) failed(ctx context.Context, person models.Staff, keys map[string]int64) error {
	at := s.now()
	err := models.InTx(ctx, s.db, func(tx *gorm.DB) error {
		if err := tx.Where("at <= ?", at.Add(-throttleWindow)).Delete(&models.SignInFailure{}).Error; err != nil {
			return err
		}
		for key := range keys {
			if err := tx.Create(&models.SignInFailure{ID: models.NewID(), Key: key, At: at}).Error; err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	refusal := errWrongCredentials
	if shut, err := s.throttled(s.db.WithContext(ctx), keys); err != nil {
		return err
	} else if shut {
		refusal = errThrottled
	}
	entry := &ledger.Entry{Act: "staff.sign-in", SubjectType: "staff", SubjectID: person.ID}
	return s.ledger.Refused(ctx, models.System("sign-in"), entry, refusal)
}
