package main

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"gorm.io/gorm"

	"evenhand/migrations"
	"evenhand/models"
)

// MigrateCmd changes the schema. On PostgreSQL it runs as the schema's owner, which the application isn't.
type MigrateCmd struct {
	Database
	Action  string `arg:"" optional:"" default:"up" enum:"up,status,down-to" help:"${enum}; up when nothing is said."`
	Version string `arg:"" optional:"" help:"The version to go down to."`
	AppRole string `name:"app-role" env:"EVENHAND_APP_ROLE" help:"PostgreSQL role of the application; gets exactly the privileges it needs after up. It has to exist: CREATE ROLE name LOGIN PASSWORD '…'." placeholder:"ROLE"`
}

// Run migrates and says what it did.
func (c *MigrateCmd) Run(ctx context.Context, out io.Writer) error {
	if (c.Action == "down-to") != (c.Version != "") {
		return fmt.Errorf("migrate down-to takes a version, and nothing else does")
	}
	u, err := c.url()
	if err != nil {
		return err
	}
	db, err := models.Open(u)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // the process ends
	m, err := models.Migrator(db)
	if err != nil {
		return models.Translate(err)
	}
	switch c.Action {
	case "status":
		return models.Translate(c.status(ctx, m, out))
	case "down-to":
		return models.Translate(c.down(ctx, m, out))
	}
	return models.Translate(c.up(ctx, db, m, out))
}

func (c *MigrateCmd) status(ctx context.Context, m *migrations.Migrator, out io.Writer) error {
	s, err := m.Status(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "at version %d, this program needs %d\n", s.Version, s.Latest)
	return s.Check()
}

func (c *MigrateCmd) down(ctx context.Context, m *migrations.Migrator, out io.Writer) error {
	v, err := strconv.ParseInt(c.Version, 10, 64)
	if err != nil {
		return fmt.Errorf("%q isn't a version", c.Version)
	}
	n, err := m.DownTo(ctx, v)
	fmt.Fprintf(out, "undid %d migrations\n", n)
	return err
}

func (c *MigrateCmd) up(ctx context.Context, db *gorm.DB, m *migrations.Migrator, out io.Writer) error {
	n, err := m.Up(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "applied %d migrations\n", n)
	if c.AppRole == "" {
		return nil
	}
	if !models.IsPostgres(db) {
		return fmt.Errorf("--app-role is for PostgreSQL; SQLite has no accounts")
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	if err := migrations.GrantApp(ctx, pool, c.AppRole); err != nil {
		return err
	}
	fmt.Fprintf(out, "granted the application's privileges to %s\n", c.AppRole)
	return nil
}
