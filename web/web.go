// Package web draws the pages: it turns prepared structs into HTML, and
// promises that every template is parsed at start, that a page is written
// whole or not at all, and that nothing in it needs an inline script or style.
//
// A handler fills one page struct (TicketPage, ProposalPage, …) and gives it to
// Renderer.Render. Each struct's comment names its address, the forms on it
// and their fields. The package knows no database and no router.
package web

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"path"
	"strings"
	"time"

	"evenhand/words"
)

//go:embed templates
var templateFiles embed.FS

// PageData is a page struct: it embeds Page and names its template.
type PageData interface {
	// Template is the file name under templates/pages, without ".html".
	Template() string
	// Spoken is the code of the page's language.
	Spoken() string
}

// Renderer holds the parsed templates. It is safe for concurrent use.
type Renderer struct {
	// Now is what relative times are counted from; time.Now unless replaced
	// before the first Render.
	Now func() time.Time

	pages map[string]map[string]*template.Template // by language and name
}

// New parses every template, once for each language, and fails if one doesn't parse.
func New() (*Renderer, error) {
	r := &Renderer{Now: time.Now, pages: map[string]map[string]*template.Template{}}
	for _, l := range words.Languages {
		pages, err := r.parse(l)
		if err != nil {
			return nil, err
		}
		r.pages[l.Code] = pages
	}
	return r, nil
}

func (r *Renderer) parse(l *words.Language) (map[string]*template.Template, error) {
	pages := map[string]*template.Template{}
	base, err := template.New("layout.html").Funcs(r.funcs(l)).
		ParseFS(templateFiles, "templates/layout.html", "templates/parts/*.html")
	if err != nil {
		return nil, fmt.Errorf("parse layout: %w", err)
	}
	names, err := fs.Glob(templateFiles, "templates/pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	for _, name := range names {
		t, err := base.Clone()
		if err != nil {
			return nil, fmt.Errorf("clone layout: %w", err)
		}
		if _, err := t.ParseFS(templateFiles, name); err != nil {
			return nil, fmt.Errorf("parse %s: %w", name, err)
		}
		pages[strings.TrimSuffix(path.Base(name), ".html")] = t
	}
	return pages, nil
}

// Render writes the page, or writes nothing and returns an error.
func (r *Renderer) Render(w io.Writer, p PageData) error {
	t, ok := r.pages[words.For(p.Spoken()).Code][p.Template()]
	if !ok {
		return fmt.Errorf("web: no template for page %q", p.Template())
	}
	var buf bytes.Buffer
	if err := t.Execute(&buf, inZone(p)); err != nil {
		return fmt.Errorf("web: render %s: %w", p.Template(), err)
	}
	if _, err := buf.WriteTo(w); err != nil {
		return fmt.Errorf("web: write %s: %w", p.Template(), err)
	}
	return nil
}

// CSP is the Content-Security-Policy under which every page works unchanged.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
