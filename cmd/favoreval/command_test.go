package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"compress/gzip"

	"evenhand/favor"
	"evenhand/favor/worlds"
)

func small() Command {
	return Command{
		Mechanism: "classes", Scenarios: []string{"easy"}, Assigned: []string{"self"}, Seeds: 1, First: 4, Decisions: 9000,
		Views: []string{"required", "looks"}, Looks: 0.035, Rounds: 2, By: []string{"moderator-seller"},
	}
}

// One line for each view, the same each time but for the time it took, with figures that can be.
func TestPrintsTheFigures(t *testing.T) {
	c := small()
	var first, second bytes.Buffer
	if err := c.run(&first); err != nil {
		t.Fatal(err)
	}
	if err := c.run(&second); err != nil {
		t.Fatal(err)
	}
	secs := regexp.MustCompile(` +[0-9.]+\n`)
	if a, b := secs.ReplaceAllString(first.String(), "\n"), secs.ReplaceAllString(second.String(), "\n"); a != b {
		t.Errorf("%s\nthen\n%s", a, b)
	}
	ap := map[string]float64{}
	for _, line := range strings.Split(first.String(), "\n")[1:] {
		var scenario, assigned, table, view string
		var n, pairs int
		var precision float64
		if k, _ := fmt.Sscan(line, &scenario, &assigned, &table, &view, &n, &pairs, &precision); k == 7 {
			ap[view] = precision
			if scenario != "easy" || assigned != "self" || n != 1 || pairs < 1 {
				t.Errorf("line %q", line)
			}
		}
	}
	if len(ap) != 2 || ap["looks"] < 0.5 || ap["looks"] > 1 || ap["required"] > ap["looks"] {
		t.Errorf("average precision %v in\n%s", ap, first.String())
	}
}

// A world written to files is measured as the one in memory.
func TestReadsWorldsFromAFolder(t *testing.T) {
	w, err := worlds.Generate(worlds.Spec{Mechanism: "classes", Scenario: "easy", Picked: true, Decisions: 9000, Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, w, filepath.Join(dir, "easy_self_seed0"))
	c, made := small(), small()
	c.Data, c.Seeds, c.Views, made.Views = dir, 3, []string{"all"}, []string{"all"}
	var got, want bytes.Buffer
	if err := c.run(&got); err != nil {
		t.Fatal(err)
	}
	if err := made.run(&want); err != nil {
		t.Fatal(err)
	}
	fields := func(s string) []string { f := strings.Fields(s); return f[:len(f)-1] }
	if a, b := fields(got.String()), fields(want.String()); strings.Join(a, " ") != strings.Join(b, " ") {
		t.Errorf("from files %v, from memory %v", a, b)
	}
}

func write(t *testing.T, w *worlds.World, dir string) {
	t.Helper()
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	actions := map[favor.Action]string{favor.Remove: "remove", favor.Keep: "keep"}
	outcomes := map[favor.Outcome]string{favor.Removed: "removed", favor.Kept: "kept"}
	labels := map[favor.Label]string{favor.Violating: "violating", favor.Genuine: "genuine"}
	decisions := [][]string{{"decision_id", "decided_at", "moderator", "seller", "queue", "action", "approver", "outcome", "marketplace",
		"seller_group", "rating", "content_score", "assigned", "second_look"}}
	truth := [][]string{{"decision_id", "violating", "second_look"}}
	for i, d := range w.Decisions {
		decisions = append(decisions, []string{d.ID, d.At.Format("2006-01-02T15:04:05Z"), d.Moderator, d.Seller, d.Queue, actions[d.Action], d.Approver,
			outcomes[d.Outcome], d.Marketplace, d.SellerGroup, fmt.Sprint(d.Rating), fmt.Sprint(d.Content.Score), "picked", labels[d.SecondLook]})
		truth = append(truth, []string{d.ID, "", labels[w.Answers[i]]})
	}
	pairs := [][]string{{"moderator", "seller", "corrupt_removals", "decisions", "kind", "approver"}}
	for _, p := range w.Planted {
		pairs = append(pairs, []string{p.Moderator, p.Seller, fmt.Sprint(p.Corrupt), "", p.Kind, p.Approver})
	}
	for name, rows := range map[string][][]string{"decisions": decisions, "truth_decisions": truth, "truth": pairs} {
		f, err := os.Create(filepath.Join(dir, name+".csv.gz"))
		if err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(f)
		if err := csv.NewWriter(z).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
}

func TestRefusesWhatItCannotMeasure(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(c *Command){
		`--scenarios "hard" is not one of easy, moderate, subtle, null`: func(c *Command) { c.Scenarios = []string{"hard"} },
		`--assigned "drawn" is not one of`:                              func(c *Command) { c.Assigned = []string{"drawn"} },
		`--views "most" is not one of`:                                  func(c *Command) { c.Views = []string{"most"} },
		`--by "seller" is not one of`:                                   func(c *Command) { c.By = []string{"seller"} },
		`--by is empty`:                                                 func(c *Command) { c.By = nil },
		`--seeds 0 is below 1`:                                          func(c *Command) { c.Seeds = 0 },
		`--rounds -1 is below 1`:                                        func(c *Command) { c.Rounds = -1 },
		`--looks 2 is not a share`:                                      func(c *Command) { c.Looks = 2 },
		`--decisions 5 is not between`:                                  func(c *Command) { c.Decisions = 5 },
		`is not a folder`:                                               func(c *Command) { c.Data = file },
		`no such file`:                                                  func(c *Command) { c.Data = file + "x" },
		`no folder SCENARIO_ASSIGNED_seedN`:                             func(c *Command) { c.Data = filepath.Dir(file) },
	} {
		c := small()
		change(&c)
		if err := c.run(&bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}
