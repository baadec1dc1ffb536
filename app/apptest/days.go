package apptest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// dayTables are what a day's work writes to. What it finds there, people, sellers and settings, stays as it is.
var dayTables = []string{
	"reviews", "review_versions", "flags", "tickets", "ticket_routes", "draws", "skips", "shifts", "decisions", "second_looks", "proposals", "removal_requests", "approver_draws",
	"evidence_openings", "proposal_messages", "approvals", "statements", "removal_facts", "restorations",
}

// PerCheckpoint is how many entries are numbered under one checkpoint of a repeated day, as under full load.
const PerCheckpoint = 250

// RepeatDays makes a long history of a day's work that the product has done since a moment: on each of the following
// days the same happens again, under ids, digests, seals and hashes of its own, and is numbered. It is written in bulk
// and without guards, byte by byte as the product would have written it, so that verify finds nothing; only who was drawn
// isn't what each day's seed gives.
func (w *World) RepeatDays(t testing.TB, since time.Time, days int) {
	t.Helper()
	owner := w.DB.Owner(t)
	w.Clock.Wind(models.Now().Sub(w.Now())) // the day's work was done by the clock on the wall
	check(t, w.Sequencer.Drain(t.Context()))
	check(t, owner.Connection(func(tx *gorm.DB) error {
		tx = tx.Session(&gorm.Session{NewDB: true})
		guards, err := disarm(tx)
		if err != nil {
			return err
		}
		if !models.IsPostgres(tx) {
			guards = append(guards, "PRAGMA foreign_keys = 1")
			if err := tx.Exec("PRAGMA foreign_keys = 0").Error; err != nil {
				return err
			}
		}
		day := &day{since: since, fixed: map[string]string{}, digests: map[string][]byte{}}
		if err := day.read(tx); err != nil {
			return err
		}
		for n := range days {
			w.Clock.Wind(24 * time.Hour)
			if err := w.repeat(t, tx, day.after(n+1)); err != nil {
				return fmt.Errorf("day %d: %w", n+1, err)
			}
			if n&(n-1) == 0 { // which a server does by itself, in time
				check(t, tx.Exec("ANALYZE").Error)
			}
		}
		for _, s := range guards {
			if err := tx.Exec(s).Error; err != nil {
				return err
			}
		}
		return nil
	}))
	if models.IsPostgres(owner) {
		check(t, owner.Exec("VACUUM ANALYZE").Error)
	}
}

// repeat writes one more day.
func (w *World) repeat(t testing.TB, tx *gorm.DB, d *day) error {
	check(t, w.Desk.Seeded(t.Context(), Market))
	var seed string
	if err := tx.Raw("SELECT id FROM draw_seeds WHERE marketplace_id = ? AND period = ?", Market, d.period(d.seededOn)).Scan(&seed).Error; err != nil {
		return err
	}
	d.fixed[d.seedID] = seed
	if err := d.redigest(); err != nil {
		return err
	}
	entries, err := d.entries()
	if err != nil {
		return err
	}
	for _, name := range dayTables {
		if err := fill(tx, d.shifted(d.tables[name])); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for chunk := range slices.Chunk(entries, PerCheckpoint) {
		rows := []*table{entryTable(chunk)}
		if models.IsPostgres(tx) { // SQLite's trigger queues them
			rows = append(rows, pendingTable(chunk))
		}
		if err := fill(tx, rows...); err != nil {
			return err
		}
		if err := w.Sequencer.Drain(t.Context()); err != nil {
			return err
		}
	}
	return nil
}

// day is what was written on one day, and how it is to be written on another.
type day struct {
	since    time.Time
	seededOn string // the day whose seed it drew by, and the entry that committed to that
	seedID   string
	tables   map[string]*table
	record   []models.LedgerEntry

	reviews    []models.Review
	proposals  []models.Proposal
	approvals  []models.Approval
	statements []models.Statement
	draws      []models.Draw

	by      time.Duration
	n       int
	fixed   map[string]string // ids that become a certain other
	digests map[string][]byte // what digests, seals and hashes of links become, by their hexadecimal digits
}

func (d *day) read(tx *gorm.DB) error {
	least := d.first()
	var seeds []models.DrawSeed
	if err := tx.Where("marketplace_id = ?", Market).Order("period DESC").Limit(1).Find(&seeds).Error; err != nil || len(seeds) == 0 {
		return fmt.Errorf("no day's seed: %w", err)
	}
	d.seededOn, d.seedID, d.tables = seeds[0].Period, seeds[0].ID, map[string]*table{}
	for _, name := range dayTables {
		id := map[string]string{"review_versions": "review_id", "removal_requests": "proposal_id", "removal_facts": "proposal_id", "ticket_routes": "ticket_id"}[name]
		t, err := readTable(tx, name, cmp.Or(id, "id"), least)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		d.tables[name] = t
	}
	for _, into := range []any{&d.reviews, &d.proposals, &d.approvals, &d.statements, &d.draws} {
		if err := tx.Where("id >= ?", least).Order("id").Find(into).Error; err != nil {
			return err
		}
	}
	return tx.Where("id >= ? AND act <> 'draws.commit'", least).Order("id").Find(&d.record).Error
}

// first is the least id that was made since.
func (d *day) first() string {
	var id uuid.UUID
	milli := d.since.UnixMilli()
	for i := range 6 {
		id[i] = byte(milli >> (40 - 8*i)) //nolint:gosec // its lowest byte
	}
	return id.String()
}

// after is the n-th day after this one.
func (d *day) after(n int) *day {
	d.n, d.by = n, time.Duration(n)*24*time.Hour
	clear(d.fixed)
	clear(d.digests)
	return d
}

// root is what an import's entry says of the reviews that came in with it.
func root(digests [][]byte) []byte {
	h := sha256.New()
	for _, d := range digests {
		h.Write(d)
	}
	return h.Sum(nil)
}

func (d *day) becomes(old, now []byte) { d.digests[hex.EncodeToString(old)] = now }

// entries are the day's, saying of it what they said of the first.
func (d *day) entries() ([]models.LedgerEntry, error) {
	out := make([]models.LedgerEntry, len(d.record))
	for i, e := range d.record {
		b, err := ledger.ParseBody(e.Body)
		if err != nil {
			return nil, err
		}
		b.ID, b.Subject.ID = d.text(b.ID), d.text(b.Subject.ID)
		e.ID, e.SubjectID, e.At = b.ID, b.Subject.ID, e.At.UTC().Add(d.by)
		b.At = e.At.Format("2006-01-02T15:04:05.000000Z")
		b.Data = d.data(b.Data).(map[string]any)
		body, err := ledger.Canonical(b)
		if err != nil {
			return nil, err
		}
		e.Body, e.Hash = string(body), ledger.LeafHash(body)
		out[i] = e
	}
	return out, nil
}
