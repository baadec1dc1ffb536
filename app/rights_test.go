package app_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/rbac"
	"evenhand/staff"
)

// rights says who may do what to what: each role by its first letters. What isn't here nobody may.
var rights = map[string]map[string]string{ // object → act → roles
	"ticket":     {"draw": "mod", "decide": "mod", "escalate": "mod"},
	"shift":      {"say": "mod sup"},
	"load":       {"read": "sup"},
	"routing":    {"request": "adm", "withdraw": "adm", "approve": "adm", "decline": "adm", "read": "aud adm"},
	"removal":    {"request": "mod", "withdraw": "mod", "read-own": "mod", "approve": "sup", "decline": "sup", "read": "sup aud", "search": "aud inv", "export": "aud", "open": "sup", "question": "sup", "reply": "mod"},
	"history":    {"read": "aud inv", "save": "aud inv"},
	"look":       {"read-own": "mod", "test": "sup", "read": "aud"},
	"review":     {"read": "sup aud inv", "restore": "sup"},
	"interest":   {"declare": "mod sup"},
	"board":      {"read": "aud"},
	"record":     {"read": "aud"},
	"people":     {"read": "aud adm"},
	"erasure":    {"request": "inv adm", "withdraw": "inv adm", "approve": "adm", "decline": "adm", "read": "aud inv adm"},
	"appeal":     {"read": "sup aud adm", "inspect": "aud", "answer": "sup"},
	"statement":  {"read": "sup aud"},
	"dsa":        {"export": "aud adm"},
	"neutrality": {"read": "sup aud adm"},
	"policy":     {"read": "mod sup aud inv adm"},
	"template":   {"keep": "mod sup", "share": "sup"},
	"":           {}, "*": {}, "proposal": {},
}

// acts are all acts above, and some that nobody may.
func acts() []string {
	out := []string{"", "*", "remove", "void", "write"}
	for _, of := range rights {
		for act := range of {
			out = append(out, act)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestRights(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		people := map[string]string{}
		for _, role := range models.Roles {
			people[role] = w.Person(t, role, role).ID
		}
		none, elsewhere := w.Person(t, "none").ID, w.PersonIn(t, apptest.Other, "elsewhere", models.RoleSupervisor).ID
		view, err := w.Rights.View(w.DB.DB)
		must(t, err)
		no := func(person, marketplace string, obj rbac.Object, act string) {
			t.Helper()
			if got, err := view.Can(person, marketplace, obj, act); err != nil || got {
				t.Errorf("person %q may %s %s in %q: %v, %v; want false", person, act, obj.Kind, marketplace, got, err)
			}
		}
		for object, of := range rights {
			for _, act := range acts() {
				others := rbac.Object{Kind: object, Requester: none}
				for role, person := range people {
					want := containsWord(of[act], role[:3])
					own := want && !slices.Contains([]string{"approve", "decline", "open", "question"}, act) // nobody decides on what they asked for
					expect(t, w.App, own, person, apptest.Market, rbac.Object{Kind: object, Requester: person}, act)
					expect(t, w.App, want && act != "withdraw" && act != "reply", person, apptest.Market, others, act) // only they take it back, and answer
					for _, marketplace := range []string{apptest.Other, "", "*", "OLIST", "nowhere"} {
						no(person, marketplace, others, act)
					}
				}
				for _, person := range []string{none, elsewhere, models.NewID(), "", "*", models.RoleSupervisor, models.RoleAuditor} {
					no(person, apptest.Market, rbac.Object{Kind: object, Requester: person}, act)
					no(person, apptest.Market, rbac.Object{Kind: object, Requester: models.NewID()}, act)
				}
			}
		}
	})
}

func containsWord(words, word string) bool {
	for len(words) >= 3 {
		if words[:3] == word {
			return true
		}
		words = words[min(4, len(words)):]
	}
	return false
}

func expect(t *testing.T, a *app.App, want bool, person, marketplace string, obj rbac.Object, act string) {
	t.Helper()
	got, err := a.Rights.Can(a.DB, person, marketplace, obj, act)
	if err != nil || got != want {
		t.Errorf("person %q may %s %s (asked for by %q) in %q: %v, %v; want %v", person, act, obj.Kind, obj.Requester, marketplace, got, err, want)
	}
}

// approves says whether a person may approve what somebody else asked for.
func approves(t *testing.T, a *app.App, who models.Actor, marketplace string) bool {
	t.Helper()
	ok, err := a.Rights.Can(a.DB, who.ID, marketplace, rbac.Object{Kind: "removal", Requester: models.NewID()}, "approve")
	must(t, err)
	return ok
}

func TestRightsByMarketplace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		who := map[string]models.Actor{
			"here":  w.PersonIn(t, apptest.Market, "here", models.RoleSupervisor),
			"there": w.PersonIn(t, apptest.Other, "there", models.RoleSupervisor),
			"all":   w.PersonIn(t, models.AllMarketplaces, "all", models.RoleSupervisor),
			"split": w.PersonIn(t, apptest.Market, "split", models.RoleModerator),
		}
		_, err := w.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: "split@example.test", Role: models.RoleSupervisor, Marketplace: apptest.Other})
		must(t, err)
		got := map[string][2]bool{}
		for name, a := range who {
			got[name] = [2]bool{approves(t, w.App, a, apptest.Market), approves(t, w.App, a, apptest.Other)}
		}
		want := map[string][2]bool{"here": {true, false}, "there": {false, true}, "all": {true, true}, "split": {false, true}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("who approves here and there (-want +got):\n%s", diff)
		}
	})
}

// A change holds at the next question, on every instance.
func TestRightsChangeAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		second := s.secondInstance(t)
		both := func(step string, want bool, who models.Actor) {
			t.Helper()
			for name, a := range map[string]*app.App{"first": s.App, "second": second} {
				if got := approves(t, a, who, apptest.Market); got != want {
					t.Errorf("%s: on the %s instance %v; want %v", step, name, got, want)
				}
			}
		}
		other := s.Person(t, "other")
		both("before", false, other)
		s.grant(t, other, models.RoleSupervisor, apptest.Market)
		both("granted", true, other)
		s.revoke(t, other, models.RoleSupervisor)
		both("revoked", false, other)
		_, err := second.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: email(other), Role: models.RoleSupervisor, Marketplace: models.AllMarketplaces})
		must(t, err)
		both("granted by the second instance", true, other)
		must(t, second.Staff.Disable(t.Context(), models.Command("staff"), email(other)))
		both("disabled by the second instance", false, other)
		both("nobody else is touched by it", true, s.approver)
	})
}

func TestRightsInTime(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newScene(t, db)
		second := s.secondInstance(t)
		other := s.Person(t, "other")
		during := func(from, to time.Duration) {
			end := s.Now().Add(to)
			_, err := s.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{
				Email: email(other), Role: models.RoleSupervisor, Marketplace: apptest.Market, From: s.Now().Add(from), To: &end,
			})
			must(t, err)
		}
		during(time.Hour, 2*time.Hour)
		during(3*time.Hour, 4*time.Hour)
		var got []bool
		for range 10 { // every half hour: before, in the first hour, between, in the second, after
			first, also := approves(t, s.App, other, apptest.Market), approves(t, second, other, apptest.Market)
			if first != also {
				t.Errorf("at %v the instances disagree: %v, %v", s.Now(), first, also)
			}
			got = append(got, first)
			s.Clock.Wind(30 * time.Minute)
		}
		if diff := cmp.Diff([]bool{false, false, true, true, false, false, true, true, false, false}, got); diff != "" {
			t.Errorf("half hours in which the grant held (-want +got):\n%s", diff)
		}
		if !approves(t, s.App, s.approver, apptest.Market) {
			t.Error("a grant without an end has ended")
		}
	})
}

// Who decides on cases doesn't watch or administer, wherever and whenever the two would overlap.
func TestRolesThatExclude(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		for _, first := range models.Roles {
			for _, second := range models.Roles {
				name := first[:3] + "-" + second[:3]
				w.Person(t, name, first)
				_, err := w.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: name + "@example.test", Role: second, Marketplace: apptest.Other})
				want := ""
				if staff.Moderating(first) != staff.Moderating(second) {
					want = "roles_exclude"
				}
				if apptest.Code(err) != want {
					t.Errorf("%s, then %s elsewhere: %v; want %q", first, second, err, want)
				}
			}
		}
		verifyClean(t, w)
	})
}
