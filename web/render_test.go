package web

import (
	"bytes"
	"io/fs"
	"reflect"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"evenhand/words"
)

func newTestRenderer(t *testing.T) *Renderer {
	t.Helper()
	r, err := New()
	if err != nil {
		t.Fatal(err)
	}
	r.Now = func() time.Time { return sampleNow }
	return r
}

func renderString(t *testing.T, r *Renderer, p PageData) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Render(&b, p); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// in is a page in a language.
func in(l *words.Language, p PageData) PageData {
	page := reflect.New(reflect.TypeOf(p)).Elem()
	page.Set(reflect.ValueOf(p))
	page.FieldByName("Lang").SetString(l.Code)
	return page.Interface().(PageData)
}

// eachSample renders every sample in every language, in parallel, and hands its HTML to check.
func eachSample(t *testing.T, check func(t *testing.T, p PageData, page string)) {
	t.Parallel()
	r := newTestRenderer(t)
	for name, p := range samples() {
		for _, l := range words.Languages {
			t.Run(name+"/"+l.Code, func(t *testing.T) {
				t.Parallel()
				said := in(l, p)
				check(t, said, renderString(t, r, said))
			})
		}
	}
}

func TestEveryTemplateHasFullAndEmptySamples(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	full, empty := map[string]bool{}, map[string]bool{}
	for name, p := range samples() {
		if strings.HasSuffix(name, "-empty") {
			empty[p.Template()] = true
		} else {
			full[p.Template()] = true
		}
	}
	for name := range r.pages[words.English.Code] {
		if !full[name] || !empty[name] {
			t.Errorf("page %s: full sample %v, empty sample %v", name, full[name], empty[name])
		}
	}
	if err := r.Render(&bytes.Buffer{}, unknownPage{}); err == nil {
		t.Error("a page without a template rendered")
	}
}

type unknownPage struct{ Page }

func (unknownPage) Template() string { return "no-such-page" }

func TestPagesAreWellFormed(t *testing.T) {
	eachSample(t, func(t *testing.T, _ PageData, page string) { checkNesting(t, page) })
}

var void = regexp.MustCompile(`^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$`)

// blocks may not stand in a paragraph: a browser would end it early.
var blocks = regexp.MustCompile(`^(address|article|aside|blockquote|details|dialog|div|dl|fieldset|figure|footer|form|h[1-6]|header|hr|main|nav|ol|p|pre|search|section|table|ul)$`)

func checkNesting(t *testing.T, page string) {
	t.Helper()
	var open []string
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if len(open) != 0 {
				t.Errorf("left open: %v", open)
			}
			return
		case html.StartTagToken:
			tag := z.Token().Data
			if blocks.MatchString(tag) && contains(open, "p") {
				t.Errorf("<%s> inside <p>: %v", tag, open)
			}
			if (tag == "a" || tag == "button") && (contains(open, "a") || contains(open, "button") || contains(open, "summary")) {
				t.Errorf("<%s> inside a link, button or summary: %v", tag, open)
			}
			if !void.MatchString(tag) {
				open = append(open, tag)
			}
		case html.EndTagToken:
			tag := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != tag {
				t.Fatalf("</%s> closes %v", tag, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func contains(all []string, one string) bool {
	for _, s := range all {
		if s == one {
			return true
		}
	}
	return false
}

// nodes parses the page and calls visit for each element.
func nodes(t *testing.T, page string, visit func(n *html.Node, attr map[string]string)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		visit(n, attr)
	}
}

func TestPagesKeepTheContentSecurityPolicy(t *testing.T) {
	eachSample(t, func(t *testing.T, _ PageData, page string) {
		if strings.Contains(page, "ZgotmplZ") {
			t.Error("the escaper refused a value")
		}
		nodes(t, page, func(n *html.Node, attr map[string]string) {
			for key, value := range attr {
				if key == "style" || strings.HasPrefix(key, "on") {
					t.Errorf("<%s %s>", n.Data, key)
				}
				if (key == "href" || key == "src" || key == "action" || key == "formaction") && strings.HasPrefix(value, "javascript:") {
					t.Errorf("<%s %s=%q>", n.Data, key, value)
				}
			}
			switch n.Data {
			case "style":
				t.Error("inline <style>")
			case "script":
				if !strings.HasPrefix(attr["src"], "/static/") || n.FirstChild != nil {
					t.Error("inline or foreign <script>")
				}
			case "form":
				if m := attr["method"]; m != "post" && m != "get" && m != "dialog" {
					t.Errorf("form with method %q", m)
				}
			}
		})
	})
}

// errorsOf are the field errors that a sample carries.
func errorsOf(p PageData) []Errors {
	switch p := p.(type) {
	case SignInPage:
		return []Errors{p.Errors}
	case TicketPage:
		return []Errors{p.KeepErrors, p.Remove.Errors, p.Skip.Errors}
	case ProposalPage:
		return []Errors{p.Errors}
	case RemovalsPage:
		return []Errors{p.Errors}
	case ReviewPage:
		return []Errors{p.Errors}
	case RecordPage:
		return []Errors{p.Errors}
	case InterestsPage:
		return []Errors{p.Errors}
	case ErasuresPage:
		return []Errors{p.Errors}
	case ErasurePage:
		return []Errors{p.Errors}
	case PreferencesPage:
		return []Errors{p.Errors}
	case TemplatesPage:
		return []Errors{p.Errors}
	}
	return nil
}

func TestEveryErrorIsShown(t *testing.T) {
	eachSample(t, func(t *testing.T, p PageData, page string) {
		for _, errs := range errorsOf(p) {
			for field, text := range errs {
				want := 2 // in the summary and at the field
				if field == "" {
					want = 1
				}
				if got := strings.Count(page, html.EscapeString(words.For(p.Spoken()).Say(text))); got < want {
					t.Errorf("error of %q is shown %d times, want %d", field, got, want)
				}
			}
		}
	})
}

func TestNoSingleKeySendsWhatTakesTwo(t *testing.T) {
	eachSample(t, func(t *testing.T, _ PageData, page string) {
		nodes(t, page, func(n *html.Node, attr map[string]string) {
			if n.Data != "form" {
				return
			}
			guarded := strings.HasSuffix(attr["action"], "/remove") || strings.HasSuffix(attr["action"], "/decline")
			if _, ok := attr["data-guarded"]; guarded && !ok {
				t.Errorf("form %s isn't guarded", attr["action"])
			}
		})
	})
}

func TestTemplatesUseNoForbiddenWords(t *testing.T) {
	t.Parallel()
	var found []string
	bad := regexp.MustCompile(`(?i)\b(comments?|audit log|fraud|suspects?|immutable|tamper-proof|takedown|purge)\b`)
	err := fs.WalkDir(templateFiles, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(templateFiles, name)
		for _, word := range bad.FindAllString(string(data), -1) {
			found = append(found, name+": "+word)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	sort.Strings(found)
	if len(found) > 0 {
		t.Errorf("words to avoid: %v", found)
	}
}
