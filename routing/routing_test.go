package routing_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenhand/routing"
)

func n(v int) *int { return &v }

func is(v bool) *bool { return &v }

// set is a rule set with a rule for nearly everything.
var set = routing.Set{Language: "de", RepeatDays: 30, Rules: []routing.Rule{
	{Name: "Legal", When: routing.When{Sources: []string{"seller"}, Score: routing.Range{From: n(80)}}, Queue: "legal", Priority: 5, DueHours: 4, Skill: "legal"},
	{Name: "Piled up", When: routing.When{Flags: 3, Distinct: 2}, Priority: 7, DueHours: 2},
	{Name: "Portuguese", When: routing.When{Languages: []string{"pt", "unknown"}}, Queue: "pt", DueHours: 24, Skill: "language:pt"},
	{Name: "Old", When: routing.When{Age: routing.Range{From: n(365)}, Verified: routing.No}, Queue: "old", DueHours: 72},
	{Name: "Toys", When: routing.When{Categories: []string{"toys"}, Stars: routing.Range{To: n(2)}}, Priority: 1, DueHours: 12},
	{Name: "Rest", DueHours: 24},
}}

func TestRoute(t *testing.T) {
	base := routing.Facts{Category: "kitchen", Language: "de", Sources: []string{"customer"}, Flags: 1, Stars: 1, Age: 3, Verified: is(true)}
	for _, x := range []struct {
		name string
		with func(*routing.Facts)
		rule string
		to   routing.Route
	}{
		{"nothing special", func(*routing.Facts) {}, "Rest", routing.Route{Queue: "kitchen", Due: 24 * time.Hour}},
		{"a seller with a high score", func(f *routing.Facts) { f.Sources, f.Score = []string{"seller"}, n(80) }, "Legal", routing.Route{Queue: "legal", Priority: 5, Due: 4 * time.Hour, Skill: "legal"}},
		{"just below", func(f *routing.Facts) { f.Sources, f.Score = []string{"seller"}, n(79) }, "Rest", routing.Route{Queue: "kitchen", Due: 24 * time.Hour}},
		{"no score is no score of 80", func(f *routing.Facts) { f.Sources = []string{"seller"} }, "Rest", routing.Route{Queue: "kitchen", Due: 24 * time.Hour}},
		{"three flags of one source", func(f *routing.Facts) { f.Flags = 3 }, "Rest", routing.Route{Queue: "kitchen", Due: 24 * time.Hour}},
		{"three flags of two", func(f *routing.Facts) { f.Flags, f.Sources = 3, []string{"customer", "seller"} }, "Piled up", routing.Route{Queue: "kitchen", Priority: 7, Due: 2 * time.Hour}},
		{"the first that fits wins", func(f *routing.Facts) { f.Flags, f.Sources, f.Score = 3, []string{"customer", "seller"}, n(99) }, "Legal", routing.Route{Queue: "legal", Priority: 5, Due: 4 * time.Hour, Skill: "legal"}},
		{"another language", func(f *routing.Facts) { f.Language = "pt" }, "Portuguese", routing.Route{Queue: "pt", Due: 24 * time.Hour, Skill: "language:pt"}},
		{"no language is the default one", func(f *routing.Facts) { f.Language = "" }, "Rest", routing.Route{Queue: "kitchen", Due: 24 * time.Hour}},
		{"old and not verified", func(f *routing.Facts) { f.Age, f.Verified = 365, is(false) }, "Old", routing.Route{Queue: "old", Due: 72 * time.Hour}},
		{"unknown isn't not verified", func(f *routing.Facts) { f.Age, f.Verified = 365, nil }, "Rest", routing.Route{Queue: "kitchen", Due: 24 * time.Hour}},
		{"a category", func(f *routing.Facts) { f.Category = "toys" }, "Toys", routing.Route{Queue: "toys", Priority: 1, Due: 12 * time.Hour}},
		{"its stars", func(f *routing.Facts) { f.Category, f.Stars = "toys", 3 }, "Rest", routing.Route{Queue: "toys", Due: 24 * time.Hour}},
	} {
		f := base
		x.with(&f)
		got := set.Route(f)
		if set.Rules[got.Rule].Name != x.rule {
			t.Errorf("%s: rule %s; want %s", x.name, set.Rules[got.Rule].Name, x.rule)
		}
		got.Rule = 0
		if got != x.to {
			t.Errorf("%s: %+v; want %+v", x.name, got, x.to)
		}
	}
	unknown := set
	unknown.Language = ""
	if f := base; true {
		f.Language = ""
		if got := unknown.Route(f); unknown.Rules[got.Rule].Name != "Portuguese" {
			t.Errorf("unknown stays unknown without a default: rule %d", got.Rule)
		}
	}
	if got := routing.BuiltIn().Route(base); got != (routing.Route{Queue: "kitchen", Due: 24 * time.Hour}) {
		t.Errorf("built in: %+v", got)
	}
}

var here = routing.Known{Categories: []string{"kitchen", "toys"}, Skills: []string{"legal", "language:pt"}}

func TestCheck(t *testing.T) {
	if got := set.Check(here); got != nil {
		t.Errorf("a good set: %v", got)
	}
	if got := routing.BuiltIn().Check(routing.Known{}); got != nil {
		t.Errorf("the built-in set: %v", got)
	}
	change := func(i int, with func(*routing.Rule)) routing.Set {
		s := set
		s.Rules = slices.Clone(set.Rules)
		with(&s.Rules[i])
		return s
	}
	for _, x := range []struct {
		name  string
		set   routing.Set
		rule  int
		field string
		says  string
	}{
		{"no rules", routing.Set{}, -1, "", "0 rules"},
		{"a language that isn't one", routing.Set{Language: "German", Rules: set.Rules}, -1, "language", "code"},
		{"no name", change(1, func(r *routing.Rule) { r.Name = "" }), 1, "name", "a name"},
		{"a name twice", change(1, func(r *routing.Rule) { r.Name = "Legal" }), 1, "name", "Another rule"},
		{"a queue's name too long", change(0, func(r *routing.Rule) { r.Queue = strings.Repeat("q", 61) }), 0, "queue", "at most 60"},
		{"a queue's name", change(0, func(r *routing.Rule) { r.Queue = "My queue" }), 0, "queue", "lower-case"},
		{"too urgent", change(0, func(r *routing.Rule) { r.Priority = 10 }), 0, "priority", "0 to 9"},
		{"due at once", change(0, func(r *routing.Rule) { r.DueHours = 0 }), 0, "due", "1 to 720"},
		{"a skill of nobody", change(0, func(r *routing.Rule) { r.Skill = "images" }), 0, "skill", "Nobody here"},
		{"a category that isn't there", change(4, func(r *routing.Rule) { r.When.Categories = []string{"boats"} }), 4, "categories", "boats"},
		{"a source", change(0, func(r *routing.Rule) { r.When.Sources = []string{"friend"} }), 0, "sources", "friend"},
		{"scores that are none", change(0, func(r *routing.Rule) { r.When.Score = routing.Range{From: n(90), To: n(10)} }), 0, "score", "greater"},
		{"six stars", change(4, func(r *routing.Rule) { r.When.Stars = routing.Range{From: n(6)} }), 4, "stars", "1 to 5"},
		{"behind a catch-all", change(0, func(r *routing.Rule) { r.When = routing.When{} }), 1, "", "rule 1 (Legal)"},
		{"behind one that asks for less", change(2, func(r *routing.Rule) { r.When = routing.When{Flags: 5, Distinct: 3} }), 2, "", "rule 2 (Piled up)"},
		{"overlapping scores", change(2, func(r *routing.Rule) {
			r.When = routing.When{Sources: []string{"seller"}, Score: routing.Range{From: n(50), To: n(85)}}
		}), 2, "score", "overlap"},
		{"no default", routing.Set{Rules: set.Rules[:5]}, 4, "", "no conditions"},
	} {
		found := x.set.Check(here)
		if !slices.ContainsFunc(found, func(p routing.Problem) bool {
			return p.Rule == x.rule && p.Field == x.field && strings.Contains(p.Said.String(), x.says)
		}) {
			t.Errorf("%s: %+v; want rule %d, field %q, saying %q", x.name, found, x.rule, x.field, x.says)
		}
	}
}

func TestDiff(t *testing.T) {
	if got := routing.Diff(set, set); got != nil {
		t.Errorf("the same: %v", got)
	}
	would := set
	would.Language, would.Rules = "", slices.Clone(set.Rules)
	would.Rules[0], would.Rules[1] = would.Rules[1], would.Rules[0]
	would.Rules[0].Priority = 9
	would.Rules[3].Name = "Ancient"
	var got []string
	for _, c := range routing.Diff(set, would) {
		got = append(got, c.Kind+" "+c.Rule)
	}
	want := []string{"changed ", "dropped Old", "changed Piled up", "added Ancient", "moved Piled up"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestQueueOf(t *testing.T) {
	for in, want := range map[string]string{
		"Home & Garden": "home___garden", "": "uncategorised", "__x": "x", "ÄÖ": "uncategorised", "日本": "uncategorised", "café": "caf_", "health_beauty": "health_beauty", "kitchen": "kitchen",
		strings.Repeat("a", 80): strings.Repeat("a", 60),
	} {
		if got := routing.QueueOf(in); got != want || routing.QueueOf(got) != got {
			t.Errorf("QueueOf(%q) = %q; want %q", in, got, want)
		}
	}
}

// FuzzRoute: of whatever rules and facts, the first rule that fits wins, and a rule that Check calls unreachable isn't reached.
func FuzzRoute(f *testing.F) {
	rules, _ := json.Marshal(set)
	facts, _ := json.Marshal(routing.Facts{Category: "toys", Sources: []string{"seller"}, Flags: 1, Score: n(85), Stars: 1})
	f.Add(rules, facts)
	f.Add([]byte(`{"rules":[{"name":"a","when":{"flags":2}},{"name":"b","when":{"flags":3}},{"name":"c"}]}`), []byte(`{"flags":3,"sources":["seller"]}`))
	f.Fuzz(func(t *testing.T, rules, facts []byte) {
		var s routing.Set
		var x routing.Facts
		if json.Unmarshal(rules, &s) != nil || json.Unmarshal(facts, &x) != nil || x.Flags < 1 || len(x.Sources) == 0 {
			t.Skip()
		}
		slices.Sort(x.Sources)
		if x.Sources = slices.Compact(x.Sources); x.Flags < len(x.Sources) {
			t.Skip() // what no ticket is like
		}
		found := s.Check(here)
		got := s.Route(x)
		if again := s.Route(x); again != got {
			t.Fatalf("twice: %+v and %+v", got, again)
		}
		for _, p := range found {
			if p.Rule == got.Rule && strings.HasPrefix(p.Said.Format, "Nothing comes as far") && reachedByRule(s, x, got.Rule) {
				t.Fatalf("rule %d is reached, though it is said not to be", got.Rule)
			}
		}
		for i := range got.Rule {
			only := routing.Set{Language: s.Language, Rules: []routing.Rule{s.Rules[i], {Name: "none of it", Queue: "no-rule-at-all"}}}
			if only.Route(x).Rule == 0 {
				t.Fatalf("rule %d fits before rule %d", i, got.Rule)
			}
		}
		if len(s.Rules) > 0 && (got.Rule < 0 || got.Rule >= len(s.Rules)) {
			t.Fatalf("rule %d of %d", got.Rule, len(s.Rules))
		}
		routing.Diff(s, set)
	})
}

// reachedByRule says whether the rule itself fits, rather than that it is the last.
func reachedByRule(s routing.Set, x routing.Facts, rule int) bool {
	only := routing.Set{Language: s.Language, Rules: []routing.Rule{s.Rules[rule], {Name: "none of it"}}}
	return only.Route(x).Rule == 0
}
