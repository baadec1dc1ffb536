package moderation

import (
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// readShifts reads when everybody was at work: from when they said so until they said something else, or it lapsed.
func readShifts(db *gorm.DB, marketplace string, s *standing) error {
	var said []models.Shift
	if err := db.Where("marketplace_id = ?", marketplace).Order("said_at, id").Find(&said).Error; err != nil {
		return err
	}
	for _, x := range said {
		spans := s.shifts[x.StaffID]
		if n := len(spans); n > 0 && spans[n-1].to.After(x.SaidAt) {
			spans[n-1].to = x.SaidAt
		}
		if x.State == models.ShiftOn {
			spans = append(spans, span{x.SaidAt, x.SaidAt.Add(models.ShiftLasts)})
		}
		s.shifts[x.StaffID] = spans
	}
	return nil
}

// atWork says whether somebody surely was at work around a time, or surely wasn't.
func (s *standing) atWork(person string, lo, hi time.Time) (surely, surelyNot bool) {
	surelyNot = true
	for _, x := range s.shifts[person] {
		surely = surely || x.covers(lo, hi)
		surelyNot = surelyNot && !x.touches(lo, hi)
	}
	return surely, surelyNot
}

// can says whether somebody surely had a skill around a time, or surely not. "" is none that anybody needs.
func (s *standing) can(person, skill string, lo, hi time.Time) (surely, surelyNot bool) {
	if skill == "" {
		return true, false
	}
	surelyNot = true
	for _, r := range s.roles[person] {
		if r.role == roleOfDesk && r.skills[skill] {
			surely = surely || r.covers(lo, hi)
			surelyNot = surelyNot && !r.touches(lo, hi)
		}
	}
	return surely, surelyNot
}

func grantSkills(db *gorm.DB, grant string) (map[string]bool, error) {
	var list []string
	err := db.Model(&models.GrantSkill{}).Where("grant_id = ?", grant).Pluck("skill", &list).Error
	out := make(map[string]bool, len(list))
	for _, x := range list {
		out[x] = true
	}
	return out, err
}

// shiftFinding says so where the people that an approver was drawn from weren't those at work, although somebody was.
// eligible says of each person whether they surely might have been drawn otherwise.
func (s *standing) shiftFinding(pool []string, eligible []string, lo, hi time.Time) string {
	in := make(map[string]bool, len(pool))
	attended := false // somebody of the pool may have been at work
	for _, id := range pool {
		in[id] = true
		_, never := s.atWork(id, lo, hi)
		attended = attended || !never
	}
	for _, id := range eligible {
		surely, _ := s.atWork(id, lo, hi)
		switch {
		case surely && !in[id]:
			return "left out " + id + ", who was at work and could have been drawn"
		case !in[id] && !attended:
			return "left out " + id + ", who could have been drawn"
		case !surely:
			continue
		}
		for _, other := range pool {
			if _, never := s.atWork(other, lo, hi); never {
				return "had " + other + " in its pool, who wasn't at work while others were"
			}
		}
	}
	return ""
}
