package staff

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// NewGrant is a role to be given. Marketplace "*" is all of them; no queues means all queues.
type NewGrant struct {
	Email       string
	Role        string
	Marketplace string
	Queues      []string
	Skills      []string   // what a moderator can do: language:de, legal, images
	From        time.Time  // zero: now
	To          *time.Time // nil: until revoked
}

var (
	slug  = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,59}$`)
	skill = regexp.MustCompile(`^[a-z0-9][a-z0-9:_-]{0,59}$`)
)

func (g NewGrant) check(db *gorm.DB) error {
	if !slices.Contains(models.Roles, g.Role) {
		return models.InvalidField("role", "There is no role %q; there are: %s.", g.Role, strings.Join(models.Roles, ", "))
	}
	if g.Marketplace != models.AllMarketplaces {
		var n int64
		if err := db.Model(&models.Marketplace{}).Where("id = ?", g.Marketplace).Count(&n).Error; err != nil {
			return models.Translate(err)
		}
		if n == 0 {
			return models.InvalidField("marketplace", "There is no marketplace %q; an import makes one, and * stands for all.", g.Marketplace)
		}
	}
	if len(g.Queues) > 0 && g.Role != models.RoleModerator {
		return models.InvalidField("queues", "Only a moderator's grant can be limited to queues.")
	}
	for _, q := range g.Queues {
		if !slug.MatchString(q) {
			return models.InvalidField("queues", "%q isn't a queue's name.", q)
		}
	}
	if len(g.Skills) > 0 && g.Role != models.RoleModerator {
		return models.InvalidField("skills", "Only a moderator's grant has skills.")
	}
	for _, x := range g.Skills {
		if !skill.MatchString(x) {
			return models.InvalidField("skills", "%q isn't a skill's name: lower-case letters, digits, :, _ and -.", x)
		}
	}
	return nil
}

// Moderating says whether a role works on cases, which nobody may who watches or administers.
func Moderating(role string) bool {
	return role == models.RoleModerator || role == models.RoleSupervisor
}

// Grant gives a person a role.
func (s *Staff) Grant(ctx context.Context, actor models.Actor, g NewGrant) (models.RoleGrant, error) {
	if err := g.check(s.db.WithContext(ctx)); err != nil {
		return models.RoleGrant{}, err
	}
	var row models.RoleGrant
	entry := &ledger.Entry{Act: "grant.add", SubjectType: "grant"}
	if g.Marketplace != models.AllMarketplaces {
		entry.Marketplace = g.Marketplace
	}
	err := s.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		person, err := ByEmail(models.ForUpdate(tx), g.Email)
		if err != nil {
			return err
		}
		if g.From.IsZero() {
			g.From = entry.At
		}
		entry.SubjectID = entry.ID
		entry.Set("staff", person.ID)
		entry.Set("role", g.Role)
		row = models.RoleGrant{
			ID: entry.ID, StaffID: person.ID, Role: g.Role, MarketplaceID: g.Marketplace,
			ValidFrom: models.At(g.From), GrantedBy: actor.ID, CreatedAt: entry.At,
		}
		if g.To != nil {
			to := models.At(*g.To)
			row.ValidTo = &to
		}
		return s.insertGrant(tx, person, row, g, entry)
	})
	return row, err
}

func (s *Staff) insertGrant(tx *gorm.DB, person models.Staff, row models.RoleGrant, g NewGrant, entry *ledger.Entry) error {
	if person.DisabledAt != nil {
		return models.E(models.Conflict, "disabled", "%s is disabled.", person.Email)
	}
	if row.ValidTo != nil && !row.ValidTo.After(row.ValidFrom) {
		return models.InvalidField("to", "The grant would end before it begins.")
	}
	if err := separate(tx, row); err != nil {
		return err
	}
	var err error
	if row.Seal, err = rbac.SealGrant(s.key, row); err != nil {
		return err
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	entry.Set("scope", row.MarketplaceID)
	entry.Set("from", row.ValidFrom.UnixMicro())
	if row.ValidTo != nil {
		entry.Set("to", row.ValidTo.UnixMicro())
	}
	return limit(tx, row, g, entry)
}

// limit writes the queues that a grant is limited to, and the skills that it comes with.
func limit(tx *gorm.DB, row models.RoleGrant, g NewGrant, entry *ledger.Entry) error {
	queues, skills := sorted(g.Queues), sorted(g.Skills)
	for _, q := range queues {
		if err := tx.Create(&models.GrantQueue{GrantID: row.ID, Queue: q}).Error; err != nil {
			return err
		}
	}
	for _, x := range skills {
		if err := tx.Create(&models.GrantSkill{GrantID: row.ID, Skill: x}).Error; err != nil {
			return err
		}
	}
	entry.Set("queues", queues)
	if len(skills) > 0 {
		entry.Set("skills", skills)
	}
	return nil
}

// sorted is a list in order, each once.
func sorted(list []string) []string {
	out := append([]string{}, list...)
	slices.Sort(out)
	return slices.Compact(out)
}

// separate refuses a role that excludes one which the person holds while it would be valid. The database holds the
// same rule.
func separate(tx *gorm.DB, row models.RoleGrant) error {
	var held []models.RoleGrant
	if err := tx.Where("staff_id = ? AND revoked_at IS NULL", row.StaffID).Find(&held).Error; err != nil {
		return err
	}
	for _, h := range held {
		overlap := (h.ValidTo == nil || h.ValidTo.After(row.ValidFrom)) && (row.ValidTo == nil || row.ValidTo.After(h.ValidFrom))
		if overlap && Moderating(h.Role) != Moderating(row.Role) {
			return models.E(models.Forbidden, "roles_exclude", "This person is %s, and whoever watches or administers the desk doesn't work at it: %s is refused.", h.Role, row.Role)
		}
	}
	return nil
}

// Revoke ends every grant of a role that a person holds in a marketplace, from now on.
func (s *Staff) Revoke(ctx context.Context, actor models.Actor, email, role, marketplace string) (int, error) {
	person, err := ByEmail(s.db.WithContext(ctx), email)
	if err != nil {
		return 0, err
	}
	var held []models.RoleGrant
	err = s.db.WithContext(ctx).Where("staff_id = ? AND role = ? AND marketplace_id = ? AND revoked_at IS NULL", person.ID, role, marketplace).
		Find(&held).Error
	if err != nil {
		return 0, models.Translate(err)
	}
	if len(held) == 0 {
		return 0, models.E(models.NotFound, "no_grant", "%s doesn't hold the role %s in %s.", email, role, marketplace)
	}
	for _, g := range held {
		if err := s.revoke(ctx, actor, g); err != nil {
			return 0, err
		}
	}
	return len(held), nil
}

func (s *Staff) revoke(ctx context.Context, actor models.Actor, g models.RoleGrant) error {
	entry := &ledger.Entry{Act: "grant.revoke", SubjectType: "grant", SubjectID: g.ID}
	if g.MarketplaceID != models.AllMarketplaces {
		entry.Marketplace = g.MarketplaceID
	}
	return s.ledger.Act(ctx, actor, entry, func(tx *gorm.DB) error {
		var person models.Staff // who decides just now finishes first, or sees the grant gone
		if err := models.ForUpdate(tx).Select("id").Where("id = ?", g.StaffID).Take(&person).Error; err != nil {
			return err
		}
		res := tx.Model(&models.RoleGrant{}).Where("id = ? AND revoked_at IS NULL", g.ID).
			Updates(map[string]any{"revoked_at": entry.At, "revoked_by": actor.ID})
		if res.Error == nil && res.RowsAffected == 0 {
			return models.E(models.Conflict, "revoked_already", "This grant was revoked just now.")
		}
		entry.Set("staff", g.StaffID)
		entry.Set("role", g.Role)
		entry.Set("scope", g.MarketplaceID)
		return res.Error
	})
}
