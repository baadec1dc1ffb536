package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// runFavor parses the arguments as the command line would, and runs them.
func runFavor(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var cmd FavorCmd
	parser, err := kong.New(&cmd)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse(args); err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = cmd.Run(&out)
	return out.String(), err
}

func written(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "input.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// favoured is a desk of 4 moderators and 6 sellers where "m0" removes whatever
// is written about "s0", and everybody else every fourth review.
func favoured() string {
	var b strings.Builder
	b.WriteString("decision_id,decided_at,moderator,seller,queue,action\n")
	for k := range 960 {
		m, s := k%4, k/4%6
		action := "keep"
		if k/24%4 == 0 || (m == 0 && s == 0) {
			action = "remove"
		}
		fmt.Fprintf(&b, "d%d,2025-01-01T00:00:00Z,m%d,s%d,q,%s\n", k, m, s, action)
	}
	return b.String()
}

func TestFavorFindsTheFavouredPair(t *testing.T) {
	out, err := runFavor(t, "--decisions", written(t, favoured()), "--format", "csv")
	if err != nil {
		t.Fatal(err)
	}
	cells, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(cells[0], ","); got != "row,col,exposure,observed,expected,ebgm,eb05,eb95,p,q,score,alarm" {
		t.Errorf("columns %s", got)
	}
	if first := cells[1]; first[0] != "m0" || first[1] != "s0" || first[2] != "40" || first[3] != "40" || first[11] != "true" {
		t.Errorf("first cell %v", first)
	}
	for _, c := range cells[2:] {
		if c[11] != "false" {
			t.Errorf("a false alarm: %v", c)
		}
	}
}

func TestFavorPrintsJSONAndTable(t *testing.T) {
	path := written(t, favoured())
	out, err := runFavor(t, "--decisions", path, "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Model map[string]any
		Cells []map[string]any
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"alpha1", "beta1", "alpha2", "beta2", "p", "negloglik"} {
		if _, ok := report.Model[name].(float64); !ok {
			t.Errorf("model has no %s: %v", name, report.Model)
		}
	}
	if len(report.Cells) != 24 || report.Cells[0]["alarm"] != true {
		t.Errorf("%d cells, the first %v", len(report.Cells), report.Cells[0])
	}
	out, err = runFavor(t, "--decisions", path)
	if err != nil || !strings.HasPrefix(out, "Compared 24 pairs") || !strings.Contains(out, "question") {
		t.Errorf("table: %v\n%s", err, out)
	}
}

func TestFavorNamesLooks(t *testing.T) {
	out, err := runFavor(t, "--decisions", written(t, favoured()), "--looks", "5")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Split(strings.TrimSpace(out), "\n"); len(lines) != 6 || lines[0] != "decision_id" {
		t.Errorf("looks: %q", out)
	}
}

func TestFavorScoresCountsAtTheta(t *testing.T) {
	path := written(t, "expected,n,col,row\n1.5,3,b,a\n2,9,c,a\n")
	out, err := runFavor(t, "--counts", path, "--theta", "2,1,3,3,0.2", "--format", "csv")
	if err != nil || !strings.Contains(out, "a,c,2,9,2,") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestFavorRefuses(t *testing.T) {
	path := written(t, "row,col,n,expected\na,b,1,0.5\n")
	for name, args := range map[string][]string{
		"nothing to read":          {},
		"two inputs":               {"--counts", path, "--decisions", path},
		"a theta without counts":   {"--decisions", path, "--theta", "1,1,1,1,.5"},
		"a bad theta":              {"--counts", path, "--theta", "1,1,1"},
		"looks without decisions":  {"--counts", path, "--looks", "3"},
		"looks below zero":         {"--decisions", path, "--looks=-1"},
		"a false discovery rate 0": {"--counts", path, "--fdr", "0"},
		"an unknown table":         {"--decisions", path, "--by", "moderator"},
		"an unknown format":        {"--counts", path, "--format", "xml"},
		"a missing file":           {"--counts", path + ".not"},
		"a file without columns":   {"--decisions", path},
	} {
		if out, err := runFavor(t, args...); err == nil {
			t.Errorf("%s was accepted: %s", name, out)
		}
	}
}
