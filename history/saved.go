package history

import (
	"context"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// The bounds of saved filters: for one person in a marketplace, and of a name in characters.
const (
	mostSaved = 50
	mostName  = 80
	mostQuery = 8000
	// mostShown bounds how many a page lists.
	mostShown = 200
)

// Saved is a filter that somebody keeps. Those shared are everybody's to use who may read histories, and their owner's
// to rename and delete.
type Saved struct {
	MarketplaceID string
	ID            string
	OwnerID       string
	Name          string
	Query         string // as Filter.Values encodes it
	Shared        bool
	CreatedAt     time.Time
	OwnerName     string `gorm:"->"`
}

// TableName says where they are.
func (Saved) TableName() string { return "saved_filters" }

// SavedFilters lists a person's own filters and those that others share, by name.
func (h *Reader) SavedFilters(ctx context.Context, actor models.Actor, marketplace string) ([]Saved, error) {
	if err := h.mayRead(ctx, actor, marketplace, "history", "save", "marketplace", marketplace); err != nil {
		return nil, err
	}
	var out []Saved
	err := h.db.WithContext(ctx).Table("saved_filters x").Select("x.*, s.name AS owner_name").Joins("JOIN staff s ON s.id = x.owner_id").
		Where("x.marketplace_id = ? AND (x.owner_id = ? OR x.shared)", marketplace, actor.ID).
		Order(gorm.Expr("CASE WHEN x.owner_id = ? THEN 0 ELSE 1 END, x.name, x.id", actor.ID)).Limit(mostShown).Find(&out).Error
	return out, models.Translate(err)
}

// Save keeps a filter under a name. The entry has its id and a digest of it, and not the name.
func (h *Reader) Save(ctx context.Context, actor models.Actor, f Filter, name string, shared bool) (Saved, error) {
	entry := &ledger.Entry{Marketplace: f.Marketplace, Act: "filter.save", SubjectType: "filter"}
	var s Saved
	err := h.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := h.maySave(tx, actor, f.Marketplace); err != nil {
			return err
		}
		name, err := named(name)
		if err != nil {
			return err
		}
		var n int64
		if err := tx.Table("saved_filters").Where("marketplace_id = ? AND owner_id = ?", f.Marketplace, actor.ID).Count(&n).Error; err != nil {
			return err
		}
		if n >= mostSaved {
			return models.InvalidField("name", "You keep %d filters already; delete one first.", mostSaved)
		}
		s = Saved{MarketplaceID: f.Marketplace, ID: entry.ID, OwnerID: actor.ID, Name: name, Query: f.Values().Encode(), Shared: shared, CreatedAt: entry.At}
		if len(s.Query) > mostQuery {
			return models.InvalidField("name", "This filter is too long to keep.")
		}
		entry.SubjectID = entry.ID
		entry.Set("filter", f.Digest())
		entry.Set("shared", shared)
		return tx.Create(&s).Error
	})
	return s, err
}

// Rename gives one's own filter another name.
func (h *Reader) Rename(ctx context.Context, actor models.Actor, marketplace, id, name string) error {
	return h.change(ctx, actor, marketplace, id, "filter.rename", func(tx *gorm.DB) *gorm.DB {
		name, err := named(name)
		if err != nil {
			_ = tx.AddError(err)
			return tx
		}
		return tx.Updates(map[string]any{"name": name})
	})
}

// Delete forgets one's own filter; its entries stay.
func (h *Reader) Delete(ctx context.Context, actor models.Actor, marketplace, id string) error {
	return h.change(ctx, actor, marketplace, id, "filter.delete", func(tx *gorm.DB) *gorm.DB { return tx.Delete(&Saved{}) })
}

func (h *Reader) change(ctx context.Context, actor models.Actor, marketplace, id, act string, how func(tx *gorm.DB) *gorm.DB) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: act, SubjectType: "filter", SubjectID: id}
	return h.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := h.maySave(tx, actor, marketplace); err != nil {
			return err
		}
		res := how(tx.Model(&Saved{}).Where("marketplace_id = ? AND id = ? AND owner_id = ?", marketplace, id, actor.ID))
		if res.Error == nil && res.RowsAffected == 0 {
			return models.E(models.NotFound, "no_filter", "You keep no such filter; somebody else's is theirs to change.")
		}
		return res.Error
	})
}

// maySave holds the person still, so that two windows don't pass the bound together.
func (h *Reader) maySave(tx *gorm.DB, actor models.Actor, marketplace string) error {
	if err := rbac.LockPersonAlone(tx, actor); err != nil {
		return err
	}
	return h.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "history"}, "save")
}

func named(name string) (string, error) {
	name = models.CleanText(name)
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		return "", models.InvalidField("name", "Give it a name.")
	case n > mostName || !utf8.ValidString(name):
		return "", models.InvalidField("name", "A name has at most %d characters.", mostName)
	}
	for _, r := range name {
		if r < ' ' {
			return "", models.InvalidField("name", "A name is one line.")
		}
	}
	return name, nil
}
