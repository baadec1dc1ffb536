package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"evenhand/app"
	"evenhand/ledger"
	"evenhand/models"
)

// VerifyCmd holds the record against the database.
type VerifyCmd struct {
	Database
	Seal
	Draws bool `help:"Also draw again which ticket each moderator got and who was to decide on which request, and name what was steered."`
}

// Run prints one line when record and database agree, and fails with the first disagreement otherwise.
func (c *VerifyCmd) Run(ctx context.Context, out io.Writer) error {
	key, err := c.key(c.Database)
	if err != nil {
		return fmt.Errorf("approvals can't be verified: %w", err)
	}
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // the process ends
	a, err := app.New(db, app.Options{SealKey: key})
	if err != nil {
		return err
	}
	r, err := ledger.Verify(ctx, db, a.Checks())
	if err != nil {
		return err
	}
	if r.Disagreement != "" {
		return errors.New(r.Disagreement)
	}
	if _, err = fmt.Fprintf(out, "%d entries and the database agree (%d checks)\n", r.Entries, r.Checks); err != nil || !c.Draws {
		return err
	}
	return replayDraws(ctx, a, out)
}
