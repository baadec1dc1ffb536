package app_test

import (
	"encoding/json"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// allowed is the direction of dependencies: for each package, which packages of the project it may import. What
// isn't listed here is a mistake, in the package or in this table.
var allowed = map[string][]string{
	"migrations":    {},
	"favor":         {},
	"favor/worlds":  {"favor"},
	"words":         {},
	"web":           {"words"},
	"witness":       {},
	"models":        {"migrations", "words"},
	"models/dbtest": {"migrations", "models"},
	"rbac":          {"models", "words"},
	"ledger":        {"models", "witness"},
	"approval":      {"ledger", "models", "rbac", "words"},
	"staff":         {"ledger", "models", "rbac"},
	"erasure":       {"approval", "ledger", "models", "rbac"},
	"settings":      {"approval", "ledger", "models", "rbac", "words"},
	"history":       {"favor", "approval", "ledger", "models", "rbac"},
	"routing":       {"words"},
	"rulebook":      {"approval", "ledger", "models", "rbac", "routing", "words"},
	"moderation":    {"approval", "ledger", "models", "rbac", "routing", "rulebook", "words"},
	"ingest":        {"approval", "ledger", "models"},
	"signals":       {"favor", "ledger", "models", "rbac"},
	"dsa":           {},
	"statement":     {"dsa", "ledger", "models", "rbac"},
	"app":           {"approval", "erasure", "history", "ingest", "ledger", "models", "moderation", "rbac", "rulebook", "settings", "signals", "staff", "statement", "witness"},
	"app/apptest":   {"app", "approval", "ledger", "models", "models/dbtest", "moderation", "settings", "staff"},
	"crash":         {},
	"handlers":      {"app", "approval", "erasure", "favor", "history", "ledger", "models", "moderation", "rbac", "routing", "rulebook", "settings", "signals", "staff", "statement", "web", "words"},
	"demo":          {"app", "approval", "ingest", "ledger", "models", "moderation", "routing", "rulebook", "settings", "staff"},
	"cmd/favoreval": {"favor", "favor/worlds"},
	"cmd/evenhand":  {"app", "approval", "demo", "favor", "handlers", "ingest", "ledger", "migrations", "models", "moderation", "staff", "web", "witness"},
}

const module = "evenhand/"

func TestDependenciesGoOneWay(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	for dec.More() {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err != nil {
			t.Fatal(err)
		}
		name := strings.TrimPrefix(p.ImportPath, module)
		may, known := allowed[name]
		if !known {
			t.Errorf("package %s isn't in the table of dependencies", name)
			continue
		}
		for _, i := range p.Imports {
			own, ours := strings.CutPrefix(i, module)
			if ours && !slices.Contains(may, own) {
				t.Errorf("%s imports %s, which goes the wrong way", name, own)
			}
			if strings.HasPrefix(i, "github.com/gin-gonic/gin") && path.Base(name) != "handlers" {
				t.Errorf("%s imports gin, which only handlers may know", name)
			}
		}
	}
}
