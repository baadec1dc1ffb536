package crash_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"evenhand/models"
)

// entryOf is the act that an entry calls what a client did.
var entryOf = map[string]string{
	"approve": "removal.approve", "decline": "removal.decline", "remove": "removal.request", "keep": "ticket.keep", "skip": "ticket.skip",
}

// check asks all questions of the database as it is now.
func (e *experiment) check(t *testing.T) record {
	t.Helper()
	r := e.desk.read(t)
	for begin := time.Now(); len(r.waiting) > 0 && time.Since(begin) < 30*time.Second; { // the server acts by itself too
		r = e.desk.read(t)
	}
	for _, findings := range [][]string{r.tellsAll(e.desk.acts), r.nothingHalfDone(), r.logWhole(), r.continues(e.desk.kept)} {
		for _, f := range findings {
			e.finding(t, "%s", f)
		}
	}
	return r
}

func (e *experiment) finding(t *testing.T, format string, args ...any) {
	t.Helper()
	e.row.findings++
	t.Errorf(format, args...)
}

// tellsAll holds what clients were told against what is there.
func (r *record) tellsAll(acts []act) []string {
	var out []string
	rows, signed := r.rows(), r.signed()
	maybe := map[key]bool{} // some attempt at it may have been done
	for _, a := range acts {
		maybe[a.key()] = maybe[a.key()] || !a.nothing()
	}
	for _, a := range acts {
		ids := rows[a.key()]
		switch {
		case a.told == strange:
			out = append(out, fmt.Sprintf("%s was answered %d %s %s", a.path, a.answer.status, a.answer.location, a.answer.body))
		case a.told == done && len(ids) != 1, len(ids) > 1:
			out = append(out, fmt.Sprintf("%s by %s was answered %d and is there %d times", a.path, a.who.Name, a.answer.status, len(ids)))
		case !maybe[a.key()] && len(ids) > 0:
			out = append(out, fmt.Sprintf("%s by %s was answered %d, that nothing was changed, and is there", a.path, a.who.Name, a.answer.status))
		}
		for _, id := range ids {
			entry, ok := r.entries[id]
			if !ok || entry.Act != entryOf[a.verb] || entry.Outcome != models.OutcomeDone || entry.ActorID != a.who.ID {
				out = append(out, fmt.Sprintf("%s: the entry is %+v", a.path, entry))
			}
			if signed[id].IsZero() {
				out = append(out, fmt.Sprintf("%s: no checkpoint includes its entry", a.path))
			}
		}
	}
	return out
}

func (a *act) key() key { return key{a.verb, a.subject, a.who.ID} }

// nothingHalfDone holds requests, verdicts, reviews and entries against each other, both ways.
func (r *record) nothingHalfDone() []string {
	var out []string
	approved, declined, seen := map[string]int{}, map[string]int{}, map[[2]string]bool{}
	for _, a := range r.approvals {
		if a.Verdict == models.VerdictApprove {
			approved[a.ProposalID]++
		} else {
			declined[a.ProposalID]++
		}
		if k := [2]string{a.ProposalID, a.ApproverID}; seen[k] {
			out = append(out, fmt.Sprintf("%s has decided twice on %s", a.ApproverID, a.ProposalID))
		} else {
			seen[k] = true
		}
	}
	effective := map[string]string{} // by review
	for _, p := range r.proposals {
		review := r.reviews[p.SubjectID]
		removed := review.Status == models.ReviewRemoved && review.RemovalID != nil && *review.RemovalID == p.ID
		want := map[string]bool{
			models.ProposalOpen:      approved[p.ID] < p.Quorum && declined[p.ID] == 0 && !removed,
			models.ProposalEffective: approved[p.ID] == p.Quorum && declined[p.ID] == 0 && removed,
			models.ProposalDeclined:  approved[p.ID] < p.Quorum && declined[p.ID] == 1 && !removed,
		}
		if !want[p.State] {
			out = append(out, fmt.Sprintf("request %s is %s with %d approvals of %d and %d declines; its review is %s", p.ID, p.State, approved[p.ID], p.Quorum, declined[p.ID], review.Status))
		}
		if p.State == models.ProposalEffective {
			effective[p.SubjectID] = p.ID
		}
	}
	for id, review := range r.reviews {
		if (review.Status == models.ReviewRemoved) != (effective[id] != "") {
			out = append(out, fmt.Sprintf("review %s is %s, and its request is %q", id, review.Status, effective[id]))
		}
	}
	return append(out, r.unexplained()...)
}

// unexplained finds entries of acts that left no row; tellsAll and verify find the others.
func (r *record) unexplained() []string {
	var out []string
	row := map[string]bool{}
	for _, ids := range r.rows() {
		for _, id := range ids {
			row[id] = true
		}
	}
	for id, entry := range r.entries {
		for _, name := range entryOf {
			if entry.Act == name && entry.Outcome == models.OutcomeDone && !row[id] {
				out = append(out, fmt.Sprintf("entry %s (%s) has no row", id, name))
			}
		}
	}
	return out
}

// logWhole: every entry has one number, none is left out, and the last checkpoint is over all of them.
func (r *record) logWhole() []string {
	var out []string
	for i, l := range r.leaves {
		if l.Idx != int64(i) {
			return append(out, fmt.Sprintf("number %d of the log is missing", i))
		}
	}
	if n := len(r.checkpoints); n == 0 || r.checkpoints[n-1].Size != int64(len(r.entries)) || len(r.leaves) != len(r.entries) || len(r.waiting) > 0 {
		out = append(out, fmt.Sprintf("%d entries, %d numbers, %d checkpoints, waiting: %v", len(r.entries), len(r.leaves), n, r.waiting))
	}
	return out
}

// continues: every checkpoint that anybody kept is one of the log's, to the letter.
func (r *record) continues(kept []string) []string {
	var out []string
	known := map[string]bool{}
	for _, c := range r.checkpoints {
		known[c.Note] = true
	}
	for _, note := range kept {
		if !known[note] {
			out = append(out, fmt.Sprintf("a checkpoint that was served isn't in the log:\n%s", note))
		}
	}
	return out
}

// verify runs the command over the whole database, against the newest checkpoint that the auditor kept.
func (e *experiment) verify(t *testing.T) {
	t.Helper()
	args := []string{"verify"}
	if n := len(e.desk.kept); n > 0 {
		file := filepath.Join(t.TempDir(), "checkpoint")
		check(t, os.WriteFile(file, []byte(e.desk.kept[n-1]), 0o600))
		args = append(args, "--checkpoint", file)
	}
	if out, err := command(t, e.desk.url(), args...).CombinedOutput(); err != nil {
		e.finding(t, "evenhand %v: %v\n%s", args, err, out)
	}
}
