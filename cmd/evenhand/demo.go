package main

import (
	"context"
	"fmt"
	"io"
	"os"

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
	Seed    uint64 `default:"1" help:"Which marketplace to make; the same seed makes the same one."`
	NoServe bool   `name:"no-serve" help:"Prepare and exit."`
}

// Run prepares the demo, prints its sign-ins, and serves it.
func (c *DemoCmd) Run(ctx context.Context, out io.Writer) error {
	dir := c.Data
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "evenhand-demo-"); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "Preparing a synthetic marketplace in", dir, "…")
	d, err := demo.Prepare(ctx, dir, demo.Options{Seed: c.Seed})
	if err != nil {
		return err
	}
	var accounts []web.DemoAccount
	for _, a := range d.Accounts {
		fmt.Fprintf(out, "%s\t%s\t%s\n", a.Role, a.Email, a.Password)
		accounts = append(accounts, web.DemoAccount(a))
	}
	if c.NoServe {
		return nil
	}
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
	return serve(ctx, a, c.Listen, handlers.Options{DemoAccounts: accounts})
}
