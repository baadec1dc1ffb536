package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"evenhand/favor"
	"evenhand/favor/worlds"
)

// Command says what to measure.
type Command struct {
	Data      string   `help:"Folder of worlds to read; without it worlds are made." placeholder:"DIR"`
	Mechanism string   `help:"How reviews and decisions come about in worlds made: ${enum}." enum:"classes,thresholds" default:"classes"`
	Scenarios []string `help:"Which scenarios." default:"moderate,easy,subtle,null"`
	Assigned  []string `help:"Ways of assignment." default:"random,self"`
	Seeds     int      `help:"Worlds of each kind." default:"5"`
	First     uint64   `help:"First seed." default:"1000"`
	Decisions int      `help:"Decisions in a world made." default:"120000"`
	Views     []string `help:"What the detector is given: required (columns alone), all, looks (all, and the second looks it asks for)." default:"required,all,looks"`
	Looks     float64  `help:"Share of decisions for which it may ask a second look." default:"0.035"`
	Rounds    int      `help:"Rounds in which it asks." default:"4"`
	By        []string `help:"Tables." default:"moderator-seller"`
	Each      bool     `help:"A line for each world, too."`
}

// The closed lists of what can be asked for.
var (
	scenarios = []string{"easy", "moderate", "subtle", "null"}
	assigned  = []string{"random", "self"}
	views     = []string{"required", "all", "looks"}
	tables    = []string{string(favor.ModeratorSeller), string(favor.ModeratorGroup), string(favor.ApproverSeller), string(favor.ModeratorApprover)}
)

func (c *Command) check() error {
	for _, list := range []struct {
		flag        string
		given, from []string
	}{{"--scenarios", c.Scenarios, scenarios}, {"--assigned", c.Assigned, assigned}, {"--views", c.Views, views}, {"--by", c.By, tables}} {
		if len(list.given) == 0 {
			return fmt.Errorf("%s is empty", list.flag)
		}
		for _, v := range list.given {
			if !slices.Contains(list.from, v) {
				return fmt.Errorf("%s %q is not one of %s", list.flag, v, strings.Join(list.from, ", "))
			}
		}
	}
	switch {
	case c.Seeds < 1:
		return fmt.Errorf("--seeds %d is below 1", c.Seeds)
	case c.Rounds < 1:
		return fmt.Errorf("--rounds %d is below 1", c.Rounds)
	case !(c.Looks >= 0 && c.Looks <= 1):
		return fmt.Errorf("--looks %v is not a share between 0 and 1", c.Looks)
	case c.Data == "" && (c.Decisions < 1000 || c.Decisions > 20_000_000):
		return fmt.Errorf("--decisions %d is not between 1000 and 20000000", c.Decisions)
	}
	if c.Data != "" {
		if info, err := os.Stat(c.Data); err != nil {
			return fmt.Errorf("--data: %w", err)
		} else if !info.IsDir() {
			return fmt.Errorf("--data %s is not a folder", c.Data)
		}
	}
	return nil
}

// kind is worlds of one scenario and assignment.
type kind struct{ scenario, assigned string }

func (c *Command) run(out io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%-10s %-7s %-18s %-9s %6s %5s %5s %6s %7s %6s %7s %6s\n",
		"scenario", "drawn", "table", "given", "worlds", "pairs", "AP", "rec@5%", "alarms", "wrong", "anyFalse", "secs")
	found := 0
	for _, scenario := range c.Scenarios {
		for _, assigned := range c.Assigned {
			n, err := c.kind(out, kind{scenario, assigned})
			if err != nil {
				return err
			}
			found += n
		}
	}
	if found == 0 {
		return fmt.Errorf("no folder SCENARIO_ASSIGNED_seedN of these kinds in %s", c.Data)
	}
	return nil
}

// way is one table and what the detector is given.
type way struct{ by, view string }

// kind measures the worlds of one kind, and returns how many there were.
func (c *Command) kind(out io.Writer, k kind) (found int, err error) {
	sums := map[way]*sum{}
	var ways []way
	for _, by := range c.By {
		for _, view := range c.Views {
			ways = append(ways, way{by, view})
			sums[way{by, view}] = &sum{}
		}
	}
	for i := range c.Seeds {
		w, err := c.world(k, i)
		if c.Data != "" && errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return found, err
		}
		found++
		for _, y := range ways {
			if err := sums[y].measure(c, w, y); err != nil {
				return found, fmt.Errorf("%s: %w", w.Name, err)
			}
			if c.Each && len(sums[y].each) > 0 {
				s := sums[y]
				m := s.each[len(s.each)-1]
				fmt.Fprintf(out, "  %-30s %-18s %-9s pairs %d AP %.3f recall %.2f alarms %d wrong %d\n", w.Name, y.by, y.view, m.Material, m.Precision, m.Recall, m.Right, m.Wrong)
			}
		}
	}
	for _, y := range ways {
		sums[y].print(out, k, y)
	}
	return found, nil
}

func (c *Command) world(k kind, i int) (*worlds.World, error) {
	if c.Data != "" {
		return worlds.Read(filepath.Join(c.Data, fmt.Sprintf("%s_%s_seed%d", k.scenario, k.assigned, i)))
	}
	return worlds.Generate(worlds.Spec{
		Mechanism: c.Mechanism, Scenario: k.scenario, Picked: k.assigned == "self",
		Decisions: c.Decisions, Seed: c.First + uint64(i),
	})
}

// sum adds up what was measured.
type sum struct {
	each  []worlds.Measured
	false int // worlds with any false alarm
	spent time.Duration
}

func (s *sum) measure(c *Command, w *worlds.World, y way) error {
	history := slices.Clone(w.Decisions)
	o := favor.Options{By: favor.By(y.by)}
	switch y.view {
	case "required":
		history = w.Bare()
	case "looks":
		asked := int(c.Looks * float64(len(history)))
		for k := range c.Rounds {
			ids, err := favor.Looks(favor.All(history), favor.Options{}, asked*(k+1)/c.Rounds-asked*k/c.Rounds)
			if err != nil {
				return err
			}
			w.Answer(history, ids)
		}
	}
	begin := time.Now()
	report, err := favor.Analyze(favor.All(history), o)
	if err != nil {
		if strings.Contains(err.Error(), "nothing to compare") {
			return nil
		}
		return err
	}
	s.spent += time.Since(begin)
	m := w.Measure(report)
	s.each = append(s.each, m)
	if m.Wrong > 0 {
		s.false++
	}
	return nil
}

func (s *sum) print(out io.Writer, k kind, y way) {
	n := float64(len(s.each))
	if n == 0 {
		return
	}
	var pairs, wrong, right int
	ap, recall, of := 0.0, 0.0, 0.0
	circles, overlap, circleRight, circleWrong := 0, 0.0, 0, 0
	for _, m := range s.each {
		circles, overlap = circles+m.Circles, overlap+m.Overlap*float64(m.Circles)
		circleRight, circleWrong = circleRight+m.CircleRight, circleWrong+m.CircleWrong
		pairs, wrong, right = pairs+m.Material, wrong+m.Wrong, right+m.Right
		if m.Material > 0 {
			ap, recall, of = ap+m.Precision, recall+m.Recall, of+1
		}
	}
	of = max(of, 1)
	fmt.Fprintf(out, "%-10s %-7s %-18s %-9s %6d %5d %5.3f %6.2f %7d %6d %7d %6.2f\n",
		k.scenario, k.assigned, y.by, y.view, len(s.each), pairs, ap/of, recall/of, right, wrong, s.false, s.spent.Seconds()/n)
	if circles+circleRight+circleWrong > 0 {
		fmt.Fprintf(out, "%-10s %-7s circles nobody named: %d middlemen, overlap %.2f; alarms %d right, %d wrong\n",
			k.scenario, k.assigned, circles, overlap/float64(max(1, circles)), circleRight, circleWrong)
	}
}
