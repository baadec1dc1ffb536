// Package history is the auditor's reading of what was done: removals by any mix of filters, as of any date, with counts,
// one person's or seller's story, two periods side by side, and all of it as a file. It changes nothing but the filters
// that people keep; what it reads follows from the acts of other packages.
package history

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Reader reads histories.
type Reader struct {
	db     *gorm.DB
	now    models.Clock
	rights *rbac.Enforcer
	ledger *ledger.Ledger
	engine *approval.Engine
}

// New makes a reader over db.
func New(db *gorm.DB, now models.Clock, rights *rbac.Enforcer, l *ledger.Ledger, e *approval.Engine) *Reader {
	return &Reader{db: db, now: now, rights: rights, ledger: l, engine: e}
}

// StateRestored is the state of a removal that was undone. The other states are those of proposals; histories tell
// what is approved and not yet effective as open.
const StateRestored = "restored"

// States are all states that histories tell apart, in the order in which people read them.
var States = []string{
	models.ProposalOpen, models.ProposalEffective, StateRestored, models.ProposalDeclined, models.ProposalWithdrawn,
	models.ProposalExpired, models.ProposalVoid,
}

// countUpTo bounds what counting may cost: figures cover the newest 10,000 requests that a filter finds, and say so.
const countUpTo = 10000

// mayRead asks whether somebody may look; a refused look is on record.
func (h *Reader) mayRead(ctx context.Context, actor models.Actor, marketplace string, obj, act, subjectType, subject string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: obj + "." + act, SubjectType: subjectType, SubjectID: subject}
	return h.ledger.OnRecord(ctx, actor, entry, h.rights.Authorize(h.db.WithContext(ctx), actor, marketplace, rbac.Object{Kind: obj}, act))
}

// readers is how many statements a page has the database answer at once.
const readers = 3

// atOnce runs what a page reads side by side: a reader waits for the slowest of them, not for their sum.
func atOnce(ctx context.Context, db *gorm.DB, reads ...func(db *gorm.DB) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(readers)
	for _, read := range reads {
		group.Go(func() error { return models.Translate(read(db.WithContext(ctx))) })
	}
	return group.Wait()
}

// Row is one request for a removal as lists show it, as it stood at the filter's date, with the text that was asked about.
type Row struct {
	ProposalID    string
	ReviewID      string
	SellerID      string
	RequesterID   string
	AskedAt       time.Time
	DecidedAt     *time.Time
	RestoredAt    *time.Time
	Rating        int
	Verified      *bool
	State         string
	ReasonCode    string
	Remedy        string
	Queue         string
	Assigned      string
	ReviewVersion int
	Quorum        int
	Payload       string
	Digest        []byte
	ErasedAt      *time.Time
	SellerName    string
	RequesterName string
	Title         string
	Body          string
	Verdicts      []approval.NamedVerdict `gorm:"-"`
}
