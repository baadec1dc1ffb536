package staff_test

import (
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/staff"
)

func credentials(email, password string) staff.Credentials {
	return staff.Credentials{Email: email, Password: password, Address: "192.0.2.1", Device: "test"}
}

func TestSignIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		w.Person(t, "moor", models.RoleModerator)

		t.Run("opens a session", func(t *testing.T) {
			token, p, err := w.Staff.SignIn(t.Context(), credentials(" Moor@Example.test", apptest.Password))
			if err != nil || p.Name != "moor" {
				t.Fatalf("SignIn: %v, %v", p, err)
			}
			who, err := w.Staff.BySession(t.Context(), token)
			if err != nil || who.ID != p.ID {
				t.Errorf("BySession: %v, %v", who, err)
			}
			var stored int64
			w.DB.Raw("SELECT count(*) FROM sessions WHERE CAST(token_hash AS text) = ?", token).Scan(&stored)
			if stored != 0 {
				t.Error("the token itself is in the database")
			}
		})
		t.Run("refuses a wrong password and an unknown e-mail alike", func(t *testing.T) {
			_, _, wrong := w.Staff.SignIn(t.Context(), credentials("moor@example.test", "wrong password!"))
			_, _, unknown := w.Staff.SignIn(t.Context(), credentials("nobody@example.test", "wrong password!"))
			if apptest.Code(wrong) != "wrong_credentials" || wrong.Error() != unknown.Error() {
				t.Errorf("wrong: %v; unknown: %v", wrong, unknown)
			}
			if got := w.Entries(t, "staff.sign-in", models.OutcomeRefused); got != 2 {
				t.Errorf("%d refusals on record; want 2", got)
			}
		})
	})
}

func TestSignInIsThrottled(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		w.Person(t, "moor", models.RoleModerator)
		for range 4 {
			if _, _, err := w.Staff.SignIn(t.Context(), credentials("moor@example.test", "wrong password!")); apptest.Code(err) != "wrong_credentials" {
				t.Fatal(err)
			}
		}
		for range 3 {
			if _, _, err := w.Staff.SignIn(t.Context(), credentials("moor@example.test", "wrong password!")); apptest.Code(err) != "throttled" {
				t.Fatal(err)
			}
		}
		if _, _, err := w.Staff.SignIn(t.Context(), credentials("moor@example.test", apptest.Password)); apptest.Code(err) != "throttled" {
			t.Errorf("the right password behind a shut door: %v; want throttled", err)
		}
		if got := w.Entries(t, "staff.sign-in", models.OutcomeRefused); got != 5 {
			t.Errorf("%d refusals on record; want the 5 that led to the throttling", got)
		}
		w.Clock.Wind(16 * time.Minute)
		if _, _, err := w.Staff.SignIn(t.Context(), credentials("moor@example.test", apptest.Password)); err != nil {
			t.Errorf("a quarter of an hour later: %v", err)
		}
		var keys []string
		w.DB.Raw("SELECT key FROM sign_in_failures").Scan(&keys)
		for _, k := range keys {
			if k == "moor@example.test" || k == "192.0.2.1" {
				t.Errorf("the throttle's table holds %q", k)
			}
		}
	})
}

func TestSessionsEnd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		w.Person(t, "moor", models.RoleModerator)
		signIn := func(t *testing.T) (string, models.Staff) {
			token, p, err := w.Staff.SignIn(t.Context(), credentials("moor@example.test", apptest.Password))
			if err != nil {
				t.Fatal(err)
			}
			return token, p
		}
		ended := func(t *testing.T, token string) {
			t.Helper()
			if _, err := w.Staff.BySession(t.Context(), token); apptest.Code(err) != "no_session" {
				t.Errorf("BySession: %v; want no_session", err)
			}
		}
		t.Run("by signing out", func(t *testing.T) {
			token, p := signIn(t)
			if err := w.Staff.SignOut(t.Context(), p, token); err != nil {
				t.Fatal(err)
			}
			ended(t, token)
		})
		t.Run("without use", func(t *testing.T) {
			token, _ := signIn(t)
			w.Clock.Wind(2*time.Hour + time.Second)
			ended(t, token)
		})
		t.Run("at their absolute limit, however used", func(t *testing.T) {
			token, _ := signIn(t)
			for range 11 {
				w.Clock.Wind(time.Hour)
				if _, err := w.Staff.BySession(t.Context(), token); err != nil {
					t.Fatal(err)
				}
			}
			w.Clock.Wind(time.Hour)
			ended(t, token)
		})
		t.Run("when the person is disabled", func(t *testing.T) {
			token, p := signIn(t)
			if err := w.Staff.Disable(t.Context(), models.Command("staff"), p.Email); err != nil {
				t.Fatal(err)
			}
			ended(t, token)
			if _, _, err := w.Staff.SignIn(t.Context(), credentials(p.Email, apptest.Password)); apptest.Code(err) != "wrong_credentials" {
				t.Errorf("a disabled person signs in: %v", err)
			}
		})
		ended(t, "")
		ended(t, "made up")
	})
}

func TestAdd(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		w.Person(t, "moor")
		by := models.Command("staff")
		for name, c := range map[string]struct {
			account staff.NewAccount
			field   string
		}{
			"not an e-mail":  {staff.NewAccount{Email: "moor", Name: "Moor", Password: apptest.Password}, "email"},
			"display name":   {staff.NewAccount{Email: "Moor <moor@x.test>", Name: "Moor", Password: apptest.Password}, "email"},
			"taken, in caps": {staff.NewAccount{Email: "MOOR@example.test", Name: "Moor", Password: apptest.Password}, "email"},
			"no name":        {staff.NewAccount{Email: "a@example.test", Name: "  ", Password: apptest.Password}, "name"},
			"short password": {staff.NewAccount{Email: "a@example.test", Name: "A", Password: "short"}, "password"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := w.Staff.Add(t.Context(), by, c.account)
				if e := models.AsError(err); e.Fields[c.field] == "" {
					t.Errorf("Add: %v; want an error of field %s", err, c.field)
				}
			})
		}
	})
}

func TestGrant(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		by := models.Command("staff")
		w.Person(t, "moor", models.RoleModerator)
		w.Person(t, "dale", models.RoleAuditor)
		past := w.Now().Add(-time.Hour)
		for name, c := range map[string]struct {
			grant staff.NewGrant
			code  string
		}{
			"unknown role":              {staff.NewGrant{Email: "moor@example.test", Role: "king", Marketplace: "*"}, "invalid_role"},
			"unknown marketplace":       {staff.NewGrant{Email: "moor@example.test", Role: "moderator", Marketplace: "nowhere"}, "invalid_marketplace"},
			"unknown person":            {staff.NewGrant{Email: "nobody@example.test", Role: "moderator", Marketplace: "*"}, "no_staff"},
			"ends before it begins":     {staff.NewGrant{Email: "moor@example.test", Role: "supervisor", Marketplace: "*", To: &past}, "invalid_to"},
			"auditor may not moderate":  {staff.NewGrant{Email: "dale@example.test", Role: "moderator", Marketplace: "*"}, "roles_exclude"},
			"moderator may not audit":   {staff.NewGrant{Email: "moor@example.test", Role: "auditor", Marketplace: apptest.Other}, "roles_exclude"},
			"nor administer":            {staff.NewGrant{Email: "moor@example.test", Role: "administrator", Marketplace: "*"}, "roles_exclude"},
			"nor investigate":           {staff.NewGrant{Email: "moor@example.test", Role: "investigator", Marketplace: "*"}, "roles_exclude"},
			"queues are for moderators": {staff.NewGrant{Email: "dale@example.test", Role: "auditor", Marketplace: "*", Queues: []string{"toys"}}, "invalid_queues"},
			"a queue's name":            {staff.NewGrant{Email: "moor@example.test", Role: "moderator", Marketplace: "*", Queues: []string{"No Such!"}}, "invalid_queues"},
		} {
			t.Run(name, func(t *testing.T) {
				if _, err := w.Staff.Grant(t.Context(), by, c.grant); apptest.Code(err) != c.code {
					t.Errorf("Grant: %v; want %s", err, c.code)
				}
			})
		}
		t.Run("an auditor who was one may moderate afterwards", func(t *testing.T) {
			if _, err := w.Staff.Revoke(t.Context(), by, "dale@example.test", "auditor", apptest.Market); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Staff.Grant(t.Context(), by, staff.NewGrant{Email: "dale@example.test", Role: "moderator", Marketplace: apptest.Market}); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestInterests(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		w := apptest.New(t, db)
		moor := w.Person(t, "moor", models.RoleModerator)
		tied := staff.NewInterest{Marketplace: apptest.Market, Seller: w.Seller.ExternalID, Relation: "relative", Note: "my cousin's shop"}
		i, err := w.Staff.DeclareInterest(t.Context(), moor, tied)
		if err != nil {
			t.Fatal(err)
		}
		w.Review(t, w.Seller, 1)
		if _, err := w.Desk.Next(t.Context(), moor, apptest.Market); apptest.Code(err) != "queue_empty" {
			t.Errorf("a ticket of a seller with an interest was drawn: %v", err)
		}
		if _, err := w.Staff.DeclareInterest(t.Context(), moor, tied); apptest.Code(err) != "declared_already" {
			t.Errorf("declared twice: %v", err)
		}
		other := w.Person(t, "moss", models.RoleModerator)
		if err := w.Staff.EndInterest(t.Context(), other, apptest.Market, i.ID); apptest.Code(err) != "no_interest" {
			t.Errorf("somebody else ended it: %v", err)
		}
		if err := w.Staff.EndInterest(t.Context(), moor, apptest.Market, i.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Desk.Next(t.Context(), moor, apptest.Market); err != nil {
			t.Errorf("after the interest ended: %v", err)
		}
		for name, n := range map[string]staff.NewInterest{
			"relation": {Marketplace: apptest.Market, Seller: w.Seller.ExternalID, Relation: "friend"},
			"seller":   {Marketplace: apptest.Market, Seller: "nobody", Relation: "relative"},
		} {
			if _, err := w.Staff.DeclareInterest(t.Context(), moor, n); models.AsError(err).Fields[name] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
