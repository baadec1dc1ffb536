package approval

import (
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Forget blanks what was asked in proposals that have come to an end, and what was noted on them; their digests and
// seals stay. It returns how many proposals and approvals that were. The caller's transaction has brought about the
// erasure that allows it: the database lets nothing else pass.
func (e *Engine) Forget(tx *gorm.DB, marketplace string, proposals []string, at time.Time) (asked, noted int, err error) {
	if len(proposals) == 0 {
		return 0, 0, nil
	}
	res := tx.Model(&models.Proposal{}).Where("marketplace_id = ? AND id IN ? AND erased_at IS NULL", marketplace, proposals).
		Updates(map[string]any{"payload": "", "erased_at": at})
	if res.Error != nil {
		return 0, 0, res.Error
	}
	asked = int(res.RowsAffected)
	old, err := e.sealAnew(tx, marketplace, proposals, at)
	if err != nil {
		return 0, 0, err
	}
	res = tx.Model(&models.Approval{}).Where("marketplace_id = ? AND proposal_id IN ? AND erased_at IS NULL", marketplace, proposals).
		Updates(map[string]any{"note": "", "note_salt": []byte{}, "erased_at": at})
	return asked, old + int(res.RowsAffected), res.Error
}

// sealAnew blanks the notes of approvals from before notes were committed to. Their seals cover the note itself and
// would be broken without it, so those that hold are renewed over a commitment whose salt nobody keeps.
func (e *Engine) sealAnew(tx *gorm.DB, marketplace string, proposals []string, at time.Time) (int, error) {
	var old []models.Approval
	err := tx.Where("marketplace_id = ? AND proposal_id IN ? AND erased_at IS NULL AND length(note_digest) = 0", marketplace, proposals).Find(&old).Error
	if err != nil {
		return 0, err
	}
	for i, a := range old {
		set := map[string]any{"note": "", "note_salt": []byte{}, "erased_at": at}
		if e.seal.Valid(a) {
			if err := e.seal.SealApproval(&a); err != nil {
				return 0, err
			}
			set["note_digest"], set["seal"] = a.NoteDigest, a.Seal
		}
		res := tx.Model(&models.Approval{}).Where("marketplace_id = ? AND id = ?", a.MarketplaceID, a.ID).Updates(set)
		if res.Error != nil {
			return i, res.Error
		}
	}
	return len(old), nil
}
