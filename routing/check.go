package routing

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"evenhand/words"
)

// Problem is what is wrong with one field of one rule, from 0; Rule −1 is the set itself.
type Problem struct {
	Rule  int
	Field string
	Said  words.Sentence
}

// Known is what there is at a marketplace.
type Known struct {
	Categories []string // by the names of their queues
	Skills     []string // that somebody there has now
}

// Bounds of a set.
const (
	MaxRules    = 30
	MaxPriority = 9
	MaxDueHours = 720
	maxAge      = 3650
	maxFlags    = 1000
	maxRepeat   = 365
)

// Sources are where flags come from.
var Sources = []string{"seller", "customer", "classifier", "staff", "import"}

var (
	queueName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	skillName = regexp.MustCompile(`^[a-z0-9][a-z0-9:_-]{0,59}$`)
	language  = regexp.MustCompile(`^[a-z]{2,3}$`)
)

// SkillOK says whether a text can be the name of a skill.
func SkillOK(name string) bool { return skillName.MatchString(name) }

// LanguageOK says whether a text can be a language's code.
func LanguageOK(code string) bool { return language.MatchString(code) }

// checker gathers problems.
type checker struct {
	known Known
	found []Problem
	rule  int
}

func (c *checker) bad(field, format string, args ...any) {
	c.found = append(c.found, Problem{c.rule, field, said(format, args...)})
}

// Check lists everything that keeps a set from being asked for.
func (s Set) Check(known Known) []Problem {
	c := &checker{known: known, rule: -1}
	if s.Language != "" && !LanguageOK(s.Language) {
		c.bad("language", "%q isn't a language’s code, as de or pt.", clip(s.Language))
	}
	if s.RepeatDays < 0 || s.RepeatDays > maxRepeat {
		c.bad("repeat", "From 0 to %d days.", maxRepeat)
	}
	if n := len(s.Rules); n < 1 || n > MaxRules {
		c.bad("", "There are %d rules; there have to be from 1 to %d.", n, MaxRules)
		return c.found
	}
	for i, r := range s.Rules {
		c.rule = i
		c.name(s, i)
		c.then(r)
		c.when(r.When)
		c.reach(s, i)
	}
	if c.rule = len(s.Rules) - 1; !s.Rules[c.rule].When.catchAll() {
		c.bad("", "The last rule is for everything that no other fits, so it has no conditions.")
	}
	return c.found
}

func (c *checker) name(s Set, i int) {
	name := s.Rules[i].Name
	switch n := utf8.RuneCountInString(name); {
	case n == 0:
		c.bad("name", "Give the rule a name.")
	case n > MaxName:
		c.bad("name", "At most %d characters; it has %d.", MaxName, n)
	case slices.ContainsFunc(s.Rules[:i], func(r Rule) bool { return r.Name == name }):
		c.bad("name", "Another rule has this name.")
	}
}

func (c *checker) then(r Rule) {
	switch {
	case r.Queue == "":
	case len(r.Queue) > MaxName:
		c.bad("queue", "A queue’s name has at most %d characters; this one has %d.", MaxName, len(r.Queue))
	case !queueName.MatchString(r.Queue):
		c.bad("queue", "A queue’s name has lower-case letters, digits, _ and -.")
	}
	c.within("priority", r.Priority, 0, MaxPriority)
	c.within("due", r.DueHours, 1, MaxDueHours)
	switch {
	case r.Skill == "":
	case !SkillOK(r.Skill):
		c.bad("skill", "A skill’s name has lower-case letters, digits, :, _ and -, at most %d.", MaxName)
	case !slices.Contains(c.known.Skills, r.Skill):
		c.bad("skill", "Nobody here has the skill %s, so nobody would be given these tickets.", r.Skill)
	}
}

func (c *checker) when(w When) {
	for _, x := range w.Categories {
		if !slices.Contains(c.known.Categories, x) {
			c.bad("categories", "No product here has the category %q.", clip(x))
		}
	}
	for _, x := range w.Languages {
		if x != Unknown && !LanguageOK(x) {
			c.bad("languages", "%q isn’t a language’s code, as de or pt; unknown stands for none known.", clip(x))
		}
	}
	for _, x := range w.Sources {
		if !slices.Contains(Sources, x) {
			c.bad("sources", "No flag comes from %q.", clip(x))
		}
	}
	c.bounds("score", w.Score, 0, 100)
	c.bounds("stars", w.Stars, 1, 5)
	c.bounds("age", w.Age, 0, maxAge)
	if !slices.Contains([]string{"", Yes, No, Unknown}, w.Verified) {
		c.bad("verified", "Yes, no, unknown, or nothing.")
	}
	c.within("flags", w.Flags, 0, maxFlags)
	c.within("distinct", w.Distinct, 0, len(Sources))
}

func (c *checker) within(field string, v, least, most int) {
	if v < least || v > most {
		c.bad(field, "From %d to %d; it is %d.", least, most, v)
	}
}

func (c *checker) bounds(field string, r Range, least, most int) {
	for _, v := range []*int{r.From, r.To} {
		if v != nil {
			c.within(field, *v, least, most)
		}
	}
	if r.From != nil && r.To != nil && *r.From > *r.To {
		c.bad(field, "From %d to %d is nothing: the first is greater.", *r.From, *r.To)
	}
}

// reach names a rule that is never come to, and scores that two rules share.
func (c *checker) reach(s Set, i int) {
	w := s.Rules[i].When
	for j, earlier := range s.Rules[:i] {
		if earlier.When.covers(w) {
			c.bad("", "Nothing comes as far as this rule: all that fits it fits rule %d (%s) before.", j+1, earlier.Name)
			return
		}
		if earlier.When.sameButScore(w) && earlier.When.Score.meets(w.Score) {
			c.bad("score", "Its scores overlap with those of rule %d (%s), which asks for %s and comes first.", j+1, earlier.Name, earlier.When.Score.Words())
		}
	}
}

// clip bounds what a message repeats.
func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
