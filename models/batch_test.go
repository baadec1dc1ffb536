package models_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/models/dbtest"
)

func newMarket(id string) models.Marketplace {
	return models.Marketplace{StatementLanguage: "en", Media: models.MediaBlur, SettingsVersion: 1, BlindParties: "negative", BlindRequester: "negative", ID: id, Name: "Name of " + id, NegativeAtOrBelow: 2, ProposalTTLHours: 72, LeaseMinutes: 10, CreatedAt: models.Now()}
}

const readMarket = "SELECT * FROM marketplaces WHERE id = ?"

// names lists the marketplaces that the database has.
func names(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	var out []string
	if err := db.Raw("SELECT name FROM marketplaces ORDER BY id").Scan(&out).Error; err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBatch(t *testing.T) {
	t.Parallel()
	missed := models.E(models.Conflict, "missed", "no such row")
	rename := "UPDATE marketplaces SET name = ? WHERE id = ?"
	for name, test := range map[string]func(t *testing.T, db *gorm.DB){
		"sees what its statements before did, and reads whole rows": func(t *testing.T, db *gorm.DB) {
			want := newMarket("a")
			err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
				b := models.NewBatch(tx)
				before := models.Read[models.Marketplace](b, readMarket+" FOR UPDATE", "a")
				b.Insert(&want)
				after := models.Read[models.Marketplace](b, readMarket+" FOR UPDATE", "a")
				count := models.Read[int](b, "SELECT count(*) FROM marketplaces")
				if err := b.Run(); err != nil {
					return err
				}
				if _, err := before.One(); !models.IsKind(err, models.NotFound) {
					t.Errorf("before the insert: %v; want not found", err)
				}
				got, err := after.One()
				got.CreatedAt = got.CreatedAt.UTC()
				if err != nil || got != want {
					t.Errorf("after the insert: %+v, %v; want %+v", got, err, want)
				}
				if len(count.All) != 1 || count.All[0] != 1 {
					t.Errorf("counted %v", count.All)
				}
				return nil
			})
			if err != nil || len(names(t, db)) != 1 {
				t.Errorf("%v; %v", err, names(t, db))
			}
		},
		"a write that misses its row undoes all, and the COMMIT behind it": func(t *testing.T, db *gorm.DB) {
			a := newMarket("a")
			err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
				b := models.AtCommit(tx)
				b.Insert(&a)
				b.ExecOne(missed, rename, "New", "b")
				b.ExecOne(models.E(models.Conflict, "late", "too late"), rename, "New", "c")
				return nil
			})
			if !errors.Is(err, missed) || len(names(t, db)) != 0 {
				t.Errorf("%v; the database has %v", err, names(t, db))
			}
		},
		"a write that hits too many rows undoes all": func(t *testing.T, db *gorm.DB) {
			a, b := newMarket("a"), newMarket("b")
			err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
				models.AtCommit(tx).Insert(&a)
				models.AtCommit(tx).Insert(&b)
				models.AtCommit(tx).ExecOne(missed, "UPDATE marketplaces SET name = ? WHERE id IN ('a', 'b')", "New")
				return nil
			})
			if !errors.Is(err, missed) || len(names(t, db)) != 0 {
				t.Errorf("%v; the database has %v", err, names(t, db))
			}
		},
		"an error in the middle is that statement's": func(t *testing.T, db *gorm.DB) {
			a := newMarket("a")
			err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
				b := models.NewBatch(tx)
				b.Insert(&a)
				b.Insert(&a)
				b.ExecOne(missed, rename, "New", "b")
				return b.Run()
			})
			if !models.IsKind(err, models.Conflict) || len(names(t, db)) != 0 {
				t.Errorf("%v; the database has %v", err, names(t, db))
			}
		},
		"at COMMIT, an error is translated": func(t *testing.T, db *gorm.DB) {
			a := newMarket("a")
			err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
				models.AtCommit(tx).Insert(&a)
				models.AtCommit(tx).Insert(&a)
				return nil
			})
			if !models.IsKind(err, models.Conflict) || len(names(t, db)) != 0 {
				t.Errorf("%v; the database has %v", err, names(t, db))
			}
		},
		"what fn refuses leaves nothing": func(t *testing.T, db *gorm.DB) {
			a, b := newMarket("a"), newMarket("b")
			err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
				models.AtCommit(tx).Insert(&b)
				if err := tx.Create(&a).Error; err != nil {
					return err
				}
				return missed
			})
			if !errors.Is(err, missed) || len(names(t, db)) != 0 {
				t.Errorf("%v; the database has %v", err, names(t, db))
			}
		},
		"a panic leaves nothing, and the connection is good again": func(t *testing.T, db *gorm.DB) {
			a := newMarket("a")
			func() {
				defer func() { _ = recover() }()
				_ = models.InTx(t.Context(), db, func(tx *gorm.DB) error {
					if err := tx.Create(&a).Error; err != nil {
						t.Error(err)
					}
					panic("in the middle")
				})
			}()
			if got := names(t, db); len(got) != 0 {
				t.Errorf("the database has %v", got)
			}
			if err := models.InTx(t.Context(), db, func(tx *gorm.DB) error { return tx.Create(&a).Error }); err != nil || len(names(t, db)) != 1 {
				t.Errorf("afterwards: %v; %v", err, names(t, db))
			}
		},
		"canceled in the middle, nothing remains": func(t *testing.T, db *gorm.DB) {
			a := newMarket("a")
			ctx, cancel := context.WithCancel(t.Context())
			err := models.InTx(ctx, db, func(tx *gorm.DB) error {
				b := models.NewBatch(tx)
				b.Insert(&a)
				defer cancel()
				return b.Run()
			})
			if !errors.Is(err, context.Canceled) || len(names(t, db)) != 0 {
				t.Errorf("%v; the database has %v", err, names(t, db))
			}
		},
		"a transaction isn't nested": func(t *testing.T, db *gorm.DB) {
			err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
				return models.InTx(t.Context(), tx, func(*gorm.DB) error { return nil })
			})
			if err == nil {
				t.Error("it was")
			}
		},
		"outside a transaction there is none": func(t *testing.T, db *gorm.DB) {
			b := models.NewBatch(db)
			b.Exec("DELETE FROM sessions")
			if err := b.Run(); err == nil {
				t.Error("it ran")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *dbtest.DB) { test(t, db.Owner(t)) })
		})
	}
}

// A transaction that has failed is never reported as done, even by code that passes over the failure.
func TestCommitOfAFailedTransaction(t *testing.T) {
	t.Parallel()
	db := dbtest.Postgres(t).DB
	a := newMarket("a")
	err := models.InTx(t.Context(), db, func(tx *gorm.DB) error {
		models.AtCommit(tx).Insert(&a)
		_ = tx.Exec("SELECT 1/0").Error
		return nil
	})
	if err == nil || len(names(t, db)) != 0 {
		t.Errorf("%v; the database has %v", err, names(t, db))
	}
	err = models.InTx(t.Context(), db, func(tx *gorm.DB) error {
		_ = tx.Exec("SELECT 1/0").Error
		return nil
	})
	if err == nil {
		t.Error("a COMMIT that rolled back is reported as done")
	}
}

// A connection that ends while COMMIT is under way leaves open what became of it, and the caller is told so; before it,
// nothing was done.
func TestConnectionLostAtCommit(t *testing.T) {
	t.Parallel()
	direct := dbtest.Postgres(t)
	for at, code := range map[string]string{"BEGIN": "database_unavailable", "COMMIT": models.CodeUnknown} {
		t.Run(at, func(t *testing.T) {
			address, err := url.Parse(direct.OwnerURL)
			if err != nil {
				t.Fatal(err)
			}
			var armed atomic.Bool
			address.Host = cutting(t, address.Host, []byte(at), &armed)
			db, err := models.Open(address.String())
			if err != nil {
				t.Fatal(err)
			}
			defer models.Close(db) //nolint:errcheck // nothing is lost with it
			insert := func(id string) error {
				return models.InTx(t.Context(), db, func(tx *gorm.DB) error {
					b := models.NewBatch(tx)
					models.Read[models.Marketplace](b, readMarket+" FOR UPDATE", id)
					row := newMarket(id)
					models.AtCommit(tx).Insert(&row)
					return b.Run()
				})
			}
			armed.Store(true)
			if err := insert("cut-" + strings.ToLower(at)); models.AsError(err).Code != code {
				t.Errorf("%v; want %s", err, code)
			}
			armed.Store(false)
			if err := insert("again-" + strings.ToLower(at)); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// cutting stands between a client and a server, and cuts the connection where the client says a word.
func cutting(t *testing.T, server string, word []byte, armed *atomic.Bool) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			behind, err := net.DialTimeout("tcp", server, 5*time.Second)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() { _, _ = io.Copy(client, behind) }()
			go func() {
				defer client.Close()
				defer behind.Close()
				buffer := make([]byte, 64<<10)
				for {
					n, err := client.Read(buffer)
					if err != nil || armed.Load() && bytes.Contains(buffer[:n], word) {
						return
					}
					if _, err := behind.Write(buffer[:n]); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}
