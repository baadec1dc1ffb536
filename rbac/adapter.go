package rbac

import (
	"bufio"
	"errors"
	"strings"
	"time"

	"github.com/casbin/casbin/v2/model"
	"github.com/casbin/casbin/v2/persist"
	"gorm.io/gorm"

	"evenhand/models"
)

// grant is a role that a person holds in a marketplace at the time of loading.
type grant struct {
	ID            string
	StaffID       string
	Role          string
	MarketplaceID string
}

// loadGrants reads the grants that are valid at now, and when the next one begins or ends. Casbin's own conditional
// roles aren't used for that: they are lost at a reload, and then everybody's expired grants are valid again.
//
// A grant that doesn't carry the seal of key is nobody's doing here, and gives nothing.
func loadGrants(db *gorm.DB, now time.Time, key []byte) ([]grant, time.Time, error) {
	var rows []models.RoleGrant
	err := db.Raw(`SELECT g.* FROM role_grants g JOIN staff s ON s.id = g.staff_id
		WHERE g.revoked_at IS NULL AND s.disabled_at IS NULL AND (g.valid_to IS NULL OR g.valid_to > ?)`, now).Scan(&rows).Error
	if err != nil {
		return nil, time.Time{}, err
	}
	var active []grant
	var next time.Time
	for _, r := range rows {
		if !Sealed(key, r) {
			continue
		}
		change := r.ValidTo
		if r.ValidFrom.After(now) {
			change = &r.ValidFrom
		} else {
			active = append(active, grant{r.ID, r.StaffID, r.Role, r.MarketplaceID})
		}
		if change != nil && (next.IsZero() || change.Before(next)) {
			next = *change
		}
	}
	return active, next, nil
}

// adapter feeds Casbin the policy of this binary and the grants of the database. It doesn't write: grants change in
// package staff, where each change is on record, and the policy changes with the program.
type adapter struct{ grants []grant }

var errReadOnly = errors.New("rbac: policy and grants aren't changed through Casbin")

func (a adapter) LoadPolicy(m model.Model) error {
	lines := bufio.NewScanner(strings.NewReader(policyCSV))
	for lines.Scan() {
		if err := persist.LoadPolicyLine(lines.Text(), m); err != nil {
			return err
		}
	}
	for _, g := range a.grants {
		if err := persist.LoadPolicyArray([]string{"g", g.StaffID, g.Role, g.MarketplaceID}, m); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (adapter) SavePolicy(model.Model) error                              { return errReadOnly }
func (adapter) AddPolicy(string, string, []string) error                  { return errReadOnly }
func (adapter) RemovePolicy(string, string, []string) error               { return errReadOnly }
func (adapter) RemoveFilteredPolicy(string, string, int, ...string) error { return errReadOnly }
