package ledger

import "evenhand/models"

// NewRow makes the row of an entry without writing it, for tests that write many at once.
func NewRow(actor models.Actor, e *Entry) (models.LedgerEntry, error) {
	row := models.LedgerEntry{
		ID: e.ID, MarketplaceID: e.Marketplace, At: e.At, ActorKind: actor.Kind, ActorID: actor.ID,
		Act: e.Act, SubjectType: e.SubjectType, SubjectID: e.SubjectID, Outcome: models.OutcomeDone,
	}
	b, err := body(row, e.Data)
	row.Body, row.Hash = string(b), LeafHash(b)
	return row, err
}
