// Package rbac is the one place that says who may do what where: a Casbin model and policy, readable in model.conf
// and policy.csv, over the grants that are valid at this moment.
package rbac

import (
	_ "embed"
	"fmt"
	"sync"
	"time"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	"gorm.io/gorm"
)

var (
	//go:embed model.conf
	modelConf string
	//go:embed policy.csv
	policyCSV string
)

// Object is what someone wants to act on. Requester is the staff id of who asked for it, where somebody did.
type Object struct {
	Kind      string
	Requester string
}

// Enforcer answers from memory, and loads the grants anew when their epoch in the database has moved or when one of
// them has begun or ended since. So a change holds at once, on every instance, without a message between them.
type Enforcer struct {
	now func() time.Time

	mu         sync.RWMutex
	casbin     *casbin.Enforcer
	grants     []grant
	epoch      int64
	nextChange time.Time // when the next grant begins or ends; zero: none does
}

// New makes an enforcer that has loaded nothing yet.
func New(now func() time.Time) *Enforcer { return &Enforcer{now: now} }

// Can says whether a person may act. db may be a transaction: the answer is then as of its latest statement.
func (e *Enforcer) Can(db *gorm.DB, person, marketplace string, obj Object, act string) (bool, error) {
	if err := e.sync(db); err != nil {
		return false, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	ok, err := e.casbin.Enforce(person, marketplace, obj, act)
	if err != nil {
		return false, fmt.Errorf("rbac: %w", err)
	}
	return ok, nil
}

// Roles lists the roles that a person holds in a marketplace now.
func (e *Enforcer) Roles(db *gorm.DB, person, marketplace string) ([]string, error) {
	if err := e.sync(db); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	var out []string
	for _, g := range e.grants {
		if g.StaffID == person && (g.MarketplaceID == marketplace || g.MarketplaceID == "*") {
			out = append(out, g.Role)
		}
	}
	return out, nil
}

// sync reloads the grants if they have changed since they were loaded.
func (e *Enforcer) sync(db *gorm.DB) error {
	var epoch int64
	if err := db.Raw("SELECT epoch FROM grants_epoch WHERE id = 1").Scan(&epoch).Error; err != nil {
		return err
	}
	now := e.now()
	e.mu.RLock()
	fresh := e.casbin != nil && e.epoch == epoch && (e.nextChange.IsZero() || now.Before(e.nextChange))
	e.mu.RUnlock()
	if fresh {
		return nil
	}
	grants, next, err := loadGrants(db, now)
	if err != nil {
		return err
	}
	fromGrants, err := build(grants)
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.casbin, e.grants, e.epoch, e.nextChange = fromGrants, grants, epoch, next
	return nil
}

// build makes a Casbin enforcer over the policy and these grants. It isn't changed afterwards, only replaced.
func build(grants []grant) (*casbin.Enforcer, error) {
	m, err := model.NewModelFromString(modelConf)
	if err != nil {
		return nil, fmt.Errorf("rbac: model.conf: %w", err)
	}
	c, err := casbin.NewEnforcer(m, adapter{grants})
	if err != nil {
		return nil, fmt.Errorf("rbac: %w", err)
	}
	return c, nil
}

// Scopes is the set of marketplaces in which a person holds any role now; "*" stands for all.
func (e *Enforcer) Scopes(db *gorm.DB, person string) (map[string]bool, error) {
	if err := e.sync(db); err != nil {
		return nil, err
	}
	e.mu.RLock()
	defer e.mu.RUnlock()
	out := map[string]bool{}
	for _, g := range e.grants {
		if g.StaffID == person {
			out[g.MarketplaceID] = true
		}
	}
	return out, nil
}
