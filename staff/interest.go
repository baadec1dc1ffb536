package staff

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Relations are the ties to a seller that a person declares.
var Relations = []string{"relative", "former_employer", "owner", "other_business"}

// NewInterest is a tie to be declared. Seller is the marketplace's own id of the seller, or its exact name.
type NewInterest struct {
	Marketplace string
	Seller      string
	Relation    string
	Note        string
}

const maxInterestNote = 1000

// DeclareInterest keeps a seller's reviews, and requests about them, away from a person.
func (s *Staff) DeclareInterest(ctx context.Context, actor models.Actor, n NewInterest) (models.Interest, error) {
	n.Note = models.CleanText(n.Note)
	if !slices.Contains(Relations, n.Relation) {
		return models.Interest{}, models.InvalidField("relation", "Choose what ties you to the seller.")
	}
	if utf8.RuneCountInString(n.Note) > maxInterestNote {
		return models.Interest{}, models.InvalidField("note", "At most %d characters.", maxInterestNote)
	}
	var row models.Interest
	entry := &ledger.Entry{Marketplace: n.Marketplace, Act: "interest.declare", SubjectType: "interest"}
	err := s.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := rbac.LockPersonAlone(tx, actor); err != nil {
			return err
		}
		if err := s.rights.Authorize(tx, actor, n.Marketplace, rbac.Object{Kind: "interest"}, "declare"); err != nil {
			return err
		}
		seller, err := findSeller(tx, n.Marketplace, n.Seller)
		if err != nil {
			return err
		}
		held, err := models.HasInterest(tx, n.Marketplace, actor.ID, seller.ID)
		if err != nil {
			return err
		}
		if held {
			return models.E(models.Conflict, "declared_already", "You have declared your interest in %s already.", seller.Name)
		}
		entry.SubjectID = entry.ID
		entry.Set("seller", seller.ID)
		entry.Set("relation", n.Relation)
		row = models.Interest{
			MarketplaceID: n.Marketplace, ID: entry.ID, StaffID: actor.ID, SellerID: seller.ID,
			Relation: n.Relation, Note: n.Note, DeclaredAt: entry.At,
		}
		return tx.Create(&row).Error
	})
	return row, err
}

func findSeller(tx *gorm.DB, marketplace, seller string) (models.Seller, error) {
	seller = strings.TrimSpace(seller)
	var found []models.Seller
	err := tx.Where("marketplace_id = ? AND (external_id = ? OR name = ?)", marketplace, seller, seller).Limit(2).Find(&found).Error
	switch {
	case err != nil:
		return models.Seller{}, err
	case len(found) == 0:
		return models.Seller{}, models.InvalidField("seller", "There is no seller with this id or name here.")
	case len(found) > 1:
		return models.Seller{}, models.InvalidField("seller", "Several sellers have this name; give the seller's id.")
	}
	return found[0], nil
}

// EndInterest takes a declaration back, by the person who made it.
func (s *Staff) EndInterest(ctx context.Context, actor models.Actor, marketplace, id string) error {
	entry := &ledger.Entry{Marketplace: marketplace, Act: "interest.end", SubjectType: "interest", SubjectID: id}
	return s.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		if err := s.rights.Authorize(tx, actor, marketplace, rbac.Object{Kind: "interest"}, "declare"); err != nil {
			return err
		}
		res := tx.Model(&models.Interest{}).
			Where("marketplace_id = ? AND id = ? AND staff_id = ? AND ended_at IS NULL", marketplace, id, actor.ID).
			Updates(map[string]any{"ended_at": entry.At})
		if res.Error == nil && res.RowsAffected == 0 {
			return models.E(models.NotFound, "no_interest", "You have no such interest on record, or it has ended.")
		}
		return res.Error
	})
}

// DeclaredInterest is an interest with its seller, as a person sees their own.
type DeclaredInterest struct {
	ID         string
	SellerName string
	SellerID   string
	Relation   string
	Note       string
	DeclaredAt time.Time
	EndedAt    *time.Time
}

// Interests lists a person's declarations in a marketplace, newest first, at most 200.
func (s *Staff) Interests(ctx context.Context, marketplace, person string) ([]DeclaredInterest, error) {
	var out []DeclaredInterest
	err := s.db.WithContext(ctx).Raw(`SELECT i.id, i.relation, i.note, i.declared_at, i.ended_at, s.name AS seller_name, s.external_id AS seller_id
		FROM interests i JOIN sellers s ON s.marketplace_id = i.marketplace_id AND s.id = i.seller_id
		WHERE i.marketplace_id = ? AND i.staff_id = ? ORDER BY i.id DESC LIMIT 200`, marketplace, person).Scan(&out).Error
	return out, models.Translate(err)
}
