package crash_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"
)

// row is what a series of runs came to.
type row struct {
	name                                string
	runs, told, found, others, findings int
	unsure, unsureDone                  int           // acts without an answer, and those of them that had been done
	unknown, unknownDone                int           // acts answered that nobody knows, and the same
	away                                int           // acts answered that the database is away and nothing was changed
	both                                int           // times that the program was killed with its database
	starting                            int           // kills before the server was ready
	waiting                             int           // most entries that had no checkpoint at a kill
	restart                             time.Duration // the longest until the server, or the database, answered again
	caughtUp                            time.Duration // the longest from then on until every entry was under a checkpoint
	signed                              time.Duration // the longest that an entry waited for its checkpoint
}

// count adds the acts of a run to the row.
func (w *row) count(r record, acts []act) {
	rows := r.rows()
	for _, a := range acts {
		there := len(rows[a.key()])
		switch {
		case a.told == done && a.verb == "approve":
			w.told++
			w.found += there
		case a.told == done:
			w.others++
		case a.told == unsure:
			w.unsure++
			w.unsureDone += there
		case a.told == unavailable:
			w.away++
		case a.told == unknown:
			w.unknown++
			w.unknownDone += there
		}
	}
}

// lag looks how long entries since a moment waited, and how many of them waited at the crash.
func (w *row) lag(r record, since, crash time.Time) {
	waiting := 0
	for id, at := range r.signed() {
		entry := r.entries[id]
		if entry.At.Before(since) {
			continue
		}
		w.signed = max(w.signed, at.Sub(entry.At))
		if entry.At.Before(crash) && !at.Before(crash) {
			waiting++
		}
	}
	w.waiting = max(w.waiting, waiting)
}

// table is the report.
type table struct {
	mu   sync.Mutex
	rows []*row
}

func (t *table) add(r *row) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if r.runs == 0 { // skipped
		return
	}
	t.rows = append(t.rows, r)
	slices.SortFunc(t.rows, func(a, b *row) int { return strings.Compare(a.name, b.name) })
}

func (t *table) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(what string, cell func(r *row) any) {
		fmt.Fprint(w, what, "\t")
		for _, r := range t.rows {
			fmt.Fprint(w, cell(r), "\t")
		}
		fmt.Fprintln(w)
	}
	of := func(a, b int) string { return fmt.Sprintf("%d of %d", a, b) }
	ms := func(d time.Duration) string { return fmt.Sprintf("%d ms", d.Milliseconds()) }
	line("", func(r *row) any { return r.name })
	line("runs", func(r *row) any { return r.runs })
	line("approvals told", func(r *row) any { return r.told })
	line("of these found", func(r *row) any { return r.found })
	line("other acts told and found", func(r *row) any { return r.others })
	line("done, of those without an answer", func(r *row) any { return of(r.unsureDone, r.unsure) })
	line("done, of those told: may be done", func(r *row) any { return of(r.unknownDone, r.unknown) })
	line("told: database away, not done", func(r *row) any { return r.away })
	line("killed with its database", func(r *row) any { return r.both })
	line("killed while starting", func(r *row) any { return r.starting })
	line("most entries unsigned at a crash", func(r *row) any { return r.waiting })
	line("longest restart", func(r *row) any { return ms(r.restart) })
	line("longest until all was signed", func(r *row) any { return ms(r.caughtUp) })
	line("longest that an entry waited", func(r *row) any { return ms(r.signed) })
	line("findings", func(r *row) any { return r.findings })
	w.Flush() //nolint:errcheck // into memory
	return b.String()
}
