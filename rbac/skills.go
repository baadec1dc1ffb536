package rbac

import (
	"gorm.io/gorm"

	"evenhand/models"
)

// Skills lists what the moderators among these people can do, each skill once.
func (v View) Skills(tx *gorm.DB, marketplace string, people []string) ([]string, error) {
	var grants []string
	for _, p := range people {
		grants = append(grants, v.GrantIDs(p, marketplace, models.RoleModerator)...)
	}
	if len(grants) == 0 {
		return nil, nil
	}
	var out []string
	err := tx.Model(&models.GrantSkill{}).Distinct("skill").Where("grant_id IN ?", grants).Order("skill").Pluck("skill", &out).Error
	return out, err
}
