package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// DoctorCmd looks for what is wrong with an installation.
type DoctorCmd struct {
	Database
	Seal
	LogKey
	LogPublic
}

// Run prints what it finds, and fails when something has to be mended.
func (c *DoctorCmd) Run(ctx context.Context, out io.Writer) error {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // the process ends
	fmt.Fprintln(out, "database: reachable, schema fits")
	seal, err := c.key(c.Database)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, "seal key: found")
	public, err := c.publicKey(c.LogKey, seal)
	if err != nil {
		return err
	}
	found := append(warnings(ctx, db), c.log(ctx, ledger.NewLog(ledger.New(db, models.Now), public, nil, 0), out)...)
	for _, w := range found {
		fmt.Fprintln(out, "warning:", w)
	}
	if len(found) > 0 {
		return fmt.Errorf("%d warnings", len(found))
	}
	return nil
}

// longWait is how long an entry may wait for its number before somebody should look.
const longWait = time.Minute

// log says how the ledger's log stands.
func (c *DoctorCmd) log(ctx context.Context, l *ledger.Log, out io.Writer) []string {
	newest, err := l.Checkpoint(ctx)
	if err != nil {
		return []string{"the log: " + err.Error()}
	}
	fmt.Fprintf(out, "log: %d entries under the newest checkpoint of %s\n", newest.Size, l.Public().Origin)
	var found []string
	if now := models.Now(); now.Before(newest.At) {
		found = append(found, fmt.Sprintf("the clock reads %s, and the newest checkpoint was signed at %s", now.Format(time.RFC3339), newest.At.UTC().Format(time.RFC3339)))
	}
	const most = 1000
	if n, since, err := l.Waiting(ctx, most); err != nil {
		found = append(found, "the log's queue can't be read: "+err.Error())
	} else if n > 0 && models.Now().Sub(since) > longWait {
		found = append(found, fmt.Sprintf("%d entries wait for their number, the oldest since %s: no server runs, or its messages say what stops the sequencer", n, since.UTC().Format(time.RFC3339)))
	}
	return found
}

// warnings names what weakens the guarantees of a running installation.
func warnings(ctx context.Context, db *gorm.DB) []string {
	if !models.IsPostgres(db) {
		return nil
	}
	var may struct{ Owner, Super bool }
	err := db.WithContext(ctx).Raw(`SELECT has_table_privilege('ledger_entries', 'DELETE') AS owner,
		(SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS super`).Scan(&may).Error
	if err != nil {
		return []string{"the account's privileges can't be read: " + err.Error()}
	}
	if may.Owner || may.Super {
		return []string{"this database account may delete ledger entries and change the schema; run as the account that `evenhand migrate up --app-role` prepares"}
	}
	return nil
}
