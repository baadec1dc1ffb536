package ledger

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Filter narrows a list of entries. Zero values don't narrow. From is inclusive, To exclusive.
type Filter struct {
	Marketplace string
	ActorID     string
	Act         string
	Outcome     string
	From, To    time.Time
}

// Listed is an entry with the name of who acted.
type Listed struct {
	models.LedgerEntry
	ActorName string
}

// listed is the query for a marketplace's entries, and those of none, with who acted.
func listed(db *gorm.DB, marketplace string) *gorm.DB {
	return db.Table("ledger_entries e").
		Select("e.*, COALESCE(s.name, e.actor_id) AS actor_name").
		Joins("LEFT JOIN staff s ON e.actor_kind = 'person' AND CAST(s.id AS text) = e.actor_id").
		Where("e.marketplace_id IN ?", []string{marketplace, ""})
}

// Entries lists entries of a marketplace, and those that belong to none, newest first.
func (l *Ledger) Entries(ctx context.Context, f Filter, c *models.Cursor) ([]Listed, models.Around, error) {
	q := listed(l.db.WithContext(ctx), f.Marketplace)
	for column, value := range map[string]string{"e.actor_id": f.ActorID, "e.act": f.Act, "e.outcome": f.Outcome} {
		if value != "" {
			q = q.Where(column+" = ?", value)
		}
	}
	if !f.From.IsZero() {
		q = q.Where("e.at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("e.at < ?", f.To)
	}
	var out []Listed
	if err := models.Page(q, c, "e.at", "e.id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(e Listed) (time.Time, string) { return e.At, e.ID })
	return out, around, nil
}

// Entry is one entry of a marketplace, or of none.
func (l *Ledger) Entry(ctx context.Context, marketplace, id string) (Listed, error) {
	var e Listed
	err := models.Translate(listed(l.db.WithContext(ctx), marketplace).Where("e.id = ?", id).Take(&e).Error)
	if models.IsKind(err, models.NotFound) {
		err = models.E(models.NotFound, "no_entry", "There is no such entry in the record of marketplace %s.", marketplace)
	}
	return e, err
}

// Acts lists the acts that are on record, for a facet.
func (l *Ledger) Acts(ctx context.Context) ([]string, error) {
	var out []string
	err := l.db.WithContext(ctx).Model(&models.LedgerEntry{}).Distinct().Order("act").Limit(200).Pluck("act", &out).Error
	return out, models.Translate(err)
}

// Actors lists who is on record in a marketplace, for a facet.
func (l *Ledger) Actors(ctx context.Context, marketplace string) ([]Listed, error) {
	var out []Listed
	err := l.db.WithContext(ctx).Raw(`SELECT x.actor_id, COALESCE(s.name, x.actor_id) AS actor_name
		FROM (SELECT DISTINCT actor_kind, actor_id FROM ledger_entries WHERE marketplace_id IN (?, '')) x
		LEFT JOIN staff s ON x.actor_kind = 'person' AND CAST(s.id AS text) = x.actor_id ORDER BY actor_name LIMIT 1000`, marketplace).Scan(&out).Error
	return out, models.Translate(err)
}
