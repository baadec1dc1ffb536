package staff

import (
	"context"
	"regexp"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // the names of zones, wherever the program runs

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"evenhand/models"
	"evenhand/rbac"
)

// What preferences can be.
var (
	Languages = []string{"en", "de"}
	Medias    = []string{models.MediaBlur, models.MediaGrey, models.MediaPlain}
)

// maxBreakAfter is a working day.
const maxBreakAfter = 480

// Preferences are a person's own, or the defaults.
func (s *Staff) Preferences(ctx context.Context, person string) (models.Preferences, error) {
	var found []models.Preferences
	err := s.db.WithContext(ctx).Where("staff_id = ?", person).Limit(1).Find(&found).Error
	if err != nil || len(found) == 0 {
		return models.DefaultPreferences(person), models.Translate(err)
	}
	return found[0], nil
}

// Prefer keeps a person's preferences. How a page looks to one person is no act: nothing of it is on record.
func (s *Staff) Prefer(ctx context.Context, actor models.Actor, p models.Preferences) error {
	if err := checkPreferences(p); err != nil {
		return err
	}
	p.StaffID, p.UpdatedAt = actor.ID, s.now()
	return models.InTx(ctx, s.db, func(tx *gorm.DB) error {
		if err := rbac.LockPerson(tx, actor); err != nil {
			return err
		}
		return tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "staff_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"language", "time_zone", "undo", "single_keys", "media", "break_after", "updated_at"}),
		}).Create(&p).Error
	})
}

func checkPreferences(p models.Preferences) error {
	fields := map[string]string{}
	if p.Language != "" && !slices.Contains(Languages, p.Language) {
		fields["language"] = "There is no such language here."
	}
	if p.Media != "" && !slices.Contains(Medias, p.Media) {
		fields["media"] = "Choose one of the ways."
	}
	if _, ok := Zone(p.TimeZone); !ok && p.TimeZone != "" {
		fields["time_zone"] = "There is no such time zone. They are written as Europe/Berlin, or UTC."
	}
	if p.BreakAfter < 0 || p.BreakAfter > maxBreakAfter {
		fields["break_after"] = "From 0 (never) to 480 minutes."
	}
	if len(fields) == 0 {
		return nil
	}
	e := models.E(models.Invalid, "invalid_preferences", "These preferences can't be kept as they are.")
	e.Fields = fields
	return e
}

// zones are those asked for before; only names of the database get in, so there are some hundreds at most.
var zones sync.Map

// zoneName is what a name of the database looks like, so that nothing else reaches the files that hold it.
var zoneName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_+-]{0,30}(/[A-Za-z0-9_+-]{1,30}){0,2}$`)

// Zone is the time zone of that name, and whether there is one. The machine's own zone isn't one: it says nothing about
// the reader.
func Zone(name string) (*time.Location, bool) {
	if name == "Local" || len(name) > 64 || !zoneName.MatchString(name) {
		return nil, false
	}
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location), true
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, false
	}
	zones.Store(name, zone)
	return zone, true
}
