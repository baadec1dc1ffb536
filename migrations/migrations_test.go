package migrations_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"evenhand/migrations"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func migrator(t *testing.T, db *gorm.DB) *migrations.Migrator {
	t.Helper()
	m, err := models.Migrator(db)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx := context.Background()
		owner := db.Owner(t)
		m := migrator(t, owner)

		if n, err := m.Up(ctx); err != nil || n != 0 {
			t.Errorf("a second Up applied %d migrations, %v; want 0, nil", n, err)
		}
		if err := models.Ready(ctx, db.DB); err != nil {
			t.Errorf("Ready as the application: %v", err)
		}
	})
}

func TestDownTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx := context.Background()
		owner := db.Owner(t)
		m := migrator(t, owner)
		before := columns(t, owner)

		if _, err := m.DownTo(ctx, 99); err == nil {
			t.Error("DownTo(99) passed; there is no such version")
		}
		if _, err := m.DownTo(ctx, 0); err != nil {
			t.Fatalf("DownTo(0): %v", err)
		}
		if left := columns(t, owner); len(left) != 0 {
			t.Errorf("after DownTo(0) there are still columns: %v", left)
		}
		if _, err := m.Up(ctx); err != nil {
			t.Fatalf("Up again: %v", err)
		}
		if diff := cmp.Diff(before, columns(t, owner)); diff != "" {
			t.Errorf("down and up again changed the schema (-before +after):\n%s", diff)
		}
	})
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx := context.Background()
		owner := db.Owner(t)
		if err := owner.Exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)").Error; err != nil {
			t.Fatal(err)
		}
		if err := models.Ready(ctx, db.DB); !errors.Is(err, migrations.ErrNewer) {
			t.Errorf("Ready: %v; want ErrNewer", err)
		}
		m := migrator(t, owner)
		if _, err := m.Up(ctx); !errors.Is(err, migrations.ErrNewer) {
			t.Errorf("Up: %v; want ErrNewer", err)
		}
		if _, err := m.DownTo(ctx, 1); !errors.Is(err, migrations.ErrNewer) {
			t.Errorf("DownTo: %v; want ErrNewer", err)
		}
	})
}

func TestOlderDatabase(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		ctx := context.Background()
		owner := db.Owner(t)
		for _, version := range []int64{6, 2} {
			if _, err := migrator(t, owner).DownTo(ctx, version); err != nil {
				t.Fatal(err)
			}
			if err := models.Ready(ctx, owner); err != nil {
				t.Errorf("Ready, where setting up was broken off at version %d: %v", version, err)
			}
		}
		entry := models.LedgerEntry{ID: models.NewID(), At: models.Now(), ActorKind: models.ActorCommand, Act: "test", Outcome: models.OutcomeDone, Hash: []byte{}}
		if err := owner.Create(&entry).Error; err != nil {
			t.Fatal(err)
		}
		if _, err := migrator(t, owner).DownTo(ctx, 6); err != nil {
			t.Fatal(err)
		}
		if err := models.Ready(ctx, owner); !errors.Is(err, migrations.ErrBehind) {
			t.Errorf("Ready, where something was done: %v; want ErrBehind", err)
		}
	})
}

func TestDialectsEndAlike(t *testing.T) {
	postgres, sqlite := dbtest.Postgres(t), dbtest.SQLite(t)
	if diff := cmp.Diff(columns(t, postgres.Owner(t)), columns(t, sqlite.DB)); diff != "" {
		t.Errorf("tables and columns differ (-postgres +sqlite):\n%s", diff)
	}
}

// columns lists "table.column" of everything but goose's own table.
func columns(t *testing.T, db *gorm.DB) []string {
	t.Helper()
	query := `SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'goose_db_version'`
	if !models.IsPostgres(db) {
		query = `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
			WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name <> 'goose_db_version'`
	}
	var out []string
	if err := db.Raw(query).Scan(&out).Error; err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestGrantApp(t *testing.T) {
	db := dbtest.Postgres(t)
	owner := db.Owner(t)
	pool, err := owner.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("refuses a name that isn't one", func(t *testing.T) {
		if err := migrations.GrantApp(context.Background(), pool, `x; DROP TABLE staff`); err == nil {
			t.Error("passed")
		}
	})
	t.Run("covers every table", func(t *testing.T) {
		var missing []string
		owner.Raw(`SELECT tablename FROM pg_tables WHERE schemaname = 'public'
			AND NOT has_table_privilege('evenhand_test_app', 'public.' || tablename, 'SELECT')`).Scan(&missing)
		if len(missing) > 0 {
			t.Errorf("the application can't read %v", missing)
		}
	})
	t.Run("takes other privileges away", func(t *testing.T) {
		owner.Exec("GRANT ALL ON ledger_entries TO evenhand_test_app")
		if err := migrations.GrantApp(context.Background(), pool, "evenhand_test_app"); err != nil {
			t.Fatal(err)
		}
		var may bool
		owner.Raw("SELECT has_table_privilege('evenhand_test_app', 'ledger_entries', 'DELETE')").Scan(&may)
		if may {
			t.Error("the application may still delete ledger entries")
		}
	})
}
