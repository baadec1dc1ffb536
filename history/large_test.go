package history_test

import (
	"testing"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/history"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// large is a large marketplace, with all that its histories send to the database written down.
type large struct {
	*apptest.World
	auditor models.Actor
	market  string
	spy     *spy
	past    *history.Reader
}

func fillLarge(t testing.TB, db *dbtest.DB, reviews, removals int) *large {
	t.Helper()
	w := apptest.New(t, db)
	l := &large{World: w, market: apptest.Market, auditor: w.Person(t, "ada", models.RoleAuditor), spy: &spy{}}
	w.FillLarge(t, reviews, removals)
	a, err := app.New(db.Session(&gorm.Session{Logger: l.spy}), app.Options{SealKey: apptest.SealKey, Now: w.Clock.Now, Passwords: apptest.FastPasswords})
	if err != nil {
		t.Fatal(err)
	}
	l.past = a.Past
	return l
}
