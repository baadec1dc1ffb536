package models_test

import (
	"testing"

	"evenhand/models"
	"evenhand/words"
)

func TestSettingsInWords(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		name   string
		value  any
		en, de string
	}{
		{name: "lease_minutes", value: 1, en: "1 minute", de: "1 Minute"},
		{name: "lease_minutes", value: 10, en: "10 minutes", de: "10 Minuten"},
		{name: "negative_at_or_below", value: 1, en: "1 star or fewer", de: "1 Stern oder weniger"},
		{name: "approvers_drawn", value: false, en: "no", de: "nein"},
		{name: "blind_parties", value: models.BlindNegative, en: "on negative reviews", de: "bei negativen Bewertungen"},
		{name: "statement_language", value: "de", en: "German", de: "Deutsch"},
		{name: "redress_body", value: "", en: "nothing", de: "nichts"},
		{name: "redress_body", value: "removed", en: "removed", de: "removed"}, // somebody's own words, which are no text of ours
	} {
		s, ok := models.SettingNamed(x.name)
		if !ok {
			t.Fatalf("no setting %s", x.name)
		}
		said := s.Say(x.value)
		if en, de := said.String(), words.German.Say(said.Format, said.Args...); en != x.en || de != x.de {
			t.Errorf("%s %v: %q and %q; want %q and %q", x.name, x.value, en, de, x.en, x.de)
		}
	}
}
