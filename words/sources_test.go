package words_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"

	"evenhand/models"
	"evenhand/routing"
	"evenhand/web"
	"evenhand/words"
)

// keys are the texts that a catalogue has to have, each with a place where it stands.
type keys map[string]string

func (k keys) add(text, where string) {
	if text != "" && k[text] == "" {
		k[text] = where
	}
}

// spokenPackages have sentences that pages say. The other packages speak to the console and to programs.
var spokenPackages = []string{"approval", "erasure", "handlers", "history", "ledger", "models", "moderation", "rbac", "routing", "rulebook", "settings", "signals", "staff", "statement", "web"}

// files reads what lies in the repository under a pattern.
func files(t *testing.T, pattern string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join("..", filepath.FromSlash(pattern)))
	if err != nil || len(names) == 0 {
		t.Fatalf("nothing under %s: %v", pattern, err)
	}
	out := map[string]string{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") || forDevelopers[strings.TrimPrefix(filepath.ToSlash(name), "../")] {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(filepath.ToSlash(name), "../")] = string(text)
	}
	return out
}

func templates(t *testing.T) map[string]string {
	t.Helper()
	out := files(t, "web/templates/*.html")
	for _, pattern := range []string{"web/templates/parts/*.html", "web/templates/pages/*.html"} {
		for name, text := range files(t, pattern) {
			out[name] = text
		}
	}
	return out
}

// fromTemplates adds what templates give to t, plural and fit.
func (k keys) fromTemplates(t *testing.T) {
	t.Helper()
	for name, text := range templates(t) {
		trees := map[string]*parse.Tree{}
		tree := parse.New(name)
		tree.Mode = parse.SkipFuncCheck
		if _, err := tree.Parse(text, "", "", trees); err != nil {
			t.Fatal(err)
		}
		for _, tree := range trees {
			walk(tree.Root, func(c *parse.CommandNode) { k.fromCommand(c, name) })
		}
	}
}

func (k keys) fromCommand(c *parse.CommandNode, name string) {
	word := func(i int) string {
		if len(c.Args) > i {
			if s, ok := c.Args[i].(*parse.StringNode); ok {
				return s.Text
			}
		}
		return ""
	}
	switch c.Args[0].String() {
	case "t":
		k.add(word(1), name)
	case "plural", "fit":
		k.add(word(2)+"/"+word(3), name)
	}
}

// walk visits every command under a node.
func walk(n parse.Node, visit func(*parse.CommandNode)) {
	branch := func(b *parse.BranchNode) {
		walk(b.Pipe, visit)
		walk(b.List, visit)
		if b.ElseList != nil {
			walk(b.ElseList, visit)
		}
	}
	switch n := n.(type) {
	case *parse.ListNode:
		for _, x := range n.Nodes {
			walk(x, visit)
		}
	case *parse.ActionNode:
		walk(n.Pipe, visit)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			walk(n.Pipe, visit)
		}
	case *parse.IfNode:
		branch(&n.BranchNode)
	case *parse.RangeNode:
		branch(&n.BranchNode)
	case *parse.WithNode:
		branch(&n.BranchNode)
	case *parse.PipeNode:
		for _, c := range n.Cmds {
			visit(c)
			for _, a := range c.Args {
				walk(a, visit)
			}
		}
	}
}

// fromModules adds what modules give to t.
func (k keys) fromModules(t *testing.T) {
	t.Helper()
	call := regexp.MustCompile(`\bt\(("(?:[^"\\]|\\.)*")`)
	for name, text := range files(t, "web/static/*.js") {
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			s, err := strconv.Unquote(m[1])
			if err != nil {
				t.Fatalf("%s: %s: %v", name, m[1], err)
			}
			k.add(s, name)
		}
	}
}

// fromGo adds what Go code says by a call that says something, and in web and handlers every literal that reads like
// words: what a page struct holds, its template says.
func (k keys) fromGo(t *testing.T) {
	t.Helper()
	for _, pkg := range spokenPackages {
		for name, text := range files(t, pkg+"/*.go") {
			f, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
			if err != nil {
				t.Fatal(err)
			}
			unheard := map[ast.Node]bool{}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.ImportSpec, *ast.Field:
					return false // paths and tags
				case *ast.CallExpr:
					k.fromCall(n, name)
					for _, a := range n.Args {
						unheard[a] = silent(n) || called(n) == "Plural" || called(n) == "Fit"
					}
				case *ast.AssignStmt:
					k.fromAssign(n, name)
				case *ast.BasicLit:
					if s := literal(n); (pkg == "web" || pkg == "handlers") && isProse(s) && !notWords[s] && !unheard[n] {
						k.add(s, name)
					}
				}
				return true
			})
		}
	}
}

// fromCall adds the text of a call that says something, or makes an error that a page may show.
func (k keys) fromCall(c *ast.CallExpr, name string) {
	arg := func(i int) string {
		if len(c.Args) > i {
			return literal(c.Args[i])
		}
		return ""
	}
	switch called(c) {
	case "Say", "say": // a language says its first argument, a form's mistakes and a request their second
		if text := arg(1); text != "" {
			k.add(text, name)
			return
		}
		k.add(arg(0), name)
	case "Said", "said", "Word":
		k.add(arg(0), name)
	case "InvalidField", "page", "bad", "ask": // the last two: what is wrong with a rule, and what it asks
		k.add(arg(1), name)
	case "E":
		k.add(arg(min(2, len(c.Args)-1)), name)
	case "List":
		if strings.Contains(arg(0), "%s") {
			k.add(arg(0), name)
		}
	case "Plural", "Fit":
		if arg(1) != "" {
			k.add(arg(1)+"/"+arg(2), name)
		}
	}
}

// fromAssign adds what is wrong with a field of a form: fields["name"] = "…".
func (k keys) fromAssign(a *ast.AssignStmt, name string) {
	if _, ok := a.Lhs[0].(*ast.IndexExpr); !ok {
		return
	}
	if text := literal(a.Rhs[0]); isProse(text) {
		k.add(text, name)
	}
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

// silent calls have literals that no reader sees.
func silent(c *ast.CallExpr) bool {
	if s, ok := c.Fun.(*ast.SelectorExpr); ok {
		switch x := s.X.(type) {
		case *ast.Ident:
			if slices.Contains([]string{"regexp", "errors", "template", "slog", "strconv"}, x.Name) {
				return true
			}
		case *ast.SelectorExpr:
			if x.Sel.Name == "log" {
				return true
			}
		}
	}
	return slices.Contains([]string{"Errorf", "panic", "Header", "GetHeader", "Set", "Parse", "Format", "Date", "Fprintf", "String", "Replace", "ReplaceAll", "Cut", "HasPrefix", "Trim", "NewHistogramVec"}, called(c))
}

func literal(n ast.Node) string {
	b, ok := n.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(b.Value)
	if err != nil {
		return ""
	}
	return s
}

var (
	letters  = regexp.MustCompile(`\p{L}{2}`)
	capital  = regexp.MustCompile(`^\p{Lu}[\p{Ll}’' -]+$`)
	phrase   = regexp.MustCompile(`\p{L}[,;:.]? \p{L}`)
	noPhrase = regexp.MustCompile(`^<|^/|^[MLhvz0-9. -]+$|='|default-src|script-src|max-age|charset=|filename=|=\$|\bSELECT\b`)
)

// isProse says whether a literal reads like words for people: several words, or one that begins large.
func isProse(s string) bool {
	return letters.MatchString(s) && !noPhrase.MatchString(s) && (capital.MatchString(s) || phrase.MatchString(s))
}

// fromData adds what comes to pages from data that the program brings along.
func (k keys) fromData(t *testing.T) {
	t.Helper()
	var never []struct{ Title, Why string }
	var reasons []struct{ Code, Meaning, Policy string }
	for name, into := range map[string]any{"moderation/never_valid.json": &never, "migrations/reason_codes_v1.json": &reasons} {
		if err := json.Unmarshal([]byte(files(t, name)[name]), into); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range never {
		k.add(n.Title, "moderation/never_valid.json")
		k.add(n.Why, "moderation/never_valid.json")
	}
	for _, r := range reasons {
		name := strings.ToLower(strings.ReplaceAll(r.Code, "_", " "))
		k.add(strings.ToUpper(name[:1])+name[1:], "migrations/reason_codes_v1.json")
		k.add(r.Meaning, "migrations/reason_codes_v1.json")
		k.add(r.Policy, "migrations/reason_codes_v1.json")
	}
	for line := range strings.Lines(files(t, "rbac/policy.csv")["rbac/policy.csv"]) {
		if right := strings.Split(line, ","); len(right) == 4 && right[0] == "p" {
			k.add(strings.TrimSpace(right[2]), "rbac/policy.csv")
			k.add(strings.TrimSpace(right[3])+words.Note+"a right", "rbac/policy.csv")
		}
	}
	for _, text := range fromVariables {
		k.add(text, "words/sources_test.go")
	}
}

// fromLists adds what comes to pages from lists of the program: a setting's name and meaning, a role, a kind of change.
func (k keys) fromLists() {
	const setting, rules, staff = "models/setting.go", "routing/", "models/staff.go"
	for _, s := range models.Settings {
		for _, text := range []string{s.Words, s.Means, s.Open, s.Unit, s.One, s.Shape, s.Weakens} {
			k.add(text, setting)
		}
		for _, c := range s.Choices {
			k.add(c.Words, setting)
		}
	}
	for _, list := range [][]web.Option{
		web.AssignedChoices, web.EscalateReasons, web.HandBackReasons, web.HeldChoices, web.MediaChoices, web.PurposeChoices, web.Purposes,
		web.Relations, web.RemedyChoices(), web.SkipReasons, web.VerifiedChoices,
	} {
		for _, o := range list {
			k.add(o.Label, "web/")
		}
	}
	for where, list := range map[string][]string{rules: slices.Concat(routing.Sources, routing.Kinds, []string{routing.Unknown}), staff: models.Roles} {
		for _, text := range list {
			k.add(text, where)
		}
	}
}

// collect gathers every text that a catalogue has to have.
func collect(t *testing.T) keys {
	t.Helper()
	k := keys{}
	k.fromTemplates(t)
	k.fromModules(t)
	k.fromGo(t)
	k.fromData(t)
	k.fromLists()
	return k
}
