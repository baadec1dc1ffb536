package ledger_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models/dbtest"
)

// Verify reports what the first check in their order finds, although a later one was faster; what comes behind a
// finding needn't end.
func TestVerifyReportsTheFirstInOrder(t *testing.T) {
	check := func(name, finding string, after time.Duration) ledger.Check {
		return ledger.Check{Name: name, Run: func(ctx context.Context, _ *gorm.DB) (string, error) {
			select {
			case <-time.After(after):
				return finding, nil
			case <-ctx.Done():
				return "", ctx.Err()
			}
		}}
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		keys, _ := keysOf(t, "order.example/log")
		verify := func(checks ...ledger.Check) (ledger.Result, error) {
			return ledger.Verify(t.Context(), db.DB, ledger.Trusted{Public: keys.Public}, checks)
		}
		r, err := verify(check("fine", "", 0), check("slow", "wrong", 200*time.Millisecond), check("quick", "wrong, too", 0), check("endless", "", time.Hour))
		if err != nil || r.Disagreement != "slow: wrong" || r.Checks != 2 {
			t.Errorf("%+v, %v", r, err)
		}
		unread := ledger.Check{Name: "unread", Run: func(context.Context, *gorm.DB) (string, error) { return "", errors.New("gone") }}
		if r, err := verify(check("slow", "wrong", 100*time.Millisecond), unread); err != nil || r.Disagreement != "slow: wrong" {
			t.Errorf("%+v, %v", r, err)
		}
		if r, err := verify(unread, check("quick", "wrong", 0)); err == nil || r.Disagreement != "" {
			t.Errorf("%+v, %v", r, err)
		}
	})
}
