// Package dsa checks statements of reasons against the published schema of the EU's DSA transparency database, field by
// field (StatementStoreRequest.php and Statement.php of its API, at 69e80a0): what it would refuse doesn't leave here.
package dsa

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Problem is one field that the database would refuse, or that we do.
type Problem struct{ Field, Why string }

func (p Problem) Error() string { return "dsa: " + p.Field + " " + p.Why }

// Problems are all that is wrong with one statement.
type Problems []Problem

func (p Problems) Error() string {
	texts := make([]string, len(p))
	for i, x := range p {
		texts[i] = x.Field + " " + x.Why
	}
	return "dsa: " + strings.Join(texts, "; ")
}

// Check holds a statement, as it would be written as JSON, against the schema; nil where it fits. Lists may be []string or
// []any. A field that the schema doesn't have is refused, too, and free text with what looks like personal data.
func Check(s map[string]any) error {
	c := &checker{s: s}
	c.required()
	c.visibility()
	c.others()
	c.ground()
	c.source()
	c.lists()
	c.unknown()
	if len(c.found) == 0 {
		return nil
	}
	return c.found
}

type checker struct {
	s     map[string]any
	found Problems
}

func (c *checker) say(field, why string, args ...any) {
	c.found = append(c.found, Problem{field, fmt.Sprintf(why, args...)})
}

func (c *checker) has(field string) bool {
	v, ok := c.s[field]
	return ok && v != nil && v != ""
}

// text reads a text field of at most so many characters; it has to be there where required.
func (c *checker) text(field string, most int, required bool) (string, bool) {
	v, ok := c.s[field]
	if !ok || v == nil {
		if required {
			c.say(field, "is missing")
		}
		return "", false
	}
	text, ok := v.(string)
	switch {
	case !ok:
		c.say(field, "isn't a text")
		return "", false
	case text == "" && required:
		c.say(field, "is empty")
		return "", false
	case !utf8.ValidString(text):
		c.say(field, "isn't UTF-8")
	case most > 0 && utf8.RuneCountInString(text) > most:
		c.say(field, "has more than %d characters", most)
	}
	return text, text != ""
}

func (c *checker) one(field string, of []string, prefix string, required bool) string {
	text, ok := c.text(field, 0, required)
	if ok && !fits(of, prefix, text) {
		c.say(field, "has %q, which isn't one of its values", text)
	}
	return text
}

func fits(of []string, prefix, text string) bool {
	rest, ok := strings.CutPrefix(text, prefix)
	return ok && slices.Contains(of, rest)
}

func (c *checker) many(field string, of []string, prefix string, required bool) []string {
	v, ok := c.s[field]
	if !ok || v == nil {
		if required {
			c.say(field, "is missing")
		}
		return nil
	}
	list, ok := texts(v)
	if !ok {
		c.say(field, "isn't a list of texts")
		return nil
	}
	if len(list) == 0 && required {
		c.say(field, "is empty")
	}
	for i, x := range list {
		if !fits(of, prefix, x) {
			c.say(field, "has %q, which isn't one of its values", x)
		}
		if slices.Contains(list[:i], x) {
			c.say(field, "has %q twice", x)
		}
	}
	return list
}

func texts(v any) ([]string, bool) {
	switch v := v.(type) {
	case []string:
		return v, true
	case []any:
		out := make([]string, len(v))
		for i, x := range v {
			text, ok := x.(string)
			if !ok {
				return nil, false
			}
			out[i] = text
		}
		return out, true
	}
	return nil, false
}

// free reads free text, and refuses what looks like personal data in it.
func (c *checker) free(field string, most int, required bool) {
	text, ok := c.text(field, most, required)
	if what := Personal(text); ok && what != "" {
		c.say(field, "has what looks like %s", what)
	}
}

func (c *checker) date(field string, required bool) {
	text, ok := c.text(field, 0, required)
	if !ok {
		return
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 2000 {
		c.say(field, "has %q, which isn't a day from 2000 on as YYYY-MM-DD", text)
	}
}

var puid = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

func (c *checker) required() {
	c.many("content_type", contentTypes, "CONTENT_TYPE_", true)
	if slices.Contains(c.listOf("content_type"), "CONTENT_TYPE_OTHER") {
		c.free("content_type_other", 500, true)
	} else {
		c.without("content_type_other", "goes with CONTENT_TYPE_OTHER only")
	}
	c.one("category", categories, "STATEMENT_CATEGORY_", true)
	c.date("content_date", true)
	c.date("application_date", true)
	c.free("decision_facts", 5000, true)
	c.one("automated_detection", yesNo, "", true)
	c.one("automated_decision", automations, "AUTOMATED_DECISION_", true)
	if text, ok := c.text("puid", 500, true); ok && !puid.MatchString(text) {
		c.say("puid", "has more than letters, digits, - and _")
	}
}

func (c *checker) listOf(field string) []string {
	list, _ := texts(c.s[field])
	return list
}

func (c *checker) without(field, why string) {
	if c.has(field) {
		c.say(field, "%s", why)
	}
}

func (c *checker) visibility() {
	any := false
	for _, field := range []string{"decision_visibility", "decision_monetary", "decision_provision", "decision_account"} {
		any = any || c.has(field)
	}
	if !any {
		c.say("decision_visibility", "is missing, and so are decision_monetary, decision_provision and decision_account: one is needed")
	}
	list := c.many("decision_visibility", visibilities, "DECISION_VISIBILITY_", false)
	if v, isList := texts(c.s["decision_visibility"]); isList && len(v) == 0 {
		c.say("decision_visibility", "is empty")
	}
	if slices.Contains(list, "DECISION_VISIBILITY_OTHER") {
		c.free("decision_visibility_other", 500, true)
	} else {
		c.without("decision_visibility_other", "goes with DECISION_VISIBILITY_OTHER only")
	}
}

func (c *checker) others() {
	if c.one("decision_monetary", monetary, "DECISION_MONETARY_", false) == "DECISION_MONETARY_OTHER" {
		c.free("decision_monetary_other", 500, true)
	} else {
		c.without("decision_monetary_other", "goes with DECISION_MONETARY_OTHER only")
	}
	c.one("decision_provision", provisions, "DECISION_PROVISION_", false)
	c.one("decision_account", accounts, "DECISION_ACCOUNT_", false)
	c.one("account_type", accountTypes, "ACCOUNT_TYPE_", false)
	for _, what := range []string{"visibility", "monetary", "service", "account"} {
		c.date("end_date_"+what+"_restriction", false)
	}
}

func (c *checker) ground() {
	ground := c.one("decision_ground", grounds, "DECISION_GROUND_", true)
	illegal, incompatible := ground == "DECISION_GROUND_ILLEGAL_CONTENT", ground == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
	for _, g := range []struct {
		name string
		is   bool
		text string
	}{{"illegal_content", illegal, "legal_ground"}, {"incompatible_content", incompatible, "ground"}} {
		for field, most := range map[string]int{g.name + "_" + g.text: 500, g.name + "_explanation": 2000} {
			if g.is {
				c.free(field, most, true)
			} else {
				c.without(field, "goes with another decision_ground")
			}
		}
	}
	c.one("incompatible_content_illegal", yesNo, "", false)
	if !incompatible {
		c.without("incompatible_content_illegal", "goes with another decision_ground")
	}
	if text, ok := c.text("decision_ground_reference_url", 500, false); ok && !strings.HasPrefix(text, "https://") && !strings.HasPrefix(text, "http://") {
		c.say("decision_ground_reference_url", "isn't an address")
	}
}

func (c *checker) source() {
	if c.one("source_type", sources, "SOURCE_", true) == "SOURCE_VOLUNTARY" {
		c.without("source_identity", "doesn't go with SOURCE_VOLUNTARY")
		return
	}
	c.free("source_identity", 500, false)
}

var (
	language = regexp.MustCompile(`^[A-Z]{2}$`)
	ean      = regexp.MustCompile(`^[0-9]{13}$`)
)

func (c *checker) lists() {
	c.many("category_addition", categories, "STATEMENT_CATEGORY_", false)
	if slices.Contains(c.many("category_specification", keywords, "KEYWORD_", false), "KEYWORD_OTHER") {
		c.free("category_specification_other", 500, false)
	} else {
		c.without("category_specification_other", "goes with KEYWORD_OTHER only")
	}
	c.many("territorial_scope", countries, "", false)
	if text, ok := c.text("content_language", 0, false); ok && !language.MatchString(text) {
		c.say("content_language", "isn't two capital letters (ISO 639-1)")
	}
	v, ok := c.s["content_id"]
	if !ok {
		return
	}
	ids, ok := v.(map[string]any)
	if !ok {
		c.say("content_id", "isn't an object")
		return
	}
	for kind, id := range ids {
		text, isText := id.(string)
		if kind != "EAN-13" || !isText || !ean.MatchString(text) {
			c.say("content_id", "has something else than an EAN-13 of 13 digits")
		}
	}
}

func (c *checker) unknown() {
	for field := range c.s {
		if !slices.Contains(fields, field) {
			c.say(field, "isn't a field of the schema")
		}
	}
	slices.SortFunc(c.found, func(a, b Problem) int { return strings.Compare(a.Field+a.Why, b.Field+b.Why) })
}

var (
	email = regexp.MustCompile(`[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().]{2,}`)
	phone = regexp.MustCompile(`(?:\+|\b00|\(?\b0)[ ()./0-9-]{6,}[0-9]\b|\b[0-9]{3}[ .-][0-9]{3,4}[ .-][0-9]{4}\b`)
	iban  = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b`)
)

// Personal says what in a text looks like personal data; "" where nothing does.
func Personal(text string) string {
	switch {
	case email.MatchString(text):
		return "an e-mail address"
	case phone.MatchString(text):
		return "a phone number"
	case iban.MatchString(text):
		return "a bank account"
	}
	return ""
}
