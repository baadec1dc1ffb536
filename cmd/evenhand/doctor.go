package main

import (
	"context"
	"fmt"
	"io"

	"gorm.io/gorm"

	"evenhand/models"
)

// DoctorCmd looks for what is wrong with an installation.
type DoctorCmd struct {
	Database
	Seal
}

// Run prints what it finds, and fails when something has to be mended.
func (c *DoctorCmd) Run(ctx context.Context, out io.Writer) error {
	db, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // the process ends
	fmt.Fprintln(out, "database: reachable, schema fits")
	if _, err := c.key(c.Database); err != nil {
		return err
	}
	fmt.Fprintln(out, "seal key: found")
	found := warnings(ctx, db)
	for _, w := range found {
		fmt.Fprintln(out, "warning:", w)
	}
	if len(found) > 0 {
		return fmt.Errorf("%d warnings", len(found))
	}
	return nil
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
