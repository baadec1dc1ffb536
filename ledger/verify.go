package ledger

import (
	"context"

	"gorm.io/gorm"

	"evenhand/models"
)

// Trusted is what Verify believes: neither the server nor the database, only this.
type Trusted struct {
	Public     Public
	Checkpoint string // a signed checkpoint that was kept elsewhere, against which the log is held; "" for none
	Rules      []Rule // what the entries must say of each other
}

// Rule is told every entry in the order of the log, and once that it has ended; it returns the first disagreement, ""
// for none. It is used for one verification.
type Rule interface {
	Entry(number int64, e *models.LedgerEntry) string
	End() string
}

// Result of a verification. Disagreement is "" where record and database agree.
type Result struct {
	Entries      int64 // in the log
	Checkpoints  int
	Waiting      int // entries that have no number yet: the sequencer is on its way, or doesn't run
	Checks       int
	Disagreement string
}

// views is how many connections Verify reads on where it can: the walk over the log on one, the entries for it on another,
// checks on the others.
const views = 4

// Verify recomputes the hash of every entry, the tree over them and every checkpoint, and holds the database's state
// against the entries by the checks, all on one snapshot and beside each other. It names the first disagreement: the
// log's, or else that of the first check in their order, whichever was found first. Its error is a failure to read, not
// a finding.
func Verify(ctx context.Context, db *gorm.DB, trusted Trusted, checks []Check) (Result, error) {
	var r Result
	quick, ties := tied(checks)
	var loose []Check
	err := models.Views(ctx, db, views, func(views []*gorm.DB) error {
		var ahead *gorm.DB
		if last := len(views) - 1; last > 0 {
			views, ahead = views[:last], views[last]
		}
		log := Check{Run: func(ctx context.Context, tx *gorm.DB) (string, error) {
			return verifyLog(ctx, tx, ahead, trusted, ties, &r)
		}}
		run := runAll(ctx, views, append([]Check{log}, quick...))
		if run.first > len(checks) {
			r.Checks, loose = len(checks), ties.loose(len(checks))
			return ctx.Err()
		}
		r.Checks = run.first
		if run.first > 0 { // the log is sound, so what differs from it comes first
			loose = ties.loose(run.first - 1)
		}
		var err error
		r.Disagreement, _, err = run.says()
		return err
	})
	if err == nil && len(loose) > 0 {
		err = models.Views(ctx, db, views, func(views []*gorm.DB) error {
			finding, _, err := inOrder(ctx, views, loose)
			if finding != "" {
				r.Disagreement = finding
			}
			return err
		})
	}
	return r, models.Translate(err)
}

// State holds the database's state against the entries, which it takes as they are; it returns the first disagreement
// and how many checks were run.
func State(ctx context.Context, db *gorm.DB, checks []Check) (string, int, error) {
	return inOrder(ctx, []*gorm.DB{db}, checks)
}

// verifyLog holds entries, tree and checkpoints against each other.
func verifyLog(ctx context.Context, tx, ahead *gorm.DB, trusted Trusted, ties *ties, r *Result) (string, error) {
	last, err := lastCheckpoint(tx)
	if err != nil {
		return "", err
	}
	w := walk{public: trusted.Public, rules: trusted.Rules, ties: ties}
	if finding := w.hold(trusted.Checkpoint, last.Size); finding != "" {
		return finding, nil
	}
	ctx, stop := context.WithCancel(ctx)
	pages := pagesOf(ctx, tx, ahead, trusted.Public)
	defer func() { // the reader is done with the transaction before anybody else uses it
		stop()
		for range pages { // until it has closed
		}
	}()
	all := int64(-1)
	for p := range pages {
		if p.err != nil {
			return "", p.err
		}
		all = p.all
		if finding := w.page(p); finding != "" {
			return finding, nil
		}
	}
	r.Entries, r.Checkpoints = w.tree.size, w.checkpoints
	if finding := w.end(last); finding != "" {
		return finding, nil
	}
	return unnumbered(tx, ties, r, all)
}

// unnumbered looks at the entries outside the log: those that wait for their number are sound, and there are no others.
// There are so many entries at all; -1: they have to be counted.
func unnumbered(tx *gorm.DB, ties *ties, r *Result, entries int64) (string, error) {
	var outside, waiting int64
	err := tx.Raw(`SELECT (SELECT count(*) FROM ledger_leaves WHERE idx < 0) + (SELECT count(*) FROM ledger_leaves WHERE idx >= ?),
		(SELECT count(*) FROM ledger_pending)`, r.Entries).Row().Scan(&outside, &waiting)
	if err == nil && entries < 0 {
		err = tx.Raw("SELECT count(*) FROM ledger_entries").Row().Scan(&entries)
	}
	if err != nil {
		return "", err
	}
	r.Waiting = int(waiting)
	if entries != r.Entries+outside+waiting {
		return inserted(tx)
	}
	return Compare(tx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&models.LedgerEntry{}).Joins("JOIN ledger_pending p ON p.entry_id = ledger_entries.id").Select("ledger_entries.*")
	}, func(e models.LedgerEntry) string { return e.ID }, "ledger_entries.id", func(e models.LedgerEntry) (string, error) {
		var s Said
		if finding := sound(&e, LeafHash([]byte(e.Body)), nil, &s); finding != "" {
			return "entry " + e.ID + ", which waits for its number: " + finding, nil
		}
		ties.entry(&s)
		return "", nil
	})
}

// inserted names an entry that is neither in the log nor on its way there, or a place in the queue without an entry.
func inserted(tx *gorm.DB) (string, error) {
	var id []string
	err := tx.Raw(`SELECT e.id FROM ledger_entries e WHERE NOT EXISTS (SELECT 1 FROM ledger_leaves l WHERE l.entry_id = e.id)
		AND NOT EXISTS (SELECT 1 FROM ledger_pending p WHERE p.entry_id = e.id) ORDER BY e.id LIMIT 1`).Scan(&id).Error
	if err != nil {
		return "", err
	}
	if len(id) > 0 {
		return "entry " + id[0] + " was inserted: it has no number in the log and doesn't wait for one", nil
	}
	err = tx.Raw(`SELECT p.entry_id FROM ledger_pending p WHERE NOT EXISTS (SELECT 1 FROM ledger_entries e WHERE e.id = p.entry_id)
		OR EXISTS (SELECT 1 FROM ledger_leaves l WHERE l.entry_id = p.entry_id) ORDER BY p.entry_id LIMIT 1`).Scan(&id).Error
	if err != nil || len(id) == 0 {
		return "the numbers of entries, leaves and waiting entries don't add up", err
	}
	return "entry " + id[0] + " waits for its number, but is missing or has one", nil
}
