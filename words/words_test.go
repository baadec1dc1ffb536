package words_test

import (
	"testing"
	"time"

	"evenhand/words"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ accepted, chosen, want string }{
		{"", "", "en"}, {"de", "", "de"}, {"de-AT,de;q=0.9,en;q=0.8", "", "de"}, {"fr,nl", "", "en"}, {"fr;q=0.9,de;q=0.3", "", "de"},
		{"en-GB,de;q=0.5", "", "en"}, {"de", "en", "en"}, {"en", "de", "de"}, {"de", "xx", "de"}, {"*", "", "en"}, {"–;q=x", "", "en"},
	} {
		if got := words.Choose(c.accepted, c.chosen); got.Code != c.want {
			t.Errorf("accepted %q, chosen %q: %s, want %s", c.accepted, c.chosen, got.Code, c.want)
		}
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	nested := words.Sentence{Format: "at least %d of: %s", Args: []any{2, words.List("%s, or %s", words.Word("a link"), words.Word("a file"))}}
	for _, c := range []struct{ got, want string }{
		{words.English.Say("in##a language"), "in"},
		{words.German.Say("in##a language"), "Sprache"},
		{words.German.Say("nothing that a catalogue has, 100 %"), "nothing that a catalogue has, 100 %"},
		{words.English.Say("This review is %s, so there is nothing to restore.", words.Word("removed")), "This review is removed, so there is nothing to restore."},
		{words.German.Say("This review is %s, so there is nothing to restore.", words.Word("removed")), "Diese Bewertung ist entfernt; es gibt nichts wiederherzustellen."},
		{words.German.Say("%s asked %s %s:##who, for its removal, when", "Anna", "die Entfernung", "gestern"), "Anna hat gestern die Entfernung beantragt:"},
		{nested.String(), "at least 2 of: a link, or a file"},
		{words.German.Say(nested.Format, nested.Args...), "mindestens 2 von: ein Link oder eine Datei"},
		{words.English.Plural(1, "entry", "entries"), "1 entry"},
		{words.English.Plural(1234, "entry", "entries"), "1,234 entries"},
		{words.German.Plural(1, "entry", "entries"), "1 Eintrag"},
		{words.German.Plural(1234, "entry", "entries"), "1.234 Einträge"},
		{words.German.Plural(0, "entry", "entries"), "0 Einträge"},
		{words.German.Say("%s ago", words.German.Plural(3, "day", "days##ago")), "vor 3 Tagen"},
	} {
		if c.got != c.want {
			t.Errorf("said %q, want %q", c.got, c.want)
		}
	}
}

func TestFiguresAndDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 5, 15, 9, 0, 0, time.UTC)
	for _, c := range []struct{ got, want string }{
		{words.English.Fixed(2, -1234.5), "−1234.50"}, {words.German.Fixed(2, -1234.5), "−1234,50"}, {words.German.Short(0.25), "0,25"},
		{words.English.Percent(1, 0.123), "12.3 %"}, {words.German.Percent(1, 0.123), "12,3\u00a0%"},
		{words.English.Date(at, "2 January 2006, 15:04 UTC"), "5 March 2026, 15:09 UTC"},
		{words.German.Date(at, "2 January 2006, 15:04 UTC"), "5. März 2026, 15:09 UTC"},
		{words.German.Date(at.AddDate(0, 9, 0), "2 Jan 2006"), "5. Dez. 2026"}, {words.German.Date(at.AddDate(0, 2, 0), "Jan 2006"), "Mai 2026"},
		{words.German.Date(at, "2006-01-02"), "2026-03-05"},
	} {
		if c.got != c.want {
			t.Errorf("wrote %q, want %q", c.got, c.want)
		}
	}
}
