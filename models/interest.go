package models

import "gorm.io/gorm"

// HasInterest says whether a person has declared an interest in a seller.
func HasInterest(db *gorm.DB, marketplace, person, seller string) (bool, error) {
	var n int64
	err := db.Model(&Interest{}).
		Where("marketplace_id = ? AND staff_id = ? AND seller_id = ? AND ended_at IS NULL", marketplace, person, seller).Count(&n).Error
	return n > 0, Translate(err)
}
