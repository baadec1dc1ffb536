package app_test

import (
	"testing"

	"evenhand/models/dbtest"
)

// What the database's owner changes about a set is named.
func TestVerifyNamesWhatTheOwnerDidToSets(t *testing.T) {
	t.Parallel()
	tampering := map[string][]string{
		"a smaller set":            {"UPDATE proposals SET set_size = 3 WHERE id = @lead"},
		"one taken out":            {"UPDATE proposals SET lead_id = NULL, set_place = NULL WHERE id = @member"},
		"one taken out altogether": {"DELETE FROM approvals WHERE proposal_id = @member", "DELETE FROM proposals WHERE id = @member"},
		"places exchanged":         {"UPDATE proposals SET set_place = 9 WHERE id = @member", "UPDATE proposals SET set_place = 1 WHERE lead_id = @lead AND set_place = 2", "UPDATE proposals SET set_place = 2 WHERE id = @member"},
		"a verdict taken away":     {"DELETE FROM approvals WHERE proposal_id = @member AND approver_id = @judge"},
		"the lead's verdict gone":  {"DELETE FROM approvals WHERE proposal_id = @lead AND approver_id = @judge"},
		"one not removed":          {"UPDATE proposals SET state = 'void' WHERE id = @member"},
		"fewer people":             {"UPDATE proposals SET quorum = 1 WHERE lead_id = @lead"},
	}
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newSet(t, db, 3)
		lead := s.ask(t)
		must(t, s.Approve(t.Context(), s.judges[0], lead))
		must(t, s.Approve(t.Context(), s.judges[1], lead))
		verifyClean(t, s.World)
		h := &history{scene: &scene{World: s.World, review: s.first, asker: s.moor, approver: s.judges[0], p: lead}}
		owner := unguarded(t, s.World)
		for name, statements := range tampering {
			f := h.tamper(t, owner, map[string]any{"lead": lead.ID, "member": s.members(t, lead)[0].ID, "judge": s.judges[0].ID}, statements...)
			if f.all == "" || f.state == "" {
				t.Errorf("%s: %q, by the state alone %q", name, f.all, f.state)
			}
		}
	})
}
