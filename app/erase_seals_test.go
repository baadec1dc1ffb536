package app_test

import (
	"bytes"
	"testing"

	"evenhand/app/apptest"
	"evenhand/approval"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// Approvals from before notes were committed to have the note itself under their seal. They hold as they are, and an
// erasure seals them anew without it, except where the seal was none.
func TestErasureOfOlderApprovals(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		e := newErasable(t, db)
		owner := unguarded(t, e.World)
		seal, err := approval.NewSealer(apptest.SealKey)
		must(t, err)
		var all []models.Approval
		must(t, e.DB.Where("verdict = 'approve'").Find(&all).Error)
		disable := "DROP TRIGGER approvals_no_update"
		var trigger string
		if models.IsPostgres(owner) {
			disable = "SELECT 1"
		} else {
			must(t, owner.Raw("SELECT sql FROM sqlite_master WHERE name = 'approvals_no_update'").Scan(&trigger).Error)
		}
		must(t, owner.Exec(disable).Error)
		for _, a := range all {
			a.NoteSalt, a.NoteDigest = []byte{}, []byte{}
			a.Seal, err = seal.Seal(a)
			must(t, err)
			must(t, owner.Model(&models.Approval{}).Where("id = ?", a.ID).
				Updates(map[string]any{"note_salt": a.NoteSalt, "note_digest": a.NoteDigest, "seal": a.Seal}).Error)
		}
		if trigger != "" {
			must(t, owner.Exec(trigger).Error)
		}
		verifyClean(t, e.World)
		e.erase(t)
		verifyClean(t, e.World)
		for _, a := range all {
			var is models.Approval
			must(t, e.DB.Where("id = ?", a.ID).Take(&is).Error)
			if is.Note != "" || len(is.NoteDigest) != 32 || bytes.Equal(is.Seal, a.Seal) || !seal.Valid(is) {
				t.Errorf("%+v", is)
			}
		}
	})
}
