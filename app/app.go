// Package app puts the product together on one database, in the one way that every command and test uses.
package app

import (
	"slices"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/erasure"
	"evenhand/ingest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/signals"
	"evenhand/staff"
)

// App is the product's parts, wired.
type App struct {
	DB     *gorm.DB
	Now    models.Clock
	Rights *rbac.Enforcer
	Ledger *ledger.Ledger
	Engine *approval.Engine
	Desk   *moderation.Desk
	Staff  *staff.Staff
	Board  *signals.Signals
	Intake *ingest.Intake
	Erase  *erasure.Erasures
}

// Options are what differs between a server, a command and a test.
type Options struct {
	SealKey   []byte           // at least 32 bytes; never in the database
	Now       models.Clock     // nil: the clock on the wall
	Passwords *argon2id.Params // nil: staff.DefaultParams

	// Draw picks one of n tickets, as a number from 0 to n−1; nil: crypto/rand, which nobody can foresee.
	// Only the demo sets it, so that the same seed gives the same marketplace.
	Draw func(n int) (int, error)
}

// New wires the parts over db.
func New(db *gorm.DB, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = models.Now
	}
	if o.Passwords == nil {
		o.Passwords = staff.DefaultParams
	}
	seal, err := approval.NewSealer(o.SealKey)
	if err != nil {
		return nil, err
	}
	a := &App{DB: db, Now: o.Now, Rights: rbac.New(o.Now, o.SealKey), Ledger: ledger.New(db, o.Now)}
	a.Engine = approval.New(db, o.Now, a.Rights, a.Ledger, seal)
	a.Desk = moderation.New(db, o.Now, a.Rights, a.Ledger, a.Engine, o.Draw)
	a.Staff = staff.New(db, o.Now, a.Rights, a.Ledger, o.SealKey, o.Passwords)
	a.Board = signals.New(db, o.Now, a.Rights, a.Ledger)
	a.Intake = ingest.New(db, o.Now, a.Ledger, a.Engine, a.Desk)
	a.Erase = erasure.New(db, o.Now, a.Rights, a.Ledger, a.Engine)
	return a, nil
}

// Checks are all rules that tie the database's state to the record.
func (a *App) Checks() []ledger.Check {
	return slices.Concat(a.Engine.Checks(), a.Desk.Checks(), a.Staff.Checks(), ingest.Checks(), a.Erase.Checks())
}
