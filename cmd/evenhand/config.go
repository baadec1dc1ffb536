package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/models"
)

// Database says which database to work on.
type Database struct {
	DatabaseURL     string `name:"database-url" env:"EVENHAND_DATABASE_URL" default:"sqlite:evenhand.db" help:"postgres://… or sqlite:PATH." placeholder:"URL"`
	DatabaseURLFile string `name:"database-url-file" env:"EVENHAND_DATABASE_URL_FILE" help:"A file that holds the database URL, in place of --database-url." placeholder:"FILE"`
}

// Seal says under which key requests, approvals and grants are sealed. It is never in the database.
type Seal struct {
	SealKey     string `name:"seal-key" env:"EVENHAND_SEAL_KEY" help:"The key that seals requests, approvals and grants: 64 hexadecimal digits." placeholder:"HEX"`
	SealKeyFile string `name:"seal-key-file" env:"EVENHAND_SEAL_KEY_FILE" help:"A file that holds the key. With SQLite: seal.key beside the database, made when it is missing." placeholder:"FILE"`
}

// forTests are names that the tests use; the program ignores them.
var forTests = []string{"EVENHAND_TEST_POSTGRES", "EVENHAND_TEST_REQUIRE_BROWSER", "EVENHAND_SHOTS", "EVENHAND_SOAK", "EVENHAND_PG_FSYNC"}

// checkEnvironment refuses EVENHAND_ names that nothing reads: a misspelt setting must not be silently ignored.
func checkEnvironment(environ []string) error {
	known := slices.Concat(forTests, envNames(reflect.TypeFor[CLI]()))
	for _, kv := range environ {
		name, _, _ := strings.Cut(kv, "=")
		if strings.HasPrefix(name, "EVENHAND_") && !slices.Contains(known, name) {
			return fmt.Errorf("%s isn't a setting; `evenhand help COMMAND` lists those there are", name)
		}
	}
	return nil
}

// envNames collects the env tags of the commands.
func envNames(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		f := t.Field(i)
		if env := f.Tag.Get("env"); env != "" {
			out = append(out, env)
		}
		if f.Type.Kind() == reflect.Struct {
			out = append(out, envNames(f.Type)...)
		}
	}
	return out
}

// url reads the setting or its file.
func (d Database) url() (string, error) {
	if d.DatabaseURLFile == "" {
		return d.DatabaseURL, nil
	}
	b, err := os.ReadFile(d.DatabaseURLFile)
	return strings.TrimSpace(string(b)), err
}

// open connects and makes sure that the schema fits. An empty database is set up.
func (d Database) open(ctx context.Context) (*gorm.DB, error) {
	u, err := d.url()
	if err != nil {
		return nil, err
	}
	db, err := models.Open(u)
	if err != nil {
		return nil, err
	}
	if err := models.Ready(ctx, db); err != nil {
		return nil, errors.Join(err, models.Close(db))
	}
	return db, nil
}

// keyless opens the product for a command that seals nothing: the key it works with is thrown away.
func (d Database) keyless(ctx context.Context) (*app.App, error) {
	db, err := d.open(ctx)
	if err != nil {
		return nil, err
	}
	return app.New(db, app.Options{SealKey: newKey()})
}

func newKey() []byte {
	key := make([]byte, 32)
	rand.Read(key) // never fails since Go 1.24
	return key
}

// errNoKey says that no seal key was given and none lies beside the database.
var errNoKey = errors.New("no seal key: set EVENHAND_SEAL_KEY or EVENHAND_SEAL_KEY_FILE")

// key finds the seal key: the setting, its file, or with SQLite the file beside the database.
func (s Seal) key(d Database) ([]byte, error) {
	if s.SealKey != "" {
		return decodeKey("EVENHAND_SEAL_KEY", s.SealKey)
	}
	path, err := s.keyFile(d)
	if err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && s.SealKeyFile == "" {
		return nil, errNoKey
	}
	if err != nil {
		return nil, err
	}
	return decodeKey(path, string(b))
}

func (s Seal) keyFile(d Database) (string, error) {
	if s.SealKeyFile != "" {
		return s.SealKeyFile, nil
	}
	u, err := d.url()
	if err != nil {
		return "", err
	}
	path, ok := strings.CutPrefix(u, "sqlite:")
	if !ok {
		return "", errNoKey
	}
	return filepath.Join(filepath.Dir(path), "seal.key"), nil
}

// keyOrNew is key, but on a desk that has sealed nothing yet it makes the key file that is missing.
func (s Seal) keyOrNew(d Database, db *gorm.DB) ([]byte, error) {
	key, err := s.key(d)
	if !errors.Is(err, errNoKey) {
		return key, err
	}
	path, fileErr := s.keyFile(d)
	if fileErr != nil {
		return nil, fileErr
	}
	for _, sealed := range []any{&models.Approval{}, &models.RoleGrant{}, &models.Proposal{}} {
		var n int64
		if err := db.Model(sealed).Limit(1).Count(&n).Error; err != nil {
			return nil, models.Translate(err)
		}
		if n > 0 {
			return nil, fmt.Errorf("the seal key %s is missing, and this database has been sealed with it; bring it back", path)
		}
	}
	key = newKey()
	return key, writeKey(path, hex.EncodeToString(key)+"\n")
}

// writeKey puts the key's file in its place whole or not at all, and returns once the file outlives a loss of power:
// from then on there are seals that nobody can check or make without it.
func writeKey(path, text string) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // mode 0600
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	if folder, err := os.Open(filepath.Dir(path)); err == nil {
		_ = folder.Sync() // not every system can
		folder.Close()
	}
	return nil
}

func decodeKey(from, text string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimSpace(text))
	if err != nil || len(key) < 32 {
		return nil, fmt.Errorf("%s: a seal key is at least 64 hexadecimal digits", from)
	}
	return key, nil
}
