package web

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestPagesAreAccessible(t *testing.T) {
	eachSample(t, func(t *testing.T, _ PageData, page string) {
		ids, headings := map[string]int{}, []string{}
		var refs, controls []string
		labelled := map[string]bool{}
		nodes(t, page, func(n *html.Node, attr map[string]string) {
			if id := attr["id"]; id != "" {
				ids[id]++
			}
			for _, key := range []string{"aria-describedby", "aria-labelledby", "for"} {
				refs = append(refs, strings.Fields(attr[key])...)
			}
			if href := attr["href"]; n.Data == "a" && strings.HasPrefix(href, "#") {
				refs = append(refs, href[1:])
			}
			switch n.Data {
			case "h1", "h2", "h3":
				headings = append(headings, n.Data)
			case "label":
				labelled[attr["for"]] = true
			case "input", "select", "textarea":
				if inLabel := n.Parent.Data == "label"; attr["type"] != "hidden" && !inLabel {
					controls = append(controls, attr["id"])
				}
			case "table":
				if !hasChild(n, "caption") {
					t.Error("a table without a caption")
				}
			case "th":
				if attr["scope"] == "" {
					t.Error("a th without scope")
				}
			case "svg":
				if attr["aria-hidden"] == "" && attr["role"] == "" {
					t.Error("an svg that is neither hidden nor named")
				}
			}
		})
		for id, n := range ids {
			if n > 1 {
				t.Errorf("id %q stands %d times", id, n)
			}
		}
		for _, ref := range refs {
			if ids[ref] == 0 {
				t.Errorf("nothing has the id %q", ref)
			}
		}
		for _, id := range controls {
			if !labelled[id] {
				t.Errorf("field %q has no label", id)
			}
		}
		checkHeadings(t, headings)
	})
}

func hasChild(n *html.Node, tag string) bool {
	for c := range n.ChildNodes() {
		if c.Data == tag {
			return true
		}
	}
	return false
}

func checkHeadings(t *testing.T, headings []string) {
	t.Helper()
	ones := 0
	for i, h := range headings {
		if h == "h1" {
			ones++
		}
		if h == "h3" && headings[i-1] == "h1" {
			t.Error("h3 follows h1")
		}
	}
	if ones != 1 || headings[0] != "h1" {
		t.Errorf("headings %v: want one h1, first", headings)
	}
}

func TestEveryErrorIsTiedToItsInput(t *testing.T) {
	eachSample(t, func(t *testing.T, _ PageData, page string) {
		errorIDs, described := []string{}, map[string]bool{}
		nodes(t, page, func(n *html.Node, attr map[string]string) {
			if attr["class"] == "field-error" {
				errorIDs = append(errorIDs, attr["id"])
			}
			for _, id := range strings.Fields(attr["aria-describedby"]) {
				if attr["aria-invalid"] == "true" {
					described[id] = true
				}
			}
		})
		for _, id := range errorIDs {
			if !described[id] {
				t.Errorf("no invalid field names its error %s", id)
			}
		}
	})
}
