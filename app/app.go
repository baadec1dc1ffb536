// Package app puts the product together on one database, in the one way that every command and test uses.
package app

import (
	"context"
	"slices"

	"github.com/alexedwards/argon2id"
	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/erasure"
	"evenhand/history"
	"evenhand/ingest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/moderation"
	"evenhand/rbac"
	"evenhand/rulebook"
	"evenhand/settings"
	"evenhand/signals"
	"evenhand/staff"
	"evenhand/statement"
	"evenhand/witness"
)

// App is the product's parts, wired.
type App struct {
	DB     *gorm.DB
	Now    models.Clock
	Rights *rbac.Enforcer
	Ledger *ledger.Ledger
	Log    *ledger.Log
	Engine *approval.Engine
	Desk   *moderation.Desk
	Staff  *staff.Staff
	Board  *signals.Signals
	Intake *ingest.Intake
	Erase  *erasure.Erasures
	Past   *history.Reader
	State  *statement.Statements
	Rules  *settings.Settings

	Routing *rulebook.Book // the rules by which tickets go to queues

	// Sequencer numbers what the ledger was given and signs checkpoints. A server runs it; a test has it take a step.
	Sequencer *ledger.Sequencer
	// Cosigner asks the witnesses; a server runs it too.
	Cosigner *ledger.Cosigner
}

// Options are what differs between a server, a command and a test.
type Options struct {
	SealKey   []byte           // at least 32 bytes; never in the database
	Now       models.Clock     // nil: the clock on the wall
	Passwords *argon2id.Params // nil: staff.DefaultParams
	LogKeys   *ledger.Keys     // sign checkpoints; nil: derived from the seal key

	// Witnesses cosign checkpoints; effects wait for Quorum of them.
	Witnesses []witness.Endpoint
	Quorum    int

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
	if o.LogKeys == nil {
		keys, err := ledger.DeriveKeys(o.SealKey)
		if err != nil {
			return nil, err
		}
		o.LogKeys = &keys
	}
	a := &App{DB: db, Now: o.Now, Rights: rbac.New(o.Now, o.SealKey), Ledger: ledger.New(db, o.Now)}
	if o.NewID != nil {
		a.Ledger.NewID = o.NewID
	}
	a.Sequencer = ledger.NewSequencer(a.Ledger, *o.LogKeys)
	a.Log = ledger.NewLog(a.Ledger, o.LogKeys.Public, o.Witnesses, o.Quorum)
	a.Cosigner = ledger.NewCosigner(a.Log, o.Witnesses)
	a.Engine = approval.New(db, o.Now, a.Rights, a.Ledger, seal)
	a.Desk = moderation.New(db, o.Now, a.Rights, a.Ledger, a.Engine, o.SealKey)
	a.Routing = rulebook.New(db, o.Now, a.Rights, a.Ledger, a.Engine)
	a.Staff = staff.New(db, o.Now, a.Rights, a.Ledger, o.SealKey, o.Passwords)
	a.Board = signals.New(db, o.Now, a.Rights, a.Ledger)
	a.Intake = ingest.New(db, o.Now, a.Ledger, a.Engine, a.Desk)
	a.Erase = erasure.New(db, o.Now, a.Rights, a.Ledger, a.Engine)
	a.Rules = settings.New(db, o.Now, a.Rights, a.Ledger, a.Engine)
	a.Past = history.New(db, o.Now, a.Rights, a.Ledger, a.Engine)
	if a.State, err = statement.New(db, o.Now, a.Rights, a.Ledger, a.Log, a.Desk, o.SealKey); err != nil {
		return nil, err
	}
	a.Engine.After(a.State.Make)
	return a, nil
}

// Checks are all rules that tie the database's state to the record. Seals can be checked only with the key that made
// them; without it everything else is.
func (a *App) Checks(seals bool) []ledger.Check {
	return slices.Concat(a.Engine.Checks(seals), rulebook.Checks(), a.Desk.Checks(seals), a.Staff.Checks(seals), ingest.Checks(), a.Erase.Checks(), a.Past.Checks(), a.State.Checks(seals), a.Rules.Checks())
}

// Verify holds the record against the database, trusting the installation's own keys.
func (a *App) Verify(ctx context.Context, db *gorm.DB) (ledger.Result, error) {
	return ledger.Verify(ctx, db, ledger.Trusted{Public: a.Log.Public()}, a.Checks(true))
}
