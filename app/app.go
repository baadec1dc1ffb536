// Package app puts the product together on one database, in the one way that every command and test uses.
package app

import (
	"slices"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"evenhand/approval"
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
}

// Options are what differs between a server, a command and a test.
type Options struct {
	SealKey   []byte           // at least 32 bytes; never in the database
	Now       models.Clock     // nil: the clock on the wall
	Passwords *argon2id.Params // nil: staff.DefaultParams

	// NewID makes the ids of entries and of the rows that they explain; nil: models.NewID.
	// Only the demo sets it: who is drawn depends on ids, and the same seed has to give the same marketplace.
	NewID func() string
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
	if o.NewID != nil {
		a.Ledger.NewID = o.NewID
	}
	a.Engine = approval.New(db, o.Now, a.Rights, a.Ledger, seal)
	a.Desk = moderation.New(db, o.Now, a.Rights, a.Ledger, a.Engine, o.SealKey)
	a.Staff = staff.New(db, o.Now, a.Rights, a.Ledger, o.SealKey, o.Passwords)
	a.Board = signals.New(db, o.Now, a.Rights, a.Ledger)
	a.Intake = ingest.New(db, o.Now, a.Ledger, a.Engine, a.Desk)
	return a, nil
}

// Checks are all rules that tie the database's state to the record.
func (a *App) Checks() []ledger.Check {
	return slices.Concat(a.Engine.Checks(), a.Desk.Checks(), a.Staff.Checks(), ingest.Checks())
}
