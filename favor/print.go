package favor

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"
)

// Format is a way to write a report.
type Format string

// The formats.
const (
	Table Format = "table" // for people: a sentence, then the highest scores, aligned
	CSV   Format = "csv"   // every cell
	JSON  Format = "json"  // every cell, with the model and the report's own figures
)

// columns of a cell, in the order in which all formats have them.
var columns = []string{
	"row", "col", "exposure", "observed", "expected", "ebgm", "eb05", "eb95", "p", "q", "score", "alarm",
}

// Print writes the report, cells by score, highest first. Numbers in CSV and
// JSON are written so that they read back exactly.
func (r *Report) Print(w io.Writer, f Format) error {
	switch f {
	case Table:
		return r.printTable(w)
	case CSV:
		return r.printCSV(w)
	case JSON:
		return r.printJSON(w)
	}
	return fmt.Errorf("favor: unknown format %q", string(f))
}

func (r *Report) printCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write(columns); err != nil {
		return err
	}
	exact := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for _, c := range r.Cells {
		err := out.Write([]string{
			c.Row, c.Col, exact(c.Exposure), strconv.Itoa(c.Observed), exact(c.Expected),
			exact(c.EBGM), exact(c.EB05), exact(c.EB95), exact(c.P), exact(c.Q), exact(c.Score),
			strconv.FormatBool(c.Alarm),
		})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// cellJSON and reportJSON fix the names in JSON, which are a contract.
type cellJSON struct {
	Row      string  `json:"row"`
	Col      string  `json:"col"`
	Exposure float64 `json:"exposure"`
	Observed int     `json:"observed"`
	Expected float64 `json:"expected"`
	EBGM     float64 `json:"ebgm"`
	EB05     float64 `json:"eb05"`
	EB95     float64 `json:"eb95"`
	P        float64 `json:"p"`
	Q        float64 `json:"q"`
	Score    float64 `json:"score"`
	Alarm    bool    `json:"alarm"`
	Wrong    int     `json:"wrong,omitempty"`
	Looks    float64 `json:"looks,omitempty"`
	LogE     float64 `json:"log_e"`
	Evidence *Parts  `json:"evidence,omitempty"`
}

type modelJSON struct {
	Alpha1    float64 `json:"alpha1"`
	Beta1     float64 `json:"beta1"`
	Alpha2    float64 `json:"alpha2"`
	Beta2     float64 `json:"beta2"`
	P         float64 `json:"p"`
	NegLogLik float64 `json:"negloglik"`
	Fitted    bool    `json:"fitted"`
}

type reportJSON struct {
	By        By         `json:"by,omitempty"`
	Model     modelJSON  `json:"model"`
	FDR       float64    `json:"fdr"`
	Compared  int        `json:"compared"`
	Alarms    int        `json:"alarms"`
	Spread    float64    `json:"spread"`
	Decisions int        `json:"decisions"`
	Used      int        `json:"used"`
	Limits    []string   `json:"limits"`
	Cells     []cellJSON `json:"cells"`
}

func (r *Report) printJSON(w io.Writer) error {
	m := r.Model
	out := reportJSON{
		By: r.By, FDR: r.FDR, Compared: r.Compared, Alarms: r.Alarms, Spread: r.Spread,
		Decisions: r.Decisions, Used: r.Used, Limits: append([]string{}, r.Limits...),
		Model: modelJSON{m.Alpha1, m.Beta1, m.Alpha2, m.Beta2, m.P, r.NegLogLik, r.Fitted},
		Cells: make([]cellJSON, len(r.Cells)),
	}
	for i, c := range r.Cells {
		out.Cells[i] = cellJSON{
			c.Row, c.Col, c.Exposure, c.Observed, c.Expected, c.EBGM, c.EB05, c.EB95, c.P, c.Q, c.Score, c.Alarm, c.Wrong, c.Looks, c.LogE, nil,
		}
		if r.classes {
			out.Cells[i].Evidence = &r.Cells[i].Parts
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// shownAtLeast is how many cells the table for people has beside all alarms.
const shownAtLeast = 20

func (r *Report) printTable(w io.Writer) error {
	fmt.Fprintln(w, r.Summary())
	for _, l := range r.Limits {
		fmt.Fprintln(w, l)
	}
	fmt.Fprintln(w)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, name := range columns {
		fmt.Fprintf(out, "%s\t", name)
	}
	fmt.Fprintln(out)
	left := 0
	for i, c := range r.Cells {
		if i >= shownAtLeast && !c.Alarm {
			left++
			continue
		}
		fmt.Fprintf(out, "%s\t%s\t%.4g\t%d\t%.1f\t%.2f\t%.2f\t%.2f\t%.2g\t%.2g\t%.2f\t%t\t\n",
			printable(c.Row), printable(c.Col), c.Exposure, c.Observed, c.Expected,
			c.EBGM, c.EB05, c.EB95, c.P, c.Q, c.Score, c.Alarm)
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if left > 0 {
		_, err := fmt.Fprintf(w, "\n%d more without an alarm: --format csv has them all.\n", left)
		return err
	}
	return nil
}

// Summary is one sentence: what was compared, and how many stand out.
func (r *Report) Summary() string {
	what := "counts"
	if r.By != "" {
		what = fmt.Sprintf("pairs (%s) in %d decisions", r.By, r.Decisions)
	}
	return fmt.Sprintf("Compared %d %s: %d stand out at a false discovery rate of %g %%. Each is a question, not a verdict.",
		r.Compared, what, r.Alarms, 100*r.FDR)
}

// printable quotes names that could do something to a terminal.
func printable(s string) string {
	for _, c := range s {
		if !strconv.IsPrint(c) {
			return strconv.Quote(s)
		}
	}
	return s
}
