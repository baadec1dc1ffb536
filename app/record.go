package app

import (
	"context"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Record lists entries of the ledger to those who may read it; a refused look is itself on record.
func (a *App) Record(ctx context.Context, actor models.Actor, f ledger.Filter, c *models.Cursor) ([]ledger.Listed, models.Around, error) {
	entry := &ledger.Entry{Marketplace: f.Marketplace, Act: "record.read", SubjectType: "marketplace", SubjectID: f.Marketplace}
	err := a.Rights.Authorize(a.DB.WithContext(ctx), actor, f.Marketplace, rbac.Object{Kind: "record"}, "read")
	if err := a.Ledger.OnRecord(ctx, actor, entry, err); err != nil {
		return nil, models.Around{}, err
	}
	return a.Ledger.Entries(ctx, f, c)
}

// Entry is one entry of a marketplace's record, or of none's, to those who may read it.
func (a *App) Entry(ctx context.Context, actor models.Actor, marketplace, id string) (ledger.Listed, error) {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "record.read", SubjectType: "entry", SubjectID: id}
	err := a.Rights.Authorize(a.DB.WithContext(ctx), actor, marketplace, rbac.Object{Kind: "record"}, "read")
	if err := a.Ledger.OnRecord(ctx, actor, entry, err); err != nil {
		return ledger.Listed{}, err
	}
	return a.Ledger.Entry(ctx, marketplace, id)
}
