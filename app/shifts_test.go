package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func TestShifts(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		r.DrawApprovers(t)
		var sups []models.Actor
		for i := range 6 {
			sups = append(sups, r.Person(t, fmt.Sprint("sup-", i), models.RoleSupervisor))
		}
		say := func(who models.Actor, state string) {
			must(t, r.Desk.SayShift(t.Context(), who, apptest.Market, state))
		}
		say(sups[2], models.ShiftOn)
		say(sups[4], models.ShiftOn)
		say(sups[5], models.ShiftOn)
		say(sups[5], models.ShiftBreak)
		if err := r.Desk.SayShift(t.Context(), r.first, apptest.Market, models.ShiftOn); apptest.Code(err) != "no_right" {
			t.Errorf("an administrator is on shift: %v", err)
		}
		drawnFor := func() []string {
			r.Clock.Wind(3 * time.Minute)
			r.flagged(t, models.FlagSeller, nil)
			p := r.Ask(t, r.moor)
			var who []string
			must(t, r.DB.Model(&models.ApproverDraw{}).Where("proposal_id = ?", p.ID).Pluck("pool", &who).Error)
			pool, err := ledger.ParseStrings(who[0])
			must(t, err)
			return pool
		}
		want := []string{sups[2].ID, sups[4].ID}
		slices.Sort(want)
		if got := drawnFor(); !slices.Equal(got, want) {
			t.Errorf("drawn from %v; want those on shift, %v", got, want)
		}
		loads, err := r.Desk.Loads(t.Context(), sups[0], apptest.Market)
		must(t, err)
		if len(loads) != 3 || loads[0].Waiting != 1 {
			t.Errorf("loads %+v", loads)
		}
		if _, err := r.Desk.Loads(t.Context(), r.moor, apptest.Market); apptest.Code(err) != "no_right" {
			t.Errorf("a moderator reads loads: %v", err)
		}
		r.Clock.Wind(13 * time.Hour) // nobody ended them
		if got := drawnFor(); len(got) != 6 {
			t.Errorf("with nobody on shift drawn from %d people; want 6", len(got))
		}
		replays(t, r.World)
		owner := unguarded(t, r.World)
		must(t, r.Sequencer.Drain(t.Context()))
		if got := undoing(t, r.World, owner, "UPDATE shifts SET state = 'off' WHERE staff_id = @who", map[string]any{"who": sups[2].ID}); !strings.Contains(got, "says something else than its entry") {
			t.Errorf("verify says %q", got)
		}
	})
}
