package routing_test

import (
	"testing"

	"evenhand/routing"
	"evenhand/words"
)

func TestRulesInWords(t *testing.T) {
	t.Parallel()
	r := routing.Rule{
		Name: "Legal", Queue: "legal", Priority: 5, DueHours: 4, Skill: "legal",
		When: routing.When{
			Categories: []string{"label", "toys"}, Languages: []string{"to", routing.Unknown}, Sources: []string{"seller", "classifier"},
			Score: routing.Range{From: n(80)}, Stars: routing.Range{From: n(1), To: n(2)}, Verified: routing.No, Flags: 2,
		},
	}
	// A category and a language are names, and stay what they are where the catalogue has the same word for something else.
	for l, want := range map[*words.Language]string{
		words.English: "category label or toys, language to or unknown, flagged by seller or classifier, score at least 80, stars 1 to 2, order not verified, at least 2 flags → the queue legal, priority 5, due within 4 h, takes the skill legal",
		words.German:  "Kategorie label oder toys, Sprache: to oder unbekannt, gemeldet durch: Händler oder automatische Prüfung, Punktwert: mindestens 80, Sterne: 1 bis 2, Kauf nicht bestätigt, mindestens 2 Meldungen → Warteschlange legal, Vorrang 5, fällig binnen 4 h, verlangt die Fähigkeit legal",
	} {
		s := r.Words()
		if got := l.Say(s.Format, s.Args...); got != want {
			t.Errorf("%s:\n got %s\nwant %s", l.Code, got, want)
		}
	}
}
