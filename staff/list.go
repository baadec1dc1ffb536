package staff

import (
	"context"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Listed is a person with their grants, as administrators and auditors see them.
type Listed struct {
	models.Staff
	Grants []ListedGrant `gorm:"-"`
}

// ListedGrant is a grant with its queues and skills. GrantedByName is a person's name, or the command.
type ListedGrant struct {
	models.RoleGrant
	GrantedByName string
	Queues        []string `gorm:"-"`
	Skills        []string `gorm:"-"`
}

// Active says whether a grant counts at a time.
func (g ListedGrant) Active(at time.Time) bool {
	return g.RevokedAt == nil && !at.Before(g.ValidFrom) && (g.ValidTo == nil || at.Before(*g.ValidTo))
}

// List lists the desk's people, newest account first. marketplace is where the actor's right is looked for.
func (s *Staff) List(ctx context.Context, actor models.Actor, marketplace string, c *models.Cursor) ([]Listed, models.Around, error) {
	db := s.db.WithContext(ctx)
	entry := &ledger.Entry{Marketplace: marketplace, Act: "people.read", SubjectType: "marketplace", SubjectID: marketplace}
	err := s.rights.Authorize(db, actor, marketplace, rbac.Object{Kind: "people"}, "read")
	if err := s.ledger.OnRecord(ctx, actor, entry, err); err != nil {
		return nil, models.Around{}, err
	}
	return s.list(db, c)
}

// ListAll is List for the console, whose right is the database itself.
func (s *Staff) ListAll(ctx context.Context, c *models.Cursor) ([]Listed, models.Around, error) {
	return s.list(s.db.WithContext(ctx), c)
}

func (s *Staff) list(db *gorm.DB, c *models.Cursor) ([]Listed, models.Around, error) {
	var out []Listed
	q := db.Table("staff").Select("id, email, name, created_at, disabled_at")
	if err := models.Page(q, c, "created_at", "id").Find(&out).Error; err != nil {
		return nil, models.Around{}, models.Translate(err)
	}
	out, around := models.Trim(out, c, func(l Listed) (time.Time, string) { return l.CreatedAt, l.ID })
	return out, around, addGrants(db, out)
}

func addGrants(db *gorm.DB, people []Listed) error {
	at, ids := map[string]int{}, make([]string, len(people))
	for i, p := range people {
		at[p.ID], ids[i] = i, p.ID
	}
	if len(ids) == 0 {
		return nil
	}
	var grants []ListedGrant
	err := db.Table("role_grants g").Select("g.*, COALESCE(b.name, g.granted_by) AS granted_by_name").
		Joins("LEFT JOIN staff b ON CAST(b.id AS text) = g.granted_by").
		Where("g.staff_id IN ?", ids).Order("g.created_at, g.id").Find(&grants).Error
	if err != nil {
		return models.Translate(err)
	}
	var queues []models.GrantQueue
	if err := db.Where("grant_id IN (SELECT id FROM role_grants WHERE staff_id IN ?)", ids).Order("queue").Find(&queues).Error; err != nil {
		return models.Translate(err)
	}
	of := map[string][]string{}
	for _, q := range queues {
		of[q.GrantID] = append(of[q.GrantID], q.Queue)
	}
	var skills []models.GrantSkill
	if err := db.Where("grant_id IN (SELECT id FROM role_grants WHERE staff_id IN ?)", ids).Order("skill").Find(&skills).Error; err != nil {
		return models.Translate(err)
	}
	can := map[string][]string{}
	for _, x := range skills {
		can[x.GrantID] = append(can[x.GrantID], x.Skill)
	}
	for _, g := range grants {
		g.Queues, g.Skills = of[g.ID], can[g.ID]
		p := &people[at[g.StaffID]]
		p.Grants = append(p.Grants, g)
	}
	return nil
}
