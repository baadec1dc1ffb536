package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"

	"evenhand/app"
	"evenhand/demo"
	"evenhand/handlers"
	"evenhand/models"
	"evenhand/web"
)

// DemoCmd prepares a synthetic marketplace and serves it. It needs nothing but the program.
type DemoCmd struct {
	Listen  string `env:"EVENHAND_LISTEN" default:"127.0.0.1:8080" help:"Address to listen on." placeholder:"HOST:PORT"`
	Data    string `help:"Folder for the demo's files: a new or empty one, or that of a finished demo, which is served again (default: a temporary folder)." placeholder:"DIR"`
	Seed    uint64 `default:"1" help:"Which marketplace to make; the same seed makes the same people, sellers and texts, and at the same time the same history."`
	Looks   int    `default:"150" help:"How many decisions in 10,000 get a second look."`
	NoServe bool   `name:"no-serve" help:"Prepare and exit."`
}

// Run prepares the demo, prints its sign-ins, and serves it.
func (c *DemoCmd) Run(ctx context.Context, out io.Writer) error {
	if c.Looks < 0 || c.Looks > 10_000 {
		return fmt.Errorf("--looks: %d; want 0 to 10000", c.Looks)
	}
	if err := c.free(ctx); err != nil {
		return err
	}
	dir := c.Data
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "evenhand-demo-"); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "Preparing a synthetic marketplace in", dir, "…")
	percent := debug.SetGCPercent(preparing) // a few seconds of making rows; the memory is small
	d, err := demo.Prepare(ctx, dir, demo.Options{Seed: c.Seed, Looks: &c.Looks})
	debug.SetGCPercent(percent)
	if err != nil {
		return err
	}
	if d.Reused {
		fmt.Fprintln(out, "A finished demo is there already, and goes on as it is.")
	}
	var accounts []web.DemoAccount
	for _, a := range d.Accounts {
		fmt.Fprintf(out, "%s\t%s\t%s\n", a.Role, a.Email, a.Password)
		accounts = append(accounts, web.DemoAccount(a))
	}
	fmt.Fprintln(out, "Whose removals favour whom stands in", filepath.Join(dir, demo.PlantedFile)+"; the auditor's board should find it.")
	if c.NoServe {
		return nil
	}
	return c.serve(ctx, out, d, accounts)
}

// preparing is the garbage collector's percentage while the demo is prepared.
const preparing = 400

// free says so at once where the address is taken, before the work of preparing.
func (c *DemoCmd) free(ctx context.Context) error {
	if c.NoServe {
		return nil
	}
	l, err := listenOn(ctx, c.Listen)
	if err != nil {
		return fmt.Errorf("%w; choose another address with --listen", err)
	}
	return l.Close()
}

// serve opens the demo as any installation's database is opened, and serves it.
func (c *DemoCmd) serve(ctx context.Context, out io.Writer, d demo.Demo, accounts []web.DemoAccount) error {
	db, err := (Database{DatabaseURL: d.DatabaseURL()}).open(ctx)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // the process ends
	a, err := app.New(db, app.Options{SealKey: d.SealKey})
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s\n", c.Listen)
	return serve(ctx, a, c.Listen, handlers.Options{DemoAccounts: accounts, Sequenced: true, Dev: true})
}
