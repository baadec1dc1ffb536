package app_test

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app"
	"evenhand/app/apptest"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/rbac"
	"evenhand/staff"
)

// everyAct tries each thing that people do, for when the database isn't there.
func everyAct(t *testing.T, s *scene, a *app.App) map[string]error {
	t.Helper()
	ctx, out := t.Context(), map[string]error{}
	_, out["approve"] = a.Desk.Approve(ctx, s.approver, apptest.Market, s.p.ID, s.p.Digest, "Checked the order look-up: right.")
	out["open evidence"] = a.Desk.OpenEvidence(ctx, s.approver, apptest.Market, s.p.ID, 0)
	out["ask back"] = a.Desk.AskBack(ctx, s.approver, apptest.Market, s.p.ID, "Which account was it?")
	out["answer"] = a.Desk.Answer(ctx, s.asker, apptest.Market, s.p.ID, "The one of yesterday.")
	_, out["decline"] = a.Desk.Decline(ctx, s.approver, apptest.Market, s.p.ID, s.p.Digest, "The order is there after all.")
	_, out["withdraw"] = a.Desk.Withdraw(ctx, s.asker, apptest.Market, s.p.ID, s.p.Digest)
	_, out["next"] = a.Desk.Next(ctx, s.asker, apptest.Market)
	_, out["held"] = a.Desk.Held(ctx, s.asker, apptest.Market)
	_, out["request"] = a.Desk.Request(ctx, s.asker, s.ask(t))
	_, out["renew"] = a.Desk.Renew(ctx, s.asker, apptest.Market, models.NewID())
	out["keep"] = a.Desk.Keep(ctx, s.asker, apptest.Market, models.NewID(), s.review.Digest)
	out["skip"] = a.Desk.Skip(ctx, s.asker, apptest.Market, models.NewID(), "language", "")
	out["release"] = a.Desk.Release(ctx, s.asker, apptest.Market, models.NewID())
	out["restore"] = a.Desk.Restore(ctx, s.approver, apptest.Market, s.review.ID, 1, "The author showed the invoice.")
	_, out["expire"] = a.Engine.Expire(ctx)
	_, _, out["sign in"] = a.Staff.SignIn(ctx, staff.Credentials{Email: email(s.asker), Password: apptest.Password})
	_, out["session"] = a.Staff.BySession(ctx, strings.Repeat("x", 43)+s.asker.ID)
	_, out["account"] = a.Staff.Add(ctx, models.Command("staff"), staff.NewAccount{Email: "new@example.test", Name: "new", Password: apptest.Password})
	_, out["grant"] = a.Staff.Grant(ctx, models.Command("staff"), staff.NewGrant{Email: email(s.asker), Role: models.RoleModerator, Marketplace: apptest.Market})
	_, out["revoke"] = a.Staff.Revoke(ctx, models.Command("staff"), email(s.asker), models.RoleModerator, apptest.Market)
	out["disable"] = a.Staff.Disable(ctx, models.Command("staff"), email(s.asker))
	_, out["declare"] = a.Staff.DeclareInterest(ctx, s.approver, staff.NewInterest{Marketplace: apptest.Market, Seller: s.Seller.ExternalID, Relation: "owner"})
	out["end interest"] = a.Staff.EndInterest(ctx, s.approver, apptest.Market, models.NewID())
	_, out["may"] = a.Rights.Can(a.DB, s.approver.ID, apptest.Market, rbac.Object{Kind: "removal"}, "approve")
	_, _, out["record"] = a.Record(ctx, s.approver, ledger.Filter{Marketplace: apptest.Market}, nil)
	_, out["verify"] = a.Verify(ctx, a.DB)
	return out
}

func allUnavailable(t *testing.T, errs map[string]error) {
	t.Helper()
	for act, err := range errs {
		if !models.IsKind(err, models.Unavailable) {
			t.Errorf("%s without a database: %v; want unavailable", act, err)
		}
	}
}

// onceMore repeats the act after the database is back: it has one effect, whatever became of the first attempt.
func onceMore(t *testing.T, s *scene, a *app.App) {
	t.Helper()
	approve := func() error {
		if err := a.Desk.OpenEvidence(t.Context(), s.approver, apptest.Market, s.p.ID, 0); err != nil {
			return err
		}
		_, err := a.Desk.Approve(t.Context(), s.approver, apptest.Market, s.p.ID, s.p.Digest, "Checked the order look-up: right.")
		return err
	}
	must(t, approve())
	if err := approve(); apptest.Code(err) != "already_decided" {
		t.Errorf("and again: %v; want already_decided", err)
	}
	var done int64
	must(t, a.DB.Model(&models.LedgerEntry{}).Where("act = 'removal.approve' AND outcome = 'done'").Count(&done).Error)
	r, err := a.Verify(t.Context(), a.DB)
	if done != 1 || err != nil || r.Disagreement != "" {
		t.Errorf("%d approvals on record; Verify: %q, %v", done, r.Disagreement, err)
	}
}

func TestPostgreSQLGoesAway(t *testing.T) {
	t.Parallel()
	s := newScene(t, dbtest.Postgres(t))
	u, err := url.Parse(s.DB.URL)
	must(t, err)
	name := strings.TrimPrefix(u.Path, "/")
	server, err := models.Open(os.Getenv(dbtest.EnvPostgres))
	must(t, err)
	defer models.Close(server) //nolint:errcheck // nothing is lost with it
	kill := "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '" + name + "' AND pid <> pg_backend_pid()"

	t.Run("between two acts", func(t *testing.T) {
		must(t, server.Exec(kill).Error) // the pool notices when it uses a connection
		if err := s.approve(t, s.asker); apptest.Code(err) != "own_request" && !models.IsKind(err, models.Unavailable) {
			t.Errorf("after a restart of the server: %v", err)
		}
		s.reconnect(t)
	})
	t.Run("for good", func(t *testing.T) {
		must(t, server.Exec("ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS false").Error)
		must(t, server.Exec(kill).Error)
		allUnavailable(t, everyAct(t, s, s.App))
		must(t, server.Exec("ALTER DATABASE "+name+" WITH ALLOW_CONNECTIONS true").Error)
		s.reconnect(t)
		s.stillPublished(t)
	})
	t.Run("for the account", func(t *testing.T) {
		must(t, server.Exec("REVOKE CONNECT ON DATABASE "+name+" FROM PUBLIC").Error)
		must(t, server.Exec(kill).Error)
		allUnavailable(t, everyAct(t, s, s.App))
		must(t, server.Exec("GRANT CONNECT ON DATABASE "+name+" TO PUBLIC").Error)
		s.reconnect(t)
		s.stillPublished(t)
	})
	t.Run("in the middle of an approval", func(t *testing.T) {
		err := s.stopped(t, func() error { return s.approve(t, s.approver) }, kill)
		if !models.IsKind(err, models.Unavailable) {
			t.Errorf("the connection ended in the middle: %v; want unavailable", err)
		}
		s.reconnect(t)
		s.stillPublished(t)
		verifyClean(t, s.World)
	})
	onceMore(t, s, s.App)
}

// reconnect has the pool find out which of its connections are gone.
func (s *scene) reconnect(t *testing.T) {
	t.Helper()
	for range 20 {
		if err := models.Ping(t.Context(), s.DB.DB); err != nil && !models.IsKind(err, models.Unavailable) {
			t.Errorf("Ping: %v", err)
		}
	}
	must(t, models.Ping(t.Context(), s.DB.DB))
}

// stopped starts an act, lets it come as far as the review's lock, and then runs a statement on the server.
func (s *scene) stopped(t *testing.T, act func() error, statement string) error {
	t.Helper()
	owner := s.DB.Owner(t)
	var out chan error
	err := models.InTx(t.Context(), owner, func(tx *gorm.DB) error {
		if err := tx.Exec("SELECT 1 FROM reviews WHERE id = ? FOR UPDATE", s.review.ID).Error; err != nil {
			return err
		}
		out = make(chan error, 1)
		go func() { out <- act() }()
		for waiting := 0; waiting == 0; {
			err := owner.Raw("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting).Error
			if err != nil {
				return err
			}
		}
		return owner.Exec(strings.ReplaceAll(statement, "pid <> pg_backend_pid()", "wait_event_type = 'Lock'")).Error
	})
	must(t, err)
	return <-out
}

func TestSQLiteGoesAway(t *testing.T) {
	t.Parallel()
	db := dbtest.SQLite(t)
	s := newScene(t, db)
	t.Run("locked by another process", func(t *testing.T) {
		pool, err := s.DB.DB.DB()
		must(t, err)
		pool.SetMaxOpenConns(1)
		must(t, s.DB.Exec("PRAGMA busy_timeout = 20").Error)
		other, err := sql.Open("sqlite", strings.TrimPrefix(db.URL, "sqlite:")) // past the queue in which this process's writers stand
		must(t, err)
		defer other.Close()
		conn, err := other.Conn(t.Context())
		must(t, err)
		_, err = conn.ExecContext(t.Context(), "BEGIN IMMEDIATE")
		must(t, err)
		if err := s.approve(t, s.approver); !models.IsKind(err, models.Unavailable) {
			t.Errorf("approving while another process writes: %v; want unavailable", err)
		}
		_, err = conn.ExecContext(t.Context(), "ROLLBACK")
		must(t, err)
		must(t, conn.Close())
		s.stillPublished(t)
	})
	t.Run("too slow for the caller", func(t *testing.T) {
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
		defer cancel()
		if err := s.Approve(ctx, s.approver, s.p); !models.IsKind(err, models.Unavailable) {
			t.Errorf("approving after the deadline: %v; want unavailable", err)
		}
		s.stillPublished(t)
	})
	must(t, models.Close(s.DB.DB))
	allUnavailable(t, everyAct(t, s, s.App))

	back, err := models.Open(db.URL)
	must(t, err)
	defer models.Close(back) //nolint:errcheck // nothing is lost with it
	a, err := app.New(back, app.Options{SealKey: apptest.SealKey, Now: s.Clock.Now, Passwords: apptest.FastPasswords})
	must(t, err)
	onceMore(t, s, a)
}
