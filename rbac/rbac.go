// Package rbac is the one place that says who may do what where: a Casbin model and policy, readable in model.conf
// and policy.csv, over the grants that are valid at this moment.
package rbac

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/casbin/casbin/v2"
	"github.com/casbin/casbin/v2/model"
	"gorm.io/gorm"

	"evenhand/models"
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
	key []byte

	mu         sync.RWMutex
	view       View
	epoch      int64
	nextChange time.Time // when the next grant begins or ends; zero: none does
}

// View is what holds at one moment. It isn't changed afterwards, only replaced; a page asks one view all its questions.
type View struct {
	casbin *casbin.Enforcer
	grants map[string][]grant // by person
}

// New makes an enforcer that has loaded nothing yet. Only grants sealed with key count.
func New(now func() time.Time, key []byte) *Enforcer { return &Enforcer{now: now, key: key} }

const readEpoch = "SELECT epoch FROM grants_epoch WHERE id = 1"

// View gives what holds now. db may be a transaction: the answer is then as of its latest statement.
func (e *Enforcer) View(db *gorm.DB) (View, error) {
	var epoch int64
	if err := db.Raw(readEpoch).Scan(&epoch).Error; err != nil {
		return View{}, models.Translate(err)
	}
	return e.at(db, epoch)
}

// ViewIn adds to a batch of tx what View asks the database. What it returns gives the view, once the batch has run.
//
// The epoch has a statement of its own, behind the one that locks the person: a statement that waits for a lock and
// reads the epoch as well reads it as it was before the wait.
func (e *Enforcer) ViewIn(tx *gorm.DB, b *models.Batch) func() (View, error) {
	epoch := models.Read[int64](b, readEpoch)
	return func() (View, error) {
		n, err := epoch.One()
		if err != nil {
			return View{}, err
		}
		return e.at(tx, n)
	}
}

// at is the view of an epoch: the one in memory, or a new one over the grants that the database has.
func (e *Enforcer) at(db *gorm.DB, epoch int64) (View, error) {
	now := e.now()
	e.mu.RLock()
	view, fresh := e.view, e.view.casbin != nil && e.epoch == epoch && (e.nextChange.IsZero() || now.Before(e.nextChange))
	e.mu.RUnlock()
	if fresh {
		return view, nil
	}
	grants, next, err := loadGrants(db, now, e.key)
	if err != nil {
		return View{}, models.Translate(err)
	}
	if view, err = build(grants); err != nil {
		return View{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.view, e.epoch, e.nextChange = view, epoch, next
	return view, nil
}

// Can says whether a person may act now.
func (e *Enforcer) Can(db *gorm.DB, person, marketplace string, obj Object, act string) (bool, error) {
	v, err := e.View(db)
	if err != nil {
		return false, err
	}
	return v.Can(person, marketplace, obj, act)
}

// Can says whether a person may act.
func (v View) Can(person, marketplace string, obj Object, act string) (bool, error) {
	if len(v.grants[person]) == 0 { // Casbin links every name to itself: the name of a role isn't a person
		return false, nil
	}
	ok, err := v.casbin.Enforce(person, marketplace, obj, act)
	if err != nil {
		return false, fmt.Errorf("rbac: %w", err)
	}
	return ok, nil
}

// Roles lists the roles that a person holds in a marketplace.
func (v View) Roles(person, marketplace string) []string {
	var out []string
	for _, g := range v.grants[person] {
		if g.MarketplaceID == marketplace || g.MarketplaceID == "*" {
			out = append(out, g.Role)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// People lists who holds any role in a marketplace, by id.
func (v View) People(marketplace string) []string {
	var out []string
	for person, held := range v.grants {
		if slices.ContainsFunc(held, func(g grant) bool { return g.MarketplaceID == marketplace || g.MarketplaceID == "*" }) {
			out = append(out, person)
		}
	}
	slices.Sort(out)
	return out
}

// GrantIDs lists the grants by which a person holds a role in a marketplace.
func (v View) GrantIDs(person, marketplace, role string) []string {
	var out []string
	for _, g := range v.grants[person] {
		if g.Role == role && (g.MarketplaceID == marketplace || g.MarketplaceID == "*") {
			out = append(out, g.ID)
		}
	}
	return out
}

// Scopes is the set of marketplaces in which a person holds any role; "*" stands for all.
func (v View) Scopes(person string) map[string]bool {
	out := map[string]bool{}
	for _, g := range v.grants[person] {
		out[g.MarketplaceID] = true
	}
	return out
}

// build makes a view over the policy and these grants.
func build(grants []grant) (View, error) {
	m, err := model.NewModelFromString(modelConf)
	if err != nil {
		return View{}, fmt.Errorf("rbac: model.conf: %w", err)
	}
	c, err := casbin.NewEnforcer(m, adapter{grants})
	if err != nil {
		return View{}, fmt.Errorf("rbac: %w", err)
	}
	v := View{casbin: c, grants: map[string][]grant{}}
	for _, g := range grants {
		v.grants[g.StaffID] = append(v.grants[g.StaffID], g)
	}
	return v, nil
}
