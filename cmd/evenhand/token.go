package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"evenhand/app"
	"evenhand/staff"
)

// StaffTokenCmd manages reading tokens.
type StaffTokenCmd struct {
	Add    TokenAddCmd    `cmd:"" help:"Make a token for a person and print it, this once."`
	List   TokenListCmd   `cmd:"" help:"List a person's tokens."`
	Revoke TokenRevokeCmd `cmd:"" help:"Revoke a token at once."`
}

// TokenAddCmd makes a token.
type TokenAddCmd struct {
	Database
	Seal
	Email string `arg:"" help:"Whose programs will read: the token may read what the person may."`
	Name  string `required:"" help:"What it is for."`
	Days  int    `default:"90" help:"How many days it lasts."`
}

// Run prints the token.
func (c *TokenAddCmd) Run(ctx context.Context, out io.Writer) error {
	return withSealed(ctx, c.Database, c.Seal, app.Options{}, func(a *app.App) error {
		t, secret, err := a.Staff.AddToken(ctx, console, staff.NewToken{Email: c.Email, Name: c.Name, Days: c.Days})
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(out, "%s\t%s\tuntil %s\n", t.ID, secret, t.ExpiresAt.UTC().Format(time.DateOnly))
		return err
	})
}

// TokenListCmd lists tokens.
type TokenListCmd struct {
	Database
	Email string `arg:"" help:"Whose."`
}

// Run prints a line for each, newest first.
func (c *TokenListCmd) Run(ctx context.Context, out io.Writer) error {
	return withApp(ctx, c.Database, func(a *app.App) error {
		tokens, err := a.Staff.Tokens(ctx, c.Email)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
		for _, t := range tokens {
			state, used := "until "+t.ExpiresAt.UTC().Format(time.DateOnly), "never used"
			if t.RevokedAt != nil {
				state = "revoked " + t.RevokedAt.UTC().Format(time.DateOnly)
			}
			if t.UsedAt != nil {
				used = "used " + t.UsedAt.UTC().Format(time.DateOnly)
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", t.ID, t.Scope, t.Name, state, used)
		}
		return w.Flush()
	})
}

// TokenRevokeCmd revokes a token.
type TokenRevokeCmd struct {
	Database
	ID string `arg:"" help:"The token's id, as list prints it."`
}

// Run revokes it.
func (c *TokenRevokeCmd) Run(ctx context.Context, out io.Writer) error {
	return withApp(ctx, c.Database, func(a *app.App) error {
		if err := a.Staff.RevokeToken(ctx, console, c.ID); err != nil {
			return err
		}
		_, err := fmt.Fprintln(out, "revoked")
		return err
	})
}
