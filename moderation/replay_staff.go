package moderation

import (
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/rbac"
)

// span is a time from which, and to which, something holds; no end is the zero time.
type span struct{ from, to time.Time }

// covers says that it held all the time; touches that it held at any time.
func (s span) covers(lo, hi time.Time) bool {
	return !s.from.After(lo) && (s.to.IsZero() || s.to.After(hi))
}

func (s span) touches(lo, hi time.Time) bool {
	return !s.from.After(hi) && (s.to.IsZero() || s.to.After(lo))
}

// held is a role that somebody held, and the queues that it was limited to.
type heldRole struct {
	span
	role   string
	queues map[string]bool // nil: all
	skills map[string]bool
}

// standing is what everybody might do in a marketplace, and when: grants that count, and interests.
type standing struct {
	roles     map[string][]heldRole
	interests map[[2]string][]span // by person and seller
	disabled  map[string]time.Time
	shifts    map[string][]span // when each person was at work, as they said
}

func (d *Desk) standingIn(db *gorm.DB, marketplace string) (*standing, error) {
	s := &standing{roles: map[string][]heldRole{}, interests: map[[2]string][]span{}, disabled: map[string]time.Time{}, shifts: map[string][]span{}}
	if err := d.readRoles(db, marketplace, s); err != nil {
		return nil, err
	}
	var ties []models.Interest
	if err := db.Where("marketplace_id = ?", marketplace).Find(&ties).Error; err != nil {
		return nil, err
	}
	for _, i := range ties {
		key := [2]string{i.StaffID, i.SellerID}
		s.interests[key] = append(s.interests[key], span{i.DeclaredAt, orZero(i.EndedAt)})
	}
	return s, readShifts(db, marketplace, s)
}

func (d *Desk) readRoles(db *gorm.DB, marketplace string, s *standing) error {
	var gone []models.Staff
	if err := db.Select("id", "disabled_at").Where("disabled_at IS NOT NULL").Find(&gone).Error; err != nil {
		return err
	}
	for _, p := range gone {
		s.disabled[p.ID] = *p.DisabledAt
	}
	var grants []models.RoleGrant
	if err := db.Where("marketplace_id IN ?", []string{marketplace, models.AllMarketplaces}).Find(&grants).Error; err != nil {
		return err
	}
	for _, g := range grants {
		if !rbac.Sealed(d.key, g) {
			continue
		}
		r := heldRole{role: g.Role, span: span{g.ValidFrom, earliest(orZero(g.ValidTo), orZero(g.RevokedAt), s.disabled[g.StaffID])}}
		if g.CreatedAt.After(r.from) {
			r.from = g.CreatedAt
		}
		var queues []string
		err := db.Model(&models.GrantQueue{}).Where("grant_id = ?", g.ID).Pluck("queue", &queues).Error
		if err != nil {
			return err
		}
		for _, q := range queues {
			if r.queues == nil {
				r.queues = map[string]bool{}
			}
			r.queues[q] = true
		}
		if r.skills, err = grantSkills(db, g.ID); err != nil {
			return err
		}
		s.roles[g.StaffID] = append(s.roles[g.StaffID], r)
	}
	return nil
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// earliest of times, of which zero ones don't count.
func earliest(times ...time.Time) time.Time {
	var out time.Time
	for _, t := range times {
		if !t.IsZero() && (out.IsZero() || t.Before(out)) {
			out = t
		}
	}
	return out
}

// held says whether somebody surely held a role around a time, or surely didn't. queue "" asks for none.
func (s *standing) held(person, role, queue string, lo, hi time.Time) (surely, surelyNot bool) {
	surelyNot = true
	for _, r := range s.roles[person] {
		if r.role != role || (queue != "" && r.queues != nil && !r.queues[queue]) {
			continue
		}
		surely = surely || r.covers(lo, hi)
		surelyNot = surelyNot && !r.touches(lo, hi)
	}
	return surely, surelyNot
}

// tied says whether somebody surely had an interest in a seller around a time, or surely had none.
func (s *standing) tied(person, seller string, lo, hi time.Time) (surely, surelyNot bool) {
	surelyNot = true
	for _, i := range s.interests[[2]string{person, seller}] {
		surely = surely || i.covers(lo, hi)
		surelyNot = surelyNot && !i.touches(lo, hi)
	}
	return surely, surelyNot
}
