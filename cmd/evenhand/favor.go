package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"

	"evenhand/favor"
)

// FavorCmd runs the favouritism detector on a file, without a database.
type FavorCmd struct {
	Decisions string  `help:"History of decisions: CSV, plain or gzip." placeholder:"FILE" xor:"input" required:""`
	Counts    string  `help:"Table of counts with expected numbers: CSV, plain or gzip." placeholder:"FILE" xor:"input" required:""`
	Theta     string  `help:"Score --counts at this prior instead of a fit: alpha1,beta1,alpha2,beta2,p." placeholder:"A1,B1,A2,B2,P"`
	By        string  `help:"Whom to compare with whom: ${enum}." enum:"moderator-seller,approver-seller,moderator-approver,moderator-group" default:"moderator-seller"`
	FDR       float64 `name:"fdr" help:"Share of false alarms among alarms that is put up with." default:"0.05"`
	Format    string  `help:"How to print: ${enum}." enum:"table,csv,json" default:"table"`
	Looks     *int    `help:"Print instead the N decisions to have decided again, most telling first." placeholder:"N"`
}

// Run reads the file, analyses it and prints the result.
func (c *FavorCmd) Run(out io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	path := c.Decisions + c.Counts
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if c.Looks != nil {
		return c.looks(file, out)
	}
	report, err := c.analyze(file)
	if err != nil {
		return err
	}
	return report.Print(out, favor.Format(c.Format))
}

func (c *FavorCmd) check() error {
	switch {
	case (c.Decisions == "") == (c.Counts == ""):
		return errors.New("favor: give one of --decisions and --counts")
	case c.Theta != "" && c.Counts == "":
		return errors.New("favor: --theta goes with --counts")
	case c.Looks != nil && c.Decisions == "":
		return errors.New("favor: --looks goes with --decisions")
	case c.Looks != nil && *c.Looks < 0:
		return fmt.Errorf("favor: --looks %d is below 0", *c.Looks)
	case !(c.FDR > 0 && c.FDR < 1):
		return fmt.Errorf("favor: --fdr %v is not between 0 and 1", c.FDR)
	}
	return nil
}

func (c *FavorCmd) options() favor.Options {
	return favor.Options{By: favor.By(c.By), FDR: c.FDR}
}

func (c *FavorCmd) analyze(file *os.File) (*favor.Report, error) {
	if c.Decisions != "" {
		return favor.Analyze(favor.ReadDecisions(file, c.Decisions), c.options())
	}
	o := favor.CountOptions{FDR: c.FDR}
	if c.Theta != "" {
		t, err := favor.ParseTheta(c.Theta)
		if err != nil {
			return nil, err
		}
		o.Theta = &t
	}
	return favor.AnalyzeCounts(favor.ReadCounts(file, c.Counts), o)
}

func (c *FavorCmd) looks(file *os.File, out io.Writer) error {
	ids, err := favor.Looks(favor.ReadDecisions(file, c.Decisions), c.options(), *c.Looks)
	if err != nil {
		return err
	}
	w := csv.NewWriter(out)
	w.Write([]string{"decision_id"})
	for _, id := range ids {
		w.Write([]string{id})
	}
	w.Flush()
	return w.Error()
}
