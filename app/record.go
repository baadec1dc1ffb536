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
