package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"evenhand/ingest"
	"evenhand/models"
)

// ImportCmd brings reviews in from files. It can be run again at any time: what is there already stays as it is.
type ImportCmd struct {
	Database
	Marketplace  string   `required:"" help:"Whose reviews these are: lower-case letters, digits and hyphens. It is added if it isn't there." placeholder:"ID"`
	Format       string   `required:"" help:"olist (a folder of CSV files) or amazon (JSON lines); plain or gzip." placeholder:"FORMAT"`
	FlagNegative bool     `help:"Open a ticket for each negative review that never had one."`
	JSON         bool     `name:"json" help:"Print the counts as one JSON object."`
	Rejects      string   `help:"Where to write the records that can't be taken (default: rejects-MARKETPLACE.csv)." placeholder:"FILE"`
	Paths        []string `arg:"" name:"path" help:"Files or folders."`
}

// Rejected is the error of an import that brought in what it could.
type Rejected struct {
	N    int
	File string
}

func (r *Rejected) Error() string {
	if r.N == 1 {
		return "one record was rejected; " + r.File + " says why"
	}
	return fmt.Sprintf("%d records were rejected; %s says of each why", r.N, r.File)
}

// Run opens the database and imports.
func (c *ImportCmd) Run(ctx context.Context, out io.Writer, stderr Stderr) error {
	a, err := c.keyless(ctx)
	if err != nil {
		return err
	}
	defer models.Close(a.DB) //nolint:errcheck // every batch has been committed
	return c.run(ctx, ingest.New(a.DB, a.Now, a.Ledger, a.Engine, a.Desk), out, stderr)
}

// run imports, prints the counts whatever happened, and fails with *Rejected when records were rejected.
func (c *ImportCmd) run(ctx context.Context, in *ingest.Intake, out, stderr io.Writer) error {
	bar := progress(stderr)
	src, err := ingest.Open(c.Format, c.Paths, func(n int) { bar.Add(n) }) //nolint:errcheck // it only draws
	if err != nil {
		return err
	}
	bar.ChangeMax64(src.Size())
	if c.Rejects == "" {
		c.Rejects = "rejects-" + c.Marketplace + ".csv"
	}
	rejects := ingest.NewRejects(c.Rejects)
	counts, err := in.Run(ctx, models.Command("import"), ingest.Options{
		Marketplace: c.Marketplace, Format: c.Format, FlagNegative: c.FlagNegative, Reject: rejects.Add,
		Added: func(id string) { fmt.Fprintf(stderr, "evenhand: added the marketplace %s\n", id) },
	}, src)
	bar.Exit() //nolint:errcheck // it only draws
	if errors.Is(err, context.Canceled) {
		err = fmt.Errorf("stopped before the end; the same command does the rest: %w", err)
	}
	err = errors.Join(err, rejects.Close(), c.print(out, counts))
	if counts.Rejected == 0 {
		return err
	}
	rejected := &Rejected{N: counts.Rejected, File: c.Rejects}
	if err != nil { // an import that broke off is worse than one with rejects
		fmt.Fprintln(stderr, "evenhand:", rejected)
		return err
	}
	return rejected
}

func (c *ImportCmd) print(out io.Writer, n ingest.Counts) error {
	if c.JSON {
		return json.NewEncoder(out).Encode(n)
	}
	_, err := fmt.Fprintf(out, "%d read: %d imported, %d unchanged, %d rejected\n", n.Read, n.Imported, n.Unchanged, n.Rejected)
	return err
}

// progress draws how much of the files has been read, on a terminal only.
func progress(stderr io.Writer) *progressbar.ProgressBar {
	w := stderr
	if s, ok := w.(Stderr); ok {
		w = s.Writer
	}
	f, ok := w.(*os.File)
	return progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(stderr), progressbar.OptionSetVisibility(ok && term.IsTerminal(int(f.Fd()))),
		progressbar.OptionSetDescription("importing"), progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(200*time.Millisecond), progressbar.OptionClearOnFinish())
}
