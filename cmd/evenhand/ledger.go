package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/witness"
)

// LogKey says with which key checkpoints of the ledger are signed.
type LogKey struct {
	LogKey     string `name:"log-key" env:"EVENHAND_LOG_KEY" help:"The key that signs checkpoints of the ledger, as \"evenhand ledger key\" makes it (default: derived from the seal key)." placeholder:"KEY"`
	LogKeyFile string `name:"log-key-file" env:"EVENHAND_LOG_KEY_FILE" help:"A file that holds it; while a key is being replaced, the old one and the new one, a line each." placeholder:"FILE"`
}

// LogPublic says by which public key checkpoints are believed.
type LogPublic struct {
	PublicKey     string `name:"public-key" env:"EVENHAND_LOG_PUBLIC_KEY" help:"The log's public key (default: that of the log key)." placeholder:"KEY"`
	PublicKeyFile string `name:"public-key-file" env:"EVENHAND_LOG_PUBLIC_KEY_FILE" help:"A file that holds the public keys, old ones too, a line each." placeholder:"FILE"`
}

// keys reads the signing keys; nil stands for those that follow from the seal key.
func (k LogKey) keys() (*ledger.Keys, error) {
	text, err := textOrFile(k.LogKey, k.LogKeyFile)
	if err != nil || text == "" {
		return nil, err
	}
	keys, err := ledger.ParseKeys(text)
	return &keys, err
}

func textOrFile(text, file string) (string, error) {
	if file == "" {
		return text, nil
	}
	b, err := os.ReadFile(file)
	if err == nil && strings.TrimSpace(string(b)) == "" {
		err = fmt.Errorf("%s is empty", file)
	}
	return string(b), err
}

// errNoPublicKey says what verifying takes.
var errNoPublicKey = errors.New("no public key of the log: give it with --public-key or --public-key-file, or the key that it follows from (EVENHAND_LOG_KEY, EVENHAND_SEAL_KEY)")

// believed finds the keys to believe, and the seal key, which they may follow from; nil where there is none.
func (p LogPublic) believed(k LogKey, s Seal, d Database) (ledger.Public, []byte, error) {
	seal, err := s.key(d)
	if err != nil && !errors.Is(err, errNoKey) {
		return ledger.Public{}, nil, err
	}
	public, err := p.publicKey(k, seal)
	return public, seal, err
}

// publicKey finds the keys to believe: those given, else those of the signing key.
func (p LogPublic) publicKey(k LogKey, seal []byte) (ledger.Public, error) {
	text, err := textOrFile(p.PublicKey, p.PublicKeyFile)
	if err != nil {
		return ledger.Public{}, err
	}
	if text != "" {
		return ledger.ParsePublic(text)
	}
	keys, err := k.keys()
	if err != nil {
		return ledger.Public{}, err
	}
	if keys == nil {
		if len(seal) == 0 {
			return ledger.Public{}, errNoPublicKey
		}
		derived, err := ledger.DeriveKeys(seal)
		return derived.Public, err
	}
	return keys.Public, nil
}

// Witnesses says who cosigns checkpoints.
type Witnesses struct {
	Witnesses     string `name:"witnesses" env:"EVENHAND_WITNESSES" help:"Who is asked to cosign checkpoints: lines of a verifier key and a URL." placeholder:"LINES"`
	WitnessesFile string `name:"witnesses-file" env:"EVENHAND_WITNESSES_FILE" help:"A file that holds them." placeholder:"FILE"`
	WitnessQuorum int    `name:"witness-quorum" env:"EVENHAND_WITNESS_QUORUM" help:"How many of them must have cosigned before effects go out." placeholder:"N"`
}

func (w Witnesses) endpoints() ([]witness.Endpoint, int, error) {
	text, err := textOrFile(w.Witnesses, w.WitnessesFile)
	if err != nil {
		return nil, 0, err
	}
	list, err := witness.ParseEndpoints(text)
	if err != nil {
		return nil, 0, fmt.Errorf("witnesses: %w", err)
	}
	if w.WitnessQuorum < 0 || w.WitnessQuorum > len(list) {
		return nil, 0, fmt.Errorf("a quorum of %d witnesses, and %d are configured", w.WitnessQuorum, len(list))
	}
	return list, w.WitnessQuorum, nil
}

// LedgerCmd is the work with the log itself.
type LedgerCmd struct {
	Key    LedgerKeyCmd    `cmd:"" help:"Make a new signing key and print it, with its public half as a comment."`
	Public LedgerPublicCmd `cmd:"" help:"Print the public keys, which an auditor keeps."`
	Status LedgerStatusCmd `cmd:"" help:"Print the newest checkpoint and what waits."`
	Clock  LedgerClockCmd  `cmd:"" help:"Put on record that the clock was wrong and has been set back, so that checkpoints are signed again."`
	Export LedgerExportCmd `cmd:"" help:"Write the whole ledger to a file; on record. Check it with verify --export."`
}

// LedgerKeyCmd makes a key.
type LedgerKeyCmd struct {
	Name string `required:"" help:"The log's name, for ever: best a host and path of yours, as in reviews.example/log." placeholder:"NAME"`
}

// Run prints the key.
func (c *LedgerKeyCmd) Run(out io.Writer) error {
	key, err := ledger.NewKey(c.Name)
	if err != nil {
		return err
	}
	keys, err := ledger.ParseKeys(key)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "# public: %s\n%s\n", keys.Lines[0], key)
	return err
}

// LedgerPublicCmd prints public keys.
type LedgerPublicCmd struct {
	Database
	Seal
	LogKey
}

// Run prints them, a line each.
func (c *LedgerPublicCmd) Run(out io.Writer) error {
	public, _, err := LogPublic{}.believed(c.LogKey, c.Seal, c.Database)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, strings.Join(public.Lines, "\n"))
	return err
}

// LedgerStatusCmd prints where the log stands.
type LedgerStatusCmd struct {
	Database
}

// Run prints the newest checkpoint as it is signed, and what waits.
func (c *LedgerStatusCmd) Run(ctx context.Context, out io.Writer) error {
	return withApp(ctx, c.Database, func(a *app.App) error {
		cp, err := ledger.Newest(a.DB.WithContext(ctx))
		if err != nil {
			return err
		}
		waiting, since, err := a.Log.Waiting(ctx, 1000)
		if err != nil {
			return err
		}
		if cp.Size == 0 {
			fmt.Fprintln(out, "no checkpoint yet")
		} else {
			fmt.Fprintf(out, "%s# signed %s\n", cp.Note, cp.At.UTC().Format("2006-01-02 15:04:05 MST"))
		}
		if waiting > 0 {
			fmt.Fprintf(out, "# %d entries wait for their number, the oldest since %s; a server that runs gives it\n", waiting, since.UTC().Format("2006-01-02 15:04:05 MST"))
		}
		return nil
	})
}

// LedgerClockCmd records a clock that was set back.
type LedgerClockCmd struct {
	Database
}

// Run writes the entry; the sequencer goes on with it.
func (c *LedgerClockCmd) Run(ctx context.Context, out io.Writer) error {
	return withApp(ctx, c.Database, func(a *app.App) error {
		cp, err := ledger.Newest(a.DB.WithContext(ctx))
		if err != nil {
			return err
		}
		if !a.Now().Before(cp.At) {
			return fmt.Errorf("the clock isn't behind: the last checkpoint was signed at %s", cp.At.UTC().Format(time.RFC3339))
		}
		entry := &ledger.Entry{Act: ledger.ActClock, SubjectType: "ledger", SubjectID: "log"}
		entry.Set("last_checkpoint", cp.At.UTC().Format(time.RFC3339))
		if err := a.Ledger.Act(ctx, models.Command("ledger"), entry, func(*gorm.DB) error { return nil }); err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, "on record; checkpoints are signed again")
		return err
	})
}

// LedgerExportCmd writes the ledger to a file.
type LedgerExportCmd struct {
	Database
	Seal
	LogKey
	LogPublic
	File string `arg:"" help:"The file to make, which must not exist; a name that ends in .gz is compressed."`
}

// Run writes the export and puts on record that it was made.
func (c *LedgerExportCmd) Run(ctx context.Context, out io.Writer) error {
	public, _, err := c.believed(c.LogKey, c.Seal, c.Database)
	if err != nil {
		return err
	}
	return withApp(ctx, c.Database, func(a *app.App) error {
		f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		n, err := export(ctx, a, public, f, strings.HasSuffix(c.File, ".gz"))
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return errors.Join(err, os.Remove(c.File))
		}
		fmt.Fprintf(out, "%d entries in %s\n", n, c.File)
		return nil
	})
}

// export records the export first: what fails half-way has been seen by somebody all the same.
func export(ctx context.Context, a *app.App, public ledger.Public, f io.Writer, zip bool) (int64, error) {
	entry := &ledger.Entry{Act: "ledger.export", SubjectType: "ledger", SubjectID: public.Origin}
	if err := a.Ledger.Act(ctx, models.Command("ledger"), entry, func(*gorm.DB) error { return nil }); err != nil {
		return 0, err
	}
	log := ledger.NewLog(a.Ledger, public, nil, 0)
	if !zip {
		return log.Export(ctx, f, a.Now())
	}
	z := gzip.NewWriter(f)
	n, err := log.Export(ctx, z, a.Now())
	return n, errors.Join(err, z.Close())
}
