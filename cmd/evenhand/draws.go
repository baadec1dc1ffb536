package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"evenhand/app"
)

// replayDraws prints one line when every draw was what its seed gives, and fails with the first that wasn't.
func replayDraws(ctx context.Context, a *app.App, out io.Writer) error {
	r, err := a.Desk.ReplayDraws(ctx, a.DB)
	if err != nil {
		return err
	}
	if r.Finding != "" {
		return errors.New(r.Finding)
	}
	_, err = fmt.Fprintf(out, "%d draws of tickets and %d of approvers are what the seeds of %d days give\n", r.Draws, r.Approvers, r.Seeds)
	return err
}
