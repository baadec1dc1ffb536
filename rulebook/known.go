package rulebook

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/routing"
)

// mostCategories bounds how many categories of products are looked at.
const mostCategories = 5000

// known is what rules may name here.
func (b *Book) known(db *gorm.DB, marketplace string) (routing.Known, error) {
	var k routing.Known
	var categories []string
	err := db.Model(&models.Product{}).Distinct("category").Where("marketplace_id = ?", marketplace).Order("category").Limit(mostCategories).Pluck("category", &categories).Error
	if err != nil {
		return k, models.Translate(err)
	}
	for _, c := range categories {
		k.Categories = append(k.Categories, routing.QueueOf(c))
	}
	slices.Sort(k.Categories)
	k.Categories = slices.Compact(k.Categories)
	rights, err := b.rights.View(db)
	if err != nil {
		return k, err
	}
	k.Skills, err = rights.Skills(db, marketplace, rights.People(marketplace))
	return k, models.Translate(err)
}

// Known is what rules may name here, for who edits them.
func (b *Book) Known(ctx context.Context, marketplace string) (routing.Known, error) {
	return b.known(b.db.WithContext(ctx), marketplace)
}
