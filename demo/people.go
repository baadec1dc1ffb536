package demo

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"

	"github.com/alexedwards/argon2id"

	"evenhand/models"
	"evenhand/staff"
)

// Password is that of every account that the demo prints. It is no secret, here or anywhere.
const Password = "even-hand-demo"

// passwords are cheap to hash: the printed ones are public, nobody knows the others, and the parameters stand in each
// hash, so that a real installation's accounts are none the weaker. With the usual cost the people alone would take a
// second.
var passwords = &argon2id.Params{Memory: 1024, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// by is who sets the demo up.
var by = models.Command("demo")

// person is one of the staff.
type person struct {
	models.Actor
	email   string
	roles   []string
	scope   []string // marketplaces
	queues  []string // a moderator's, in the large marketplace; none: all
	skills  []string // what a moderator can do
	hours   float64  // how much of the time a moderator works
	strict  float64  // logits on a moderator's chance to ask for a removal
	trust   float64  // a supervisor's chance to approve the removal of a genuine review
	favours *seller
}

func (p *person) worksIn(id string) bool { return slices.Contains(p.scope, id) }

// names are given out by the seed, so that nobody's name stands for anything.
var names = []string{
	"Alba R.", "Bram T.", "Cleo V.", "Dario M.", "Enid K.", "Femi O.", "Gwen L.", "Hugo P.",
	"Ines W.", "Joris D.", "Kaya S.", "Lior B.", "Mila F.", "Nico H.", "Orla C.", "Pavel G.",
}

// shifts are the queues that each moderator works in, by the categories' numbers, and how strict they are. The first
// one's account is printed; those at favouring favour a seller.
var (
	shifts = []struct {
		queues []int
		strict float64
	}{
		{nil, 0}, {[]int{2, 3, 4}, 0.3}, {[]int{2, 3, 4}, -0.3}, {[]int{0, 1, 2}, 0.1},
		{[]int{0, 1, 3}, -0.2}, {[]int{2, 3, 4}, 0.5}, {[]int{1, 3, 4}, -0.1}, {[]int{0, 2, 4}, -0.4},
	}
	favouring = []struct{ moderator, seller int }{{3, 1}, {4, 0}}
)

// partTime is how much moderators work, but for those who favour somebody: they work full time.
const partTime = 0.65

// hire makes up the staff; join gives them their accounts.
func (w *world) hire() {
	all := []string{large, small}
	for _, s := range shifts {
		p := &person{roles: []string{models.RoleModerator}, scope: []string{large}, hours: partTime, strict: s.strict}
		for _, q := range s.queues {
			p.queues = append(p.queues, categories[q].name)
		}
		if p.queues != nil {
			p.queues = append(p.queues, queueLikely, queueNoOrder)
		}
		w.moderators = append(w.moderators, p)
	}
	w.moderators[0].scope, w.moderators[1].scope = all, all
	for _, i := range skilled {
		w.moderators[i].skills = []string{skillOrders}
	}
	w.moderators[imageSkilled].skills = []string{skillImages}
	for _, f := range favouring {
		p := w.moderators[f.moderator]
		p.favours, p.hours = w.markets[0].sellers[f.seller], 1
	}
	for _, trust := range []float64{0.35, 0.6, 0.75} {
		w.supervisors = append(w.supervisors, &person{roles: []string{models.RoleSupervisor}, scope: all, trust: trust})
	}
	both := w.moderators[5] // may ask and approve, and never the same thing
	both.roles, both.trust = append(both.roles, models.RoleSupervisor), 0.5
	everywhere := []string{models.AllMarketplaces}
	for _, role := range []string{models.RoleAuditor, models.RoleInvestigator, models.RoleAdministrator} {
		w.others = append(w.others, &person{roles: []string{role}, scope: everywhere})
	}
	printed := w.others
	w.others = append(w.others, &person{roles: []string{models.RoleAdministrator}, scope: everywhere}) // for what takes two
	w.supervisors = append(w.supervisors, both)
	w.signIns = append([]*person{w.moderators[0], w.supervisors[0]}, printed...)
}

// everybody lists each person once.
func (w *world) everybody() []*person {
	return slices.Concat(w.moderators, w.supervisors[:len(w.supervisors)-1], w.others)
}

// join gives everybody an account and their roles.
func (w *world) join(ctx context.Context) error {
	order := w.rng.Perm(len(names))
	for i, p := range w.everybody() {
		p.Name = names[order[i]]
		first, _, _ := strings.Cut(p.Name, " ")
		p.email = strings.ToLower(first) + "@example.test"
		password := rand.Text()
		if slices.Contains(w.signIns, p) {
			p.email, password = p.roles[0]+"@example.test", Password
		}
		account, err := w.Staff.Add(ctx, by, staff.NewAccount{Email: p.email, Name: p.Name, Password: password})
		if err != nil {
			return err
		}
		p.Actor = staff.Actor(account)
		if err := w.grant(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func (w *world) grant(ctx context.Context, p *person) error {
	for _, role := range p.roles {
		for _, scope := range p.scope {
			g := staff.NewGrant{Email: p.email, Role: role, Marketplace: scope}
			if role == models.RoleModerator && scope == large {
				g.Queues, g.Skills = p.queues, p.skills
			}
			if _, err := w.Staff.Grant(ctx, by, g); err != nil {
				return fmt.Errorf("%s as %s: %w", p.Name, role, err)
			}
		}
	}
	return nil
}

// accounts are the sign-ins, one for each role.
func (w *world) accounts() []Account {
	var out []Account
	for _, p := range w.signIns {
		out = append(out, Account{Role: p.roles[0], Email: p.email, Password: Password})
	}
	return out
}

// planted are the pairs that the history favours.
func (w *world) planted() []Pair {
	var out []Pair
	for _, p := range w.moderators {
		if p.favours != nil {
			out = append(out, Pair{p.Name, p.favours.name})
		}
	}
	return out
}
