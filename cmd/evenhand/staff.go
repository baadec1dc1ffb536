package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"evenhand/app"
	"evenhand/models"
	"evenhand/staff"
)

// StaffCmd manages people from the console: the first administrator, and operations. Every act is on record as the
// console's.
type StaffCmd struct {
	Add     StaffAddCmd     `cmd:"" help:"Add an account. Without --password-file a password is made up and printed."`
	List    StaffListCmd    `cmd:"" help:"List the accounts and their grants."`
	Disable StaffDisableCmd `cmd:"" help:"Disable an account at once."`
	Grant   StaffGrantCmd   `cmd:"" help:"Grant a role in a marketplace."`
	Token   StaffTokenCmd   `cmd:"" help:"Make, list and revoke tokens by which an auditor's programs read the ledger."`
	Revoke  StaffRevokeCmd  `cmd:"" help:"Revoke a role in a marketplace."`
}

var console = models.Command("staff")

// withApp opens the product for one command.
func withApp(ctx context.Context, d Database, fn func(a *app.App) error) error {
	a, err := d.keyless(ctx)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), models.Close(a.DB))
}

// withSealed is withApp for a command whose rows count only with this installation's seal.
func withSealed(ctx context.Context, d Database, s Seal, o app.Options, fn func(a *app.App) error) error {
	db, err := d.open(ctx)
	if err != nil {
		return err
	}
	defer models.Close(db) //nolint:errcheck // everything has been committed
	if o.SealKey, err = s.keyOrNew(d, db); err != nil {
		return err
	}
	a, err := app.New(db, o)
	if err != nil {
		return err
	}
	return fn(a)
}

// StaffAddCmd adds an account.
type StaffAddCmd struct {
	Database
	Email        string `arg:"" help:"The person's e-mail."`
	Name         string `required:"" help:"The person's name."`
	PasswordFile string `name:"password-file" help:"A file that holds the password." placeholder:"FILE"`
}

// Run adds the account.
func (c *StaffAddCmd) Run(ctx context.Context, out io.Writer) error {
	password, made := rand.Text(), true
	if c.PasswordFile != "" {
		b, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return err
		}
		password, made = strings.TrimRight(string(b), "\r\n"), false
	}
	return withApp(ctx, c.Database, func(a *app.App) error {
		p, err := a.Staff.Add(ctx, console, staff.NewAccount{Email: c.Email, Name: c.Name, Password: password})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "added %s\n", p.Email)
		if made {
			fmt.Fprintf(out, "password\t%s\n", password)
		}
		return nil
	})
}

// StaffListCmd lists accounts.
type StaffListCmd struct{ Database }

// Run prints one line for each account, newest first.
func (c *StaffListCmd) Run(ctx context.Context, out io.Writer) error {
	return withApp(ctx, c.Database, func(a *app.App) error {
		w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, "E-MAIL\tNAME\tSTATE\tROLES")
		var cursor *models.Cursor
		for {
			list, around, err := a.Staff.ListAll(ctx, cursor)
			if err != nil {
				return err
			}
			for _, p := range list {
				fmt.Fprintln(w, staffLine(p, a.Now()))
			}
			if around.Next == nil {
				return w.Flush()
			}
			cursor = around.Next
		}
	})
}

func staffLine(p staff.Listed, now time.Time) string {
	state := "active"
	if p.DisabledAt != nil {
		state = "disabled " + p.DisabledAt.UTC().Format(time.DateOnly)
	}
	var roles []string
	for _, g := range p.Grants {
		if !g.Active(now) {
			continue
		}
		role := g.Role + "@" + g.MarketplaceID
		if len(g.Queues) > 0 {
			role += "(" + strings.Join(g.Queues, ",") + ")"
		}
		if len(g.Skills) > 0 {
			role += "[" + strings.Join(g.Skills, ",") + "]"
		}
		if g.ValidTo != nil {
			role += " until " + g.ValidTo.UTC().Format(time.DateOnly)
		}
		roles = append(roles, role)
	}
	return p.Email + "\t" + p.Name + "\t" + state + "\t" + strings.Join(roles, " ")
}

// StaffDisableCmd disables an account.
type StaffDisableCmd struct {
	Database
	Email string `arg:"" help:"The person's e-mail."`
}

// Run disables the account.
func (c *StaffDisableCmd) Run(ctx context.Context, out io.Writer) error {
	return withApp(ctx, c.Database, func(a *app.App) error {
		if err := a.Staff.Disable(ctx, console, c.Email); err != nil {
			return err
		}
		fmt.Fprintf(out, "disabled %s\n", c.Email)
		return nil
	})
}

// StaffGrantCmd grants a role.
type StaffGrantCmd struct {
	Database
	Seal
	Email       string     `arg:"" help:"The person's e-mail."`
	Role        string     `arg:"" help:"moderator, supervisor, auditor, investigator or administrator."`
	Marketplace string     `required:"" help:"The marketplace's id; * is all of them." placeholder:"ID"`
	Queues      []string   `help:"Limit a moderator to these queues." placeholder:"QUEUE"`
	Skills      []string   `name:"skill" help:"What a moderator can do, as language:de, legal or images; repeatable." placeholder:"SKILL"`
	From        time.Time  `help:"Valid from (RFC 3339); now when nothing is said." placeholder:"TIME"`
	To          *time.Time `help:"Valid until (RFC 3339); until revoked when nothing is said." placeholder:"TIME"`
}

// Run grants the role.
func (c *StaffGrantCmd) Run(ctx context.Context, out io.Writer) error {
	return withSealed(ctx, c.Database, c.Seal, app.Options{}, func(a *app.App) error {
		g, err := a.Staff.Grant(ctx, console, staff.NewGrant{Email: c.Email, Role: c.Role, Marketplace: c.Marketplace, Queues: c.Queues, Skills: c.Skills, From: c.From, To: c.To})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "granted %s in %s to %s\n", g.Role, g.MarketplaceID, c.Email)
		return nil
	})
}

// StaffRevokeCmd revokes a role.
type StaffRevokeCmd struct {
	Database
	Email       string `arg:"" help:"The person's e-mail."`
	Role        string `arg:"" help:"The role to take away."`
	Marketplace string `required:"" help:"The marketplace's id, or * as it was granted." placeholder:"ID"`
}

// Run revokes the role.
func (c *StaffRevokeCmd) Run(ctx context.Context, out io.Writer) error {
	return withApp(ctx, c.Database, func(a *app.App) error {
		n, err := a.Staff.Revoke(ctx, console, c.Email, c.Role, c.Marketplace)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "revoked %d grants\n", n)
		return nil
	})
}
