package app_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/settings"
)

// ruled is a marketplace with two administrators, one of whom has asked for a change.
type ruled struct {
	*apptest.World
	one, two models.Actor
	p        models.Proposal
}

const whySet = "The review desk was measured in spring, and this is what came of it."

func newRuled(t *testing.T, db *dbtest.DB) *ruled {
	t.Helper()
	s := &ruled{World: apptest.New(t, db)}
	s.one, s.two = s.Person(t, "adam", models.RoleAdministrator), s.Person(t, "beryl", models.RoleAdministrator)
	s.p = s.asks(t, s.one, "lease_minutes", "20", "proposal_ttl_hours", "48")
	return s
}

func (s *ruled) tryAsk(t *testing.T, who models.Actor, pairs ...string) (models.Proposal, error) {
	t.Helper()
	ask := settings.Ask{Marketplace: apptest.Market, To: map[string]string{}, Justification: whySet}
	for i := 0; i < len(pairs); i += 2 {
		ask.To[pairs[i]] = pairs[i+1]
	}
	return s.Rules.Request(t.Context(), who, ask)
}

func (s *ruled) asks(t *testing.T, who models.Actor, pairs ...string) models.Proposal {
	t.Helper()
	p, err := s.tryAsk(t, who, pairs...)
	must(t, err)
	return p
}

func (s *ruled) approves(t *testing.T, who models.Actor, p models.Proposal) error {
	t.Helper()
	_, err := s.Rules.Approve(t.Context(), who, apptest.Market, p.ID, p.Digest, "I read the measurements, too.")
	return err
}

func (s *ruled) market(t *testing.T) models.Marketplace {
	t.Helper()
	var m models.Marketplace
	must(t, s.DB.Where("id = ?", apptest.Market).Take(&m).Error)
	return m
}

func (s *ruled) unchanged(t *testing.T) {
	t.Helper()
	if m := s.market(t); m.LeaseMinutes != 10 || m.ProposalTTLHours != 72 || m.SettingsVersion != 1 {
		t.Fatalf("settings have changed: %+v", m)
	}
}

func TestSettingsTakeTwo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newRuled(t, db)
		supervisor, auditor := s.Person(t, "sand", models.RoleSupervisor), s.Person(t, "dale", models.RoleAuditor)
		far := s.PersonIn(t, apptest.Other, "far", models.RoleAdministrator)
		for who, actor := range map[string]models.Actor{"a supervisor": supervisor, "an auditor": auditor, "an administrator of another marketplace": far, "a command": models.Command("staff")} {
			if _, err := s.tryAsk(t, actor, "approvers_drawn", "yes"); !models.IsKind(err, models.Forbidden) {
				t.Errorf("%s asks: %v", who, err)
			}
			if err := s.approves(t, actor, s.p); !models.IsKind(err, models.Forbidden) {
				t.Errorf("%s approves: %v", who, err)
			}
		}
		if err := s.approves(t, s.one, s.p); apptest.Code(err) != "own_request" {
			t.Errorf("alone: %v", err)
		}
		s.unchanged(t)
		stale := s.p
		stale.Digest = make([]byte, 32)
		if err := s.approves(t, s.two, stale); apptest.Code(err) != "stale_form" {
			t.Errorf("with another digest: %v", err)
		}
		s.unchanged(t)
		must(t, s.approves(t, s.two, s.p))
		m := s.market(t)
		if m.LeaseMinutes != 20 || m.ProposalTTLHours != 48 || m.SettingsVersion != 2 || m.SettingsID == nil || *m.SettingsID != s.p.ID {
			t.Errorf("after the approval: %+v", m)
		}
		if err := s.approves(t, s.two, s.p); apptest.Code(err) != "already_decided" {
			t.Errorf("a second time: %v", err)
		}
		if n := s.Entries(t, "settings.apply", models.OutcomeDone); n != 1 {
			t.Errorf("%d entries of the effect", n)
		}
		verifyClean(t, s.World)
		back := s.asks(t, s.two, "lease_minutes", "10", "redress_body", "The settlement body in Dublin.", "territory", "DE FR")
		must(t, s.approves(t, s.one, back))
		if m := s.market(t); m.LeaseMinutes != 10 || m.Territory != "DE FR" || m.SettingsVersion != 3 {
			t.Errorf("after the second change: %+v", m)
		}
		verifyClean(t, s.World)
	})
}

// Two roles, or two tabs, are no two people, and somebody who isn't one any more is none.
func TestSettingsUnderAnotherRole(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newRuled(t, db)
		by := models.Command("staff")
		_, err := s.Staff.Revoke(t.Context(), by, email(s.one), models.RoleAdministrator, apptest.Market)
		must(t, err)
		sc := &scene{World: s.World}
		sc.grant(t, s.one, models.RoleAdministrator, models.AllMarketplaces)
		if err := s.approves(t, s.one, s.p); apptest.Code(err) != "own_request" {
			t.Errorf("under a role everywhere: %v", err)
		}
		_, err = s.Staff.Revoke(t.Context(), by, email(s.two), models.RoleAdministrator, apptest.Market)
		must(t, err)
		if err := s.approves(t, s.two, s.p); apptest.Code(err) != "no_right" {
			t.Errorf("after the role was taken away: %v", err)
		}
		s.unchanged(t)
		verifyClean(t, s.World)
	})
}

func TestSettingsRequestNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newRuled(t, db)
		for name, x := range map[string]struct{ was, to map[string]string }{
			"lease_minutes":        {nil, map[string]string{"lease_minutes": "0"}},
			"looks_per_10000":      {nil, map[string]string{"looks_per_10000": "10001"}},
			"negative_at_or_below": {nil, map[string]string{"negative_at_or_below": "two"}},
			"approvers_drawn":      {nil, map[string]string{"approvers_drawn": ""}},
			"statement_language":   {nil, map[string]string{"statement_language": "xx"}},
			"territory":            {nil, map[string]string{"territory": "de"}},
			"redress_body":         {nil, map[string]string{"redress_body": strings.Repeat("x", 501)}},
			"":                     {nil, map[string]string{"lease_minutes": "10"}},
			"proposal_ttl_hours":   {map[string]string{"proposal_ttl_hours": "71"}, map[string]string{"proposal_ttl_hours": "70"}}, // a stale form
		} {
			_, err := s.Rules.Request(t.Context(), s.one, settings.Ask{Marketplace: apptest.Market, Was: x.was, To: x.to, Justification: whySet})
			if e := models.AsError(err); err == nil || e.Fields[name] == "" {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := s.Rules.Request(t.Context(), s.one, settings.Ask{Marketplace: apptest.Market, To: map[string]string{"lease_minutes": "11"}, Justification: "short"})
		if models.AsError(err).Fields["justification"] == "" {
			t.Errorf("a short justification: %v", err)
		}
		if _, err := s.tryAsk(t, s.one, "settings_version", "7"); models.AsError(err).Fields["settings"] == "" {
			t.Errorf("what is no setting: %v", err)
		}
		if _, err := s.tryAsk(t, s.two, "proposal_ttl_hours", "24", "lease_minutes", "5"); apptest.Code(err) != "asked_already" {
			t.Errorf("the same settings twice: %v", err)
		}
	})
}

// What was asked is void once one of its settings has become something else; what is about others goes on.
func TestSettingsVoidEachOther(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newRuled(t, db)
		same := s.asks(t, s.two, "lease_minutes", "15")
		other := s.asks(t, s.two, "looks_per_10000", "200")
		must(t, s.approves(t, s.two, s.p))
		if err := s.approves(t, s.one, same); apptest.Code(err) != "already_decided" {
			t.Errorf("the same setting: %v", err)
		}
		var state string
		must(t, s.DB.Raw("SELECT state FROM proposals WHERE id = ?", same.ID).Scan(&state).Error)
		if state != models.ProposalVoid {
			t.Errorf("the request about the same setting is %s", state)
		}
		must(t, s.approves(t, s.one, other))
		if m := s.market(t); m.LooksPer10000 != 200 || m.LeaseMinutes != 20 {
			t.Errorf("in the end: %+v", m)
		}
		verifyClean(t, s.World)
	})
}

func TestSettingsRace(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newRuled(t, db)
		others := []models.Actor{s.two, s.Person(t, "cleo", models.RoleAdministrator), s.Person(t, "dora", models.RoleAdministrator)}
		rival := s.asks(t, s.two, "lease_minutes", "15")
		var wg sync.WaitGroup
		done := make([]error, 6)
		for i := range done {
			wg.Go(func() {
				if i < 3 {
					done[i] = s.approves(t, others[i], s.p)
				} else {
					done[i] = s.approves(t, append(others[1:], s.one)[i-3], rival)
				}
			})
		}
		wg.Wait()
		n := 0
		for _, err := range done {
			switch apptest.Code(err) {
			case "":
				n++
			case "already_decided", "setting_changed":
			default:
				t.Errorf("a racing approval: %v", err)
			}
		}
		if m := s.market(t); n != 1 || m.SettingsVersion != 2 || m.LeaseMinutes == 10 {
			t.Errorf("%d of six approvals counted: %+v", n, m)
		}
		verifyClean(t, s.World)
	})
}

// Whoever has the application's account changes no setting by SQL: not without a proposal, not with one that is open,
// not twice, and not otherwise than it says. Every column is tried, so that a new one can't be forgotten.
func TestSettingsBySQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newRuled(t, db)
		refused := func(what, sql string, args ...any) {
			t.Helper()
			before := s.market(t)
			if got := refusedBy(s.DB.Exec(sql, args...).Error); got != byGuard && got != denied {
				t.Errorf("%s: refused by %q", what, got)
			}
			if after := s.market(t); after.SettingsVersion != before.SettingsVersion || after.LeaseMinutes != before.LeaseMinutes {
				t.Fatalf("%s: %+v", what, after)
			}
		}
		for _, x := range models.Settings {
			other := map[string]string{models.SettingNumber: x.Name + " + 1", models.SettingYesNo: "NOT " + x.Name, models.SettingText: "'XX'"}[x.Kind]
			if x.Kind == models.SettingChoice {
				for _, c := range x.Choices {
					if c.Value != x.Of(s.market(t)) {
						other = "'" + c.Value + "'"
					}
				}
			}
			refused(x.Name, "UPDATE marketplaces SET "+x.Name+" = "+other)
			refused(x.Name+" with an open proposal", "UPDATE marketplaces SET "+x.Name+" = "+other+", settings_version = settings_version + 1, settings_id = ? WHERE id = ?", s.p.ID, apptest.Market)
		}
		must(t, s.approves(t, s.two, s.p))
		refused("a used proposal", "UPDATE marketplaces SET lease_minutes = 99, settings_version = settings_version + 1, settings_id = ? WHERE id = ?", s.p.ID, apptest.Market)
		refused("back by the same", "UPDATE marketplaces SET lease_minutes = 10, settings_version = settings_version + 1, settings_id = ? WHERE id = ?", s.p.ID, apptest.Market)
		refused("a lower version", "UPDATE marketplaces SET settings_version = 1, settings_id = NULL")
		refused("no marketplace", "DELETE FROM marketplaces")
		forged := s.asks(t, s.one, "lease_minutes", "30")
		must(t, s.DB.Exec(forgedApproval("@who", "@digest", "@now"), map[string]any{
			"market": apptest.Market, "id": models.NewID(), "proposal": forged.ID, "who": s.two.ID, "digest": forged.Digest, "now": s.Now(), "bytes": []byte("no seal"),
		}).Error)
		must(t, models.InTx(t.Context(), s.DB.DB, func(tx *gorm.DB) error { // what no database can refuse, verify names
			refusal := func(what, sql string, args ...any) {
				t.Helper()
				must(t, tx.Exec("SAVEPOINT attack").Error)
				if err := tx.Exec(sql, args...).Error; refusedBy(err) != byGuard {
					t.Errorf("%s: %v", what, err)
				}
				must(t, tx.Exec("ROLLBACK TO SAVEPOINT attack").Error)
			}
			must(t, tx.Exec("UPDATE proposals SET state = 'approved', decided_at = ? WHERE id = ?", s.Now(), forged.ID).Error)
			set := "UPDATE marketplaces SET settings_version = settings_version + 1, settings_id = ?"
			where := " WHERE id = '" + apptest.Market + "'"
			refusal("another value than was approved", set+", lease_minutes = 31"+where, forged.ID)
			refusal("another setting beside it", set+", lease_minutes = 30, looks_per_10000 = 7"+where, forged.ID)
			refusal("nothing of what was approved", set+where, forged.ID)
			return tx.Exec(set+", lease_minutes = 30"+where, forged.ID).Error
		}))
		must(t, s.Sequencer.Drain(t.Context()))
		r, err := s.Verify(t.Context(), s.DB.DB)
		must(t, err)
		if r.Disagreement == "" {
			t.Error("verify finds nothing in a setting that was changed by a forged approval")
		}
	})
}

// A change by the database's owner is named: a setting that no two people made so.
func TestVerifyNamesASetting(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		s := newRuled(t, db)
		must(t, s.approves(t, s.two, s.p))
		s.Clock.Wind(time.Hour)
		verifyClean(t, s.World)
		owner := unguarded(t, s.World)
		for what, x := range map[string]struct{ sql, says string }{
			"drawing off":         {"UPDATE marketplaces SET approvers_drawn = NOT approvers_drawn", "setting approvers_drawn of"},
			"a changed one":       {"UPDATE marketplaces SET lease_minutes = 119 WHERE id = 'olist'", "setting lease_minutes of olist is 119"},
			"taken back":          {"UPDATE marketplaces SET lease_minutes = 10, proposal_ttl_hours = 72, settings_version = 1, settings_id = NULL WHERE id = 'olist'", "its settings are version 1"},
			"by another":          {"UPDATE marketplaces SET settings_id = NULL WHERE id = 'olist'", "names another proposal"},
			"a text":              {"UPDATE marketplaces SET redress_body = 'Write to me.'", "setting redress_body of"},
			"never in effect":     {"UPDATE proposals SET state = 'declined' WHERE kind = 'settings.change'", ""},
			"another marketplace": {"UPDATE marketplaces SET looks_per_10000 = 9999 WHERE id = 'elsewhere'", "setting looks_per_10000 of elsewhere"},
		} {
			if got := undoing(t, s.World, owner, x.sql, nil); got == "" || !strings.Contains(got, x.says) {
				t.Errorf("%s: verify says %q; want it to say %q", what, got, x.says)
			}
		}
	})
}

// A replay holds each lot to the share that was in force then.
func TestReplayKnowsEarlierSettings(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := newLooking(t, db)
		l.Clock.Wind(5 * time.Minute)
		for range 4 {
			l.Review(t, l.Seller, 1)
		}
		l.keep(t, l.first)
		l.Set(t, "looks_per_10000", "0", "lease_minutes", "30")
		l.Clock.Wind(5 * time.Minute)
		l.keep(t, l.first)
		l.Set(t, "looks_per_10000", "10000", "lease_minutes", "5")
		l.Clock.Wind(5 * time.Minute)
		l.keep(t, l.first)
		var n int64
		must(t, l.DB.Raw("SELECT count(*) FROM tickets WHERE look_why = 'uniform'").Scan(&n).Error)
		if n != 2 {
			t.Fatalf("%d second looks; want those of the first and the last decision", n)
		}
		replays(t, l.World)
		verifyClean(t, l.World)
	})
}
