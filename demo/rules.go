package demo

import (
	"context"
	"crypto/rand"

	"evenhand/models"
	"evenhand/settings"
	"evenhand/staff"
)

// rules leaves something to decide to the administrator: another one, who joins last so that nothing before depends on it,
// asks for a change that weakens control.
func (w *world) rules(ctx context.Context) error {
	account, err := w.Staff.Add(ctx, by, staff.NewAccount{Email: "second-administrator@example.test", Name: "Wanda Z.", Password: rand.Text()})
	if err != nil {
		return err
	}
	_, err = w.Staff.Grant(ctx, by, staff.NewGrant{Email: account.Email, Role: models.RoleAdministrator, Marketplace: large})
	if err != nil {
		return err
	}
	_, err = w.Rules.Request(ctx, staff.Actor(account), settings.Ask{
		Marketplace: large, To: map[string]string{"looks_per_10000": "50", "proposal_ttl_hours": "96"},
		Justification: "Second looks take a moderator’s morning every day, and requests run out over long weekends.",
	})
	return err
}
