package rbac

import (
	"fmt"
	"testing"

	"evenhand/models"
)

// BenchmarkCan asks what each approval asks, over a desk of five hundred people.
func BenchmarkCan(b *testing.B) {
	var grants []grant
	for i := range 500 {
		role := models.RoleModerator
		if i%5 == 0 {
			role = models.RoleSupervisor
		}
		grants = append(grants, grant{ID: fmt.Sprint("g", i), StaffID: fmt.Sprint("p", i), Role: role, MarketplaceID: "olist"})
	}
	v, err := build(grants)
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name, person string
		want         bool
	}{{"a supervisor", "p100", true}, {"a moderator", "p101", false}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if ok, err := v.Can(c.person, "olist", Object{Kind: "removal", Requester: "p7"}, "approve"); err != nil || ok != c.want {
					b.Fatal(ok, err)
				}
			}
		})
	}
}
