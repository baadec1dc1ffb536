package app

import (
	"context"

	"evenhand/models"
	"evenhand/rbac"
)

// mostMarkets bounds how many marketplaces one person is shown.
const mostMarkets = 500

// Markets lists the marketplaces in which a person holds a role now.
func (a *App) Markets(ctx context.Context, rights rbac.View, person string) ([]models.Marketplace, error) {
	scopes := rights.Scopes(person)
	if len(scopes) == 0 {
		return nil, nil
	}
	q := a.DB.WithContext(ctx).Order("name, id").Limit(mostMarkets)
	if !scopes[models.AllMarketplaces] {
		ids := make([]string, 0, len(scopes))
		for id := range scopes {
			ids = append(ids, id)
		}
		q = q.Where("id IN ?", ids)
	}
	var out []models.Marketplace
	err := q.Find(&out).Error
	return out, models.Translate(err)
}
