package handlers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"evenhand/models"
	"evenhand/routing"
	"evenhand/web"
)

// typedRules is the form as it was typed. However many rules somebody claims to send, only so many are read.
func typedRules(c *gin.Context) web.RoutingEditPage {
	page := web.RoutingEditPage{Language: c.PostForm("language"), RepeatDays: c.PostForm("repeat"), Justification: c.PostForm("justification")}
	page.Basis = number(c.PostForm("basis"), -1)
	for i := range min(number(c.PostForm("count"), 0), routing.MaxRules+1) {
		get := func(field string) string { return strings.TrimSpace(c.PostForm(fmt.Sprintf("r%d-%s", i, field))) }
		page.Rules = append(page.Rules, web.RuleForm{
			Name: get("name"), Categories: get("categories"), Languages: get("languages"), Sources: get("sources"),
			ScoreFrom: get("score-from"), ScoreTo: get("score-to"), StarsFrom: get("stars-from"), StarsTo: get("stars-to"),
			AgeFrom: get("age-from"), AgeTo: get("age-to"), Verified: get("verified"), Flags: get("flags"), Distinct: get("distinct"),
			Queue: get("queue"), Priority: get("priority"), DueHours: get("due"), Skill: get("skill"),
		})
	}
	return page
}

func number(text string, otherwise int) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return otherwise
	}
	return n
}

// reader reads the texts of a form as numbers and lists, and notes what can't be one.
type reader struct {
	rule     int
	mistakes models.Mistakes
}

func (r *reader) bad(field, text string) {
	r.mistakes.Say(fmt.Sprintf("r%d-%s", r.rule, field), "Rule %d: %.20q isn’t a whole number.", r.rule+1, text)
}

// whole reads a number; nothing is otherwise.
func (r *reader) whole(field, text string, otherwise int) int {
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		r.bad(field, text)
	}
	return n
}

// bound reads one end of a range; nothing is none.
func (r *reader) bound(field, text string) *int {
	if text == "" {
		return nil
	}
	n := r.whole(field, text, 0)
	return &n
}

func (r *reader) span(field, from, to string) routing.Range {
	return routing.Range{From: r.bound(field, from), To: r.bound(field, to)}
}

// list reads values with commas or spaces between them, each once.
func list(text string) []string {
	var out []string
	seen := map[string]bool{}
	for _, x := range strings.FieldsFunc(text, func(c rune) bool { return c == ',' || c == ' ' || c == ';' || c == '\n' }) {
		if !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out
}

// setOf is what was typed as rules, or what can't be read of it.
func setOf(page web.RoutingEditPage) (routing.Set, models.Mistakes) {
	r := &reader{mistakes: models.Mistakes{}}
	set := routing.Set{Language: strings.TrimSpace(page.Language)}
	n, err := strconv.Atoi(strings.TrimSpace(page.RepeatDays))
	if set.RepeatDays = n; err != nil {
		r.mistakes.Say("repeat", "Give a whole number of days; 0 is none.")
	}
	for i, x := range page.Rules {
		r.rule = i
		set.Rules = append(set.Rules, routing.Rule{
			Name: x.Name, Queue: x.Queue, Priority: r.whole("priority", x.Priority, 0), DueHours: r.whole("due", x.DueHours, 0), Skill: x.Skill,
			When: routing.When{
				Categories: list(x.Categories), Languages: list(x.Languages), Sources: list(x.Sources),
				Score: r.span("score", x.ScoreFrom, x.ScoreTo), Stars: r.span("stars", x.StarsFrom, x.StarsTo), Age: r.span("age", x.AgeFrom, x.AgeTo),
				Verified: x.Verified, Flags: r.whole("flags", x.Flags, 0), Distinct: r.whole("distinct", x.Distinct, 0),
			},
		})
	}
	return set, r.mistakes
}

// formOf is a rule as it would be typed.
func formOf(r routing.Rule) web.RuleForm {
	text := func(n *int) string {
		if n == nil {
			return ""
		}
		return strconv.Itoa(*n)
	}
	some := func(n int) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n)
	}
	w := r.When
	return web.RuleForm{
		Name: r.Name, Categories: strings.Join(w.Categories, ", "), Languages: strings.Join(w.Languages, ", "), Sources: strings.Join(w.Sources, ", "),
		ScoreFrom: text(w.Score.From), ScoreTo: text(w.Score.To), StarsFrom: text(w.Stars.From), StarsTo: text(w.Stars.To),
		AgeFrom: text(w.Age.From), AgeTo: text(w.Age.To), Verified: w.Verified, Flags: some(w.Flags), Distinct: some(w.Distinct),
		Queue: r.Queue, Priority: strconv.Itoa(r.Priority), DueHours: strconv.Itoa(r.DueHours), Skill: r.Skill,
	}
}
