package staff

import (
	"context"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/rbac"
)

// Checks tie accounts, grants and interests to the ledger. Without the key that made them, seals aren't looked at.
func (s *Staff) Checks(seals bool) []ledger.Check {
	return []ledger.Check{
		ledger.Explained{Table: "staff", Acts: []string{"staff.add"}}.Check(),
		ledger.Explained{Table: "role_grants", Acts: []string{"grant.add"}}.Check(),
		ledger.Explained{Table: "tokens", Acts: []string{"token.add"}}.Check(),
		ledger.Explained{Table: "interests", Acts: []string{"interest.declare"}}.Check(),
		{Name: "role_grants", Run: func(_ context.Context, db *gorm.DB) (string, error) { return s.checkGrants(db, seals) }},
		{Name: "interests", Run: checkInterests},
		ended("staff", "disabled_at", "staff.disable"),
		ended("role_grants", "revoked_at", "grant.revoke"),
		ended("tokens", "revoked_at", "token.revoke"),
		ended("interests", "ended_at", "interest.end"),
	}
}

// ended checks that a row has come to its end exactly where, and when, an entry says so.
func ended(table, column, act string) ledger.Check {
	return ledger.Check{Name: table, Run: func(_ context.Context, db *gorm.DB) (string, error) {
		entry := "EXISTS (SELECT 1 FROM ledger_entries e WHERE e.subject_id = CAST(t.id AS text) AND e.act = ? AND e.outcome = 'done'"
		when := "CASE WHEN t." + column + " IS NULL THEN " + entry + ") ELSE NOT " + entry + " AND e.at = t." + column + ") END"
		return ledger.FirstOf(db, "row", "and the record disagree on its end ("+act+")", "SELECT t.id FROM "+table+" t WHERE "+when, act, act)
	}}
}

type grantEntry struct {
	models.RoleGrant
	EntryBody string
}

// checkGrants holds each grant against its seal and its entry: whose, which role, where, from and to when, which queues and skills.
func (s *Staff) checkGrants(db *gorm.DB, seals bool) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("role_grants t").Select("t.*, x.body AS entry_body").Joins("JOIN ledger_entries x ON x.id = t.id")
	}
	return ledger.Compare(db, query, func(g grantEntry) string { return g.ID }, "t.id", func(g grantEntry) (string, error) {
		if seals && !rbac.Sealed(s.key, g.RoleGrant) {
			return "row " + g.ID + " carries no valid seal: nobody granted it through this installation", nil
		}
		b, err := ledger.ParseBody(g.EntryBody)
		if err != nil {
			return "", err
		}
		var queues []string
		if err := db.Model(&models.GrantQueue{}).Where("grant_id = ?", g.ID).Order("queue").Pluck("queue", &queues).Error; err != nil {
			return "", err
		}
		var skills []string
		if err := db.Model(&models.GrantSkill{}).Where("grant_id = ?", g.ID).Order("skill").Pluck("skill", &skills).Error; err != nil {
			return "", err
		}
		if b.Actor.ID != g.GrantedBy || !sameGrant(g.RoleGrant, b.Data) || !sameList(queues, b.Data["queues"]) || !sameList(skills, b.Data["skills"]) {
			return "row " + g.ID + " says something else than its entry", nil
		}
		return "", nil
	})
}

func sameList(is []string, said any) bool {
	listed, _ := said.([]any)
	if len(listed) != len(is) {
		return false
	}
	for i, x := range is {
		if listed[i] != x {
			return false
		}
	}
	return true
}

func sameGrant(g models.RoleGrant, said map[string]any) bool {
	to, limited := said["to"].(float64)
	if limited != (g.ValidTo != nil) || (limited && int64(to) != g.ValidTo.UnixMicro()) {
		return false
	}
	from, _ := said["from"].(float64)
	return said["staff"] == g.StaffID && said["role"] == g.Role && said["scope"] == g.MarketplaceID && int64(from) == g.ValidFrom.UnixMicro()
}

type interestEntry struct {
	models.Interest
	EntryBody string
}

// checkInterests holds each declaration against its entry: whose it is, and in whom.
func checkInterests(_ context.Context, db *gorm.DB) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return db.Table("interests t").Select("t.*, x.body AS entry_body").Joins("JOIN ledger_entries x ON x.id = t.id")
	}
	return ledger.Compare(db, query, func(i interestEntry) string { return i.ID }, "t.id", func(i interestEntry) (string, error) {
		b, err := ledger.ParseBody(i.EntryBody)
		if err != nil {
			return "", err
		}
		if b.Marketplace != i.MarketplaceID || b.Actor.ID != i.StaffID || b.Data["seller"] != i.SellerID || b.Data["relation"] != i.Relation {
			return "row " + i.ID + " says something else than its entry", nil
		}
		return "", nil
	})
}
