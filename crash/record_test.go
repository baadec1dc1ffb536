package crash_test

import (
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/models"
)

// record is what the database holds, read at one moment.
type record struct {
	reviews     map[string]models.Review
	proposals   []models.Proposal
	approvals   []models.Approval
	decisions   []models.Decision
	skips       []models.Skip
	entries     map[string]models.LedgerEntry
	leaves      []models.LedgerLeaf
	checkpoints []models.LedgerCheckpoint
	waiting     []string
}

func (d *desk) read(t *testing.T) record {
	t.Helper()
	var r record
	d.reach(t, func(w *apptest.World) {
		check(t, models.Snapshot(t.Context(), w.DB.DB, func(tx *gorm.DB) error {
			var reviews []models.Review
			var entries []models.LedgerEntry
			for _, q := range []*gorm.DB{
				tx.Select("id", "status", "removal_id").Find(&reviews),
				tx.Select("id", "subject_id", "requester_id", "state", "quorum").Find(&r.proposals),
				tx.Select("id", "proposal_id", "approver_id", "verdict").Find(&r.approvals),
				tx.Select("id", "ticket_id", "moderator_id", "action", "proposal_id").Find(&r.decisions),
				tx.Select("id", "ticket_id", "staff_id").Find(&r.skips),
				tx.Select("id", "at", "act", "outcome", "actor_id", "subject_id").Find(&entries),
				tx.Select("idx", "entry_id").Order("idx").Find(&r.leaves),
				tx.Select("size", "at", "note").Order("size").Find(&r.checkpoints),
				tx.Table("ledger_pending").Pluck("entry_id", &r.waiting),
			} {
				if q.Error != nil {
					return q.Error
				}
			}
			r.reviews, r.entries = map[string]models.Review{}, map[string]models.LedgerEntry{}
			for _, x := range reviews {
				r.reviews[x.ID] = x
			}
			for _, x := range entries {
				r.entries[x.ID] = x
			}
			return nil
		}))
	})
	return r
}

// key is what one person can have done at most once.
type key struct{ verb, subject, who string }

// rows are the ids of the rows of each act, which are those of their entries.
func (r *record) rows() map[key][]string {
	out := map[key][]string{}
	for _, a := range r.approvals {
		k := key{a.Verdict, a.ProposalID, a.ApproverID}
		out[k] = append(out[k], a.ID)
	}
	for _, x := range r.decisions {
		k := key{x.Action, x.TicketID, x.ModeratorID}
		out[k] = append(out[k], x.ID)
	}
	for _, x := range r.skips {
		k := key{"skip", x.TicketID, x.StaffID}
		out[k] = append(out[k], x.ID)
	}
	return out
}

// signed tells of each entry when the first checkpoint over it was signed.
func (r *record) signed() map[string]time.Time {
	out, i := map[string]time.Time{}, 0
	for _, l := range r.leaves {
		for i < len(r.checkpoints) && r.checkpoints[i].Size <= l.Idx {
			i++
		}
		if i < len(r.checkpoints) {
			out[l.EntryID] = r.checkpoints[i].At
		}
	}
	return out
}
