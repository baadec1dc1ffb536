package demo

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gorm.io/gorm"
)

// The files of a demo. The database gets its name when everything is in it: a folder that has it is finished.
const (
	databaseFile = "evenhand.db"
	partFile     = "evenhand.db.part"
	keyFile      = "seal.key"
	accountsFile = "accounts.tsv"
)

// PlantedFile says whose removals favour whom: a moderator's and a seller's name on each line.
const PlantedFile = "planted.tsv"

func path(dir, name string) string { return filepath.Join(dir, name) }

// find gives the finished demo of a folder, nil where there is none, and an error where something else is there.
func find(dir string) (*Demo, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || (err == nil && len(entries) == 0) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	has := map[string]bool{}
	for _, e := range entries {
		has[e.Name()] = true
	}
	switch {
	case has[partFile]:
		return nil, fmt.Errorf("%s holds a demo that was never finished, or is being prepared just now; delete the folder, or choose another with --data", dir)
	case !has[databaseFile] || !has[accountsFile] || !has[keyFile]:
		return nil, fmt.Errorf("%s isn't empty and holds no demo; choose a new or empty folder with --data", dir)
	}
	return read(dir)
}

// read reads a finished demo's files.
func read(dir string) (*Demo, error) {
	d := &Demo{Dir: dir, Reused: true}
	text, err := os.ReadFile(path(dir, keyFile))
	if err != nil {
		return nil, err
	}
	if d.SealKey, err = hex.DecodeString(strings.TrimSpace(string(text))); err != nil {
		return nil, fmt.Errorf("%s isn't a key: want hexadecimal digits", path(dir, keyFile))
	}
	if text, err = os.ReadFile(path(dir, accountsFile)); err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		if len(f) != 3 {
			return nil, fmt.Errorf("%s: %q isn't role, e-mail and password", path(dir, accountsFile), line)
		}
		d.Accounts = append(d.Accounts, Account{Role: f[0], Email: f[1], Password: f[2]})
	}
	text, err = os.ReadFile(path(dir, PlantedFile))
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil // somebody didn't want to be told
	}
	for line := range strings.Lines(string(text)) {
		if moderator, seller, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			d.Planted = append(d.Planted, Pair{moderator, seller})
		}
	}
	return d, err
}

// folder is where a demo is being made.
type folder struct {
	dir  string
	made bool // by us
	key  []byte
}

// begin makes the folder and the file that marks it as unfinished, which one process alone can.
func begin(dir string, seed uint64) (*folder, error) {
	f := &folder{dir: dir, key: keyOf(seed)}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		f.made = true
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	mark, err := os.OpenFile(path(dir, partFile), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return f, mark.Close()
}

// finish writes everything down, the database's name last.
func (f *folder) finish(ctx context.Context, db *gorm.DB, d Demo) error {
	var accounts, planted strings.Builder
	for _, a := range d.Accounts {
		fmt.Fprintf(&accounts, "%s\t%s\t%s\n", a.Role, a.Email, a.Password)
	}
	for _, p := range d.Planted {
		fmt.Fprintf(&planted, "%s\t%s\n", p.Moderator, p.Seller)
	}
	for name, text := range map[string]string{
		keyFile: hex.EncodeToString(f.key) + "\n", accountsFile: accounts.String(), PlantedFile: planted.String(),
	} {
		if err := os.WriteFile(path(f.dir, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	if err := writeTo(ctx, db, path(f.dir, partFile)); err != nil {
		return err
	}
	return os.Rename(path(f.dir, partFile), path(f.dir, databaseFile))
}

// giveUp removes what begin and finish have made, and passes the reason on.
func (f *folder) giveUp(reason error) error {
	for _, name := range []string{keyFile, accountsFile, PlantedFile, partFile} {
		if err := os.Remove(path(f.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			reason = errors.Join(reason, err)
		}
	}
	if f.made {
		reason = errors.Join(reason, os.Remove(f.dir))
	}
	return reason
}
