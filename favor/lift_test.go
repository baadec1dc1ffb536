package favor_test

import (
	"testing"

	"evenhand/favor"
)

// By hand: twenty reviews, ten of five stars, six of four, four of one, have (50+24+4)/20 = 3.9; without two of the ones
// (50+24+2)/18 = 4.2222…, a rise of .3222… or .1611… for each.
func TestLift(t *testing.T) {
	got, err := favor.Lift(favor.Stars{2, 0, 0, 6, 10}, favor.Stars{2})
	if err != nil || !near(got.Before, 3.9, 1e-12) || !near(got.After, 38.0/9, 1e-12) || !near(got.PerRemoval, 0.16111111111, 1e-9) {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := favor.Lift(favor.Stars{0, 0, 0, 0, 1}, favor.Stars{0, 0, 0, 0, 3}); err != nil || got.PerRemoval != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	for name, bad := range map[string][2]favor.Stars{
		"nothing stays":   {{}, {1}},
		"nothing removed": {{1}, {}},
		"negative":        {{1, -1}, {1}},
	} {
		if got, err := favor.Lift(bad[0], bad[1]); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
