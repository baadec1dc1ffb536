package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"evenhand/app"
	"evenhand/approval"
	"evenhand/ledger"
	"evenhand/models"
)

// VerifyCmd holds the record against the database, or reads an export of it.
type VerifyCmd struct {
	Database
	Seal
	LogKey
	LogPublic
	Checkpoint string `help:"A checkpoint kept elsewhere: the log must be a continuation of it." placeholder:"FILE"`
	Export     string `help:"Verify an export of the ledger (plain or gzip) instead of a database." placeholder:"FILE"`
	Draws      bool   `help:"Also draw again which ticket each moderator got and who was to decide on which request, and name what was steered."`
}

// verifyGC is how far memory may grow before it is collected, in percent of what is in use: verify holds little at once
// and throws much away.
const verifyGC = 800

// Run prints one line when all agree, and fails with the first disagreement otherwise.
func (c *VerifyCmd) Run(ctx context.Context, out io.Writer) error {
	debug.SetGCPercent(verifyGC)
	var kept string
	if c.Checkpoint != "" {
		b, err := os.ReadFile(c.Checkpoint)
		if err != nil {
			return err
		}
		kept = string(b)
	}
	if c.Export != "" {
		return c.verifyExport(ctx, out, kept)
	}
	return c.verifyDatabase(ctx, out, kept)
}

// verifyDatabase needs the log's public key. With the seal key it also checks seals; without, it says that it didn't.
func (c *VerifyCmd) verifyDatabase(ctx context.Context, out io.Writer, kept string) error {
	public, seal, err := c.believed(c.LogKey, c.Seal, c.Database)
	if err != nil {
		return err
	}
	unsealed := seal == nil
	if unsealed {
		if c.Draws {
			return fmt.Errorf("%w; without it draws can't be replayed, since the seeds of today aren't revealed yet", errNoKey)
		}
		seal = newKey() // nothing is sealed with it
	}
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // the process ends
	a, err := app.New(db, app.Options{SealKey: seal})
	if err != nil {
		return err
	}
	trusted := ledger.Trusted{Public: public, Checkpoint: kept, Rules: []ledger.Rule{approval.TwoPeople()}}
	r, err := ledger.Verify(ctx, db, trusted, a.Checks(!unsealed))
	if err != nil {
		return err
	}
	if r.Disagreement != "" {
		return errors.New(r.Disagreement)
	}
	line := fmt.Sprintf("%d entries under %d checkpoints and the database agree (%d checks)", r.Entries, r.Checkpoints, r.Checks)
	if r.Waiting > 0 {
		line += fmt.Sprintf("; %d entries wait for their number", r.Waiting)
	}
	if unsealed {
		line += "; seals weren't checked, for want of the seal key"
	}
	if _, err = fmt.Fprintln(out, line); err != nil || !c.Draws {
		return err
	}
	return replayDraws(ctx, a, out)
}

func (c *VerifyCmd) verifyExport(ctx context.Context, out io.Writer, kept string) error {
	public, _, err := c.believed(c.LogKey, c.Seal, c.Database)
	if err != nil {
		return err
	}
	f, err := os.Open(c.Export)
	if err != nil {
		return err
	}
	defer f.Close()
	from, err := plain(f, c.Export)
	if err != nil {
		return err
	}
	r, err := ledger.VerifyExport(ctx, from, ledger.Trusted{Public: public, Checkpoint: kept, Rules: []ledger.Rule{approval.TwoPeople()}})
	if err != nil {
		return err
	}
	if r.Disagreement != "" {
		return errors.New(r.Disagreement)
	}
	_, err = fmt.Fprintf(out, "%d entries under %d checkpoints of %s agree; the state of a database isn't part of an export\n", r.Entries, r.Checkpoints, public.Origin)
	return err
}

func plain(f io.Reader, name string) (io.Reader, error) {
	if !strings.HasSuffix(name, ".gz") {
		return f, nil
	}
	return gzip.NewReader(f)
}
