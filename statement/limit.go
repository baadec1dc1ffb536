package statement

import (
	"context"
	"encoding/hex"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Whoever tries tokens, or one page over and over, waits: so many within the window, on every instance alike. The counts
// are kept with those of wrong passwords, under keyed hashes.
const (
	window      = 15 * time.Minute
	unknownFrom = 20  // unknown tokens from one address
	looksAt     = 120 // at one statement
)

var errThrottled = models.E(models.Throttled, "throttled", "Too many attempts. Wait a quarter of an hour and try again.")

func (x *Statements) limitKey(kind, value string) string {
	return kind + ":" + hex.EncodeToString(x.keys.look.MAC([]byte(kind + " " + value))[:16])
}

// within refuses when there were too many of a kind.
func (x *Statements) within(db *gorm.DB, key string, most int64) error {
	var n int64
	err := db.Model(&models.SignInFailure{}).Where("key = ? AND at > ?", key, x.now().Add(-window)).Count(&n).Error
	if err == nil && n >= most {
		return errThrottled
	}
	return models.Translate(err)
}

// count counts one more.
func (x *Statements) count(ctx context.Context, key string) error {
	at := x.now()
	return models.InTx(ctx, x.db, func(tx *gorm.DB) error {
		if err := tx.Where("key = ? AND at <= ?", key, at.Add(-window)).Delete(&models.SignInFailure{}).Error; err != nil {
			return err
		}
		return tx.Create(&models.SignInFailure{ID: models.NewID(), Key: key, At: at}).Error
	})
}
