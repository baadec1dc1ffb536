package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/models"
	"evenhand/moderation"
)

// replayDraws prints one line when every draw was what its seed gives, and fails with the first that wasn't.
func replayDraws(ctx context.Context, a *app.App, out io.Writer) error {
	var r moderation.Replayed
	err := models.Snapshot(ctx, a.DB, func(tx *gorm.DB) (err error) {
		r, err = a.Desk.ReplayDraws(ctx, tx)
		return err
	})
	if err != nil {
		return err
	}
	if r.Finding != "" {
		return errors.New(r.Finding)
	}
	_, err = fmt.Fprintf(out, "%d draws of tickets and %d of approvers are what the seeds of %d days give\n", r.Draws, r.Approvers, r.Seeds)
	return err
}
