package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"evenhand/app/apptest"
	"evenhand/models"
	"evenhand/models/dbtest"
	"evenhand/rulebook"
	"evenhand/staff"
)

// One administrator alone doesn't change the rules, whatever roles they get, nor does anybody else.
func TestRulesTakeTwo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		const note = "Looked at the preview."
		change := rulebook.Change{Marketplace: apptest.Market, Set: rules(), Justification: whyRules}
		for name, who := range map[string]models.Actor{
			"a moderator": r.moor, "a supervisor": r.Person(t, "sup", models.RoleSupervisor), "an auditor": r.Person(t, "aud", models.RoleAuditor),
			"the system": models.System("draws"), "a command": models.Command("import"), "an administrator of elsewhere": r.PersonIn(t, apptest.Other, "far", models.RoleAdministrator),
		} {
			if _, err := r.Routing.Ask(t.Context(), who, change); !models.IsKind(err, models.Forbidden) {
				t.Errorf("%s asks: %v", name, err)
			}
		}
		p := r.ask(t, rules())
		if _, err := r.Routing.Approve(t.Context(), r.first, apptest.Market, p.ID, p.Digest, note); apptest.Code(err) != "own_request" {
			t.Errorf("the requester approves: %v", err)
		}
		_, err := r.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: "adam@example.test", Role: models.RoleAdministrator, Marketplace: models.AllMarketplaces})
		must(t, err)
		_, err = r.Staff.Grant(t.Context(), models.Command("staff"), staff.NewGrant{Email: "adam@example.test", Role: models.RoleAuditor, Marketplace: apptest.Market})
		must(t, err)
		if _, err := r.Routing.Approve(t.Context(), r.first, apptest.Market, p.ID, p.Digest, note); apptest.Code(err) != "own_request" {
			t.Errorf("the requester approves under another role: %v", err)
		}
		for name, who := range map[string]models.Actor{"a moderator": r.moor, "nobody": {Kind: models.ActorPerson, ID: models.NewID()}} {
			if _, err := r.Routing.Approve(t.Context(), who, apptest.Market, p.ID, p.Digest, note); !models.IsKind(err, models.Forbidden) {
				t.Errorf("%s approves: %v", name, err)
			}
		}
		if _, err := r.Routing.Approve(t.Context(), r.second, apptest.Market, p.ID, []byte("another digest"), note); apptest.Code(err) != "stale_form" {
			t.Errorf("with another digest: %v", err)
		}
		if _, err := r.Desk.Approve(t.Context(), r.second, apptest.Market, p.ID, p.Digest, note); err == nil {
			t.Error("approved as if it were a removal")
		}
		if _, err := r.Routing.Ask(t.Context(), r.second, change); apptest.Code(err) != "asked_already" {
			t.Errorf("a second request beside it: %v", err)
		}
		if r.version(t) != 0 {
			t.Fatal("the rules changed by one person")
		}
		done := atOnce(
			func() error {
				_, err := r.Routing.Approve(t.Context(), r.second, apptest.Market, p.ID, p.Digest, note)
				return err
			},
			func() error {
				_, err := r.Routing.Withdraw(t.Context(), r.first, apptest.Market, p.ID, p.Digest)
				return err
			},
		)
		if (done[0] == nil) == (done[1] == nil) {
			t.Errorf("approved and withdrawn at once: %v", done)
		}
		if r.version(t) == 0 {
			r.inForce(t, rules())
		}
		if _, err := r.Routing.Ask(t.Context(), r.first, change); apptest.Code(err) != "stale_form" {
			t.Errorf("on rules that aren't in force any more: %v", err)
		}
		change.Basis = 1
		if _, err := r.Routing.Ask(t.Context(), r.first, change); apptest.Code(err) != "invalid_rules" {
			t.Errorf("the same rules: %v", err)
		}
		bad := rules()
		bad.Rules[0].Queue, bad.Rules[1].When.Categories = strings.Repeat("q", 61), []string{"boats"}
		change.Set, change.Justification = bad, "short"
		_, err = r.Routing.Ask(t.Context(), r.first, change)
		for _, field := range []string{"r0-queue", "r1-categories", "justification"} {
			if models.AsError(err).Fields[field] == "" {
				t.Errorf("no word about %s: %v", field, models.AsError(err).Fields)
			}
		}
		verifyClean(t, r.World)
	})
}

// What nobody decides on in time doesn't come into force.
func TestRulesExpire(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		p := r.ask(t, rules())
		r.Clock.Wind(73 * time.Hour)
		if _, err := r.Routing.Approve(t.Context(), r.second, apptest.Market, p.ID, p.Digest, "Looked at the preview."); apptest.Code(err) != "expired" {
			t.Errorf("approved late: %v", err)
		}
		n, err := r.Engine.Expire(t.Context())
		must(t, err)
		if n != 1 || r.version(t) != 0 {
			t.Errorf("%d expired, version %d", n, r.version(t))
		}
		verifyClean(t, r.World)
	})
}

// What the application's own account tries with raw SQL, and what the database's owner does, which verify names.
func TestRoutingByRawSQL(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		r := newRouted(t, db)
		r.inForce(t, rules())
		rev := r.flagged(t, models.FlagSeller, score(95))
		other := r.flagged(t, models.FlagCustomer, nil)
		r.Clock.Wind(time.Minute)
		r.report(t, other, models.FlagClassifier, score(10))
		tk := r.ticket(t, rev)
		second := rules()
		second.Rules[0].Priority = 9
		open := r.ask(t, second)
		var payload string
		must(t, r.DB.Raw("SELECT payload FROM proposals WHERE id = ?", open.ID).Scan(&payload).Error)
		asked, _, err := rulebook.ParseAsked(models.Proposal{Payload: payload})
		must(t, err)
		var grant string
		must(t, r.DB.Raw("SELECT id FROM role_grants WHERE staff_id = ? LIMIT 1", r.moor.ID).Scan(&grant).Error)
		args := map[string]any{
			"market": apptest.Market, "ticket": tk.ID, "other": r.ticket(t, other).ID, "p": open.ID, "rules": asked.Rules, "bytes": []byte(strings.Repeat("x", 32)), "now": r.Now(),
			"late": r.Now().Add(time.Hour), "id": models.NewID(), "moor": r.moor.ID, "review": rev.ID, "grant": grant,
		}
		route := func(why, queue, priority, skill string) string {
			return `INSERT INTO ticket_routes (marketplace_id, ticket_id, n, why, version, rule, facts, queue, priority, due_at, skill, entry_id, routed_at)
				VALUES (@market, @ticket, 1, '` + why + `', 1, 2, '{}', '` + queue + `', ` + priority + `, @late, '` + skill + `', ` + map[bool]string{true: "@id", false: "NULL"}[why == "escalate"] + `, @now)`
		}
		set := `INSERT INTO rule_sets (marketplace_id, version, proposal_id, rules, digest, in_force_at) VALUES (@market, 2, @p, @rules, @bytes, @now)`
		for name, sql := range map[string]string{
			"a ticket's queue":              `UPDATE tickets SET queue = 'mine' WHERE id = @ticket`,
			"a ticket's priority":           `UPDATE tickets SET priority = 9 WHERE id = @ticket`,
			"a ticket's skill":              `UPDATE tickets SET skill = '' WHERE id = @ticket`,
			"a ticket's due time":           `UPDATE tickets SET due_at = @late WHERE id = @ticket`,
			"a ticket's route":              `UPDATE tickets SET route = 1, queue = 'mine' WHERE id = @ticket`,
			"a way without a flag":          route("flag", "mine", "0", ""),
			"a way without an escalation":   route("escalate", "legal", "5", "legal"),
			"a way as of before":            route("before", "mine", "0", ""),
			"a way like a second look":      route("look", "mine", "0", ""),
			"another way it came":           `UPDATE ticket_routes SET queue = 'mine' WHERE ticket_id = @ticket`,
			"forgetting how it came":        `DELETE FROM ticket_routes WHERE ticket_id = @ticket`,
			"rules that one person asked":   set,
			"rules that nobody asked":       strings.Replace(set, "@p", "@id", 1),
			"the rules in force":            `UPDATE rule_sets SET rules = @rules WHERE version = 1`,
			"forgetting the rules":          `DELETE FROM rule_sets`,
			"calling the request approved":  `UPDATE proposals SET state = 'approved' WHERE id = @p`,
			"a review's language":           `UPDATE reviews SET language = 'pt' WHERE id = @review`,
			"a flag's score":                `UPDATE flags SET score = 1 WHERE ticket_id = @ticket`,
			"ending somebody's shift":       `DELETE FROM shifts`,
			"another skill of a grant":      `UPDATE grant_skills SET skill = 'everything'`,
			"taking a skill away":           `DELETE FROM grant_skills`,
			"a skip turned into escalation": `UPDATE skips SET skill = 'legal'`,
		} {
			if name == "ending somebody's shift" {
				must(t, r.Desk.SayShift(t.Context(), r.moor, apptest.Market, models.ShiftOn))
			}
			if name == "a skip turned into escalation" {
				mine := draw(t, r.World, r.moor)
				must(t, r.Desk.Skip(t.Context(), r.moor, apptest.Market, mine.ID, "language", ""))
			}
			run := r.DB.Exec
			if !strings.Contains(sql, "@") {
				run = func(sql string, _ ...any) *gorm.DB { return r.DB.Exec(sql) }
			}
			if err := run(sql, args).Error; err == nil {
				t.Errorf("%s: the application's account may", name)
			}
		}
		verifyClean(t, r.World)
		must(t, r.Sequencer.Drain(t.Context()))
		owner := unguarded(t, r.World)
		for name, x := range map[string]struct{ sql, says string }{
			"a ticket's queue":        {`UPDATE tickets SET queue = 'mine' WHERE id = @ticket`, "stands where nothing on record sent it"},
			"a ticket's priority":     {`UPDATE tickets SET priority = 9 WHERE id = @ticket`, "stands where nothing on record sent it"},
			"ticket and way":          {`UPDATE ticket_routes SET queue = 'mine' WHERE ticket_id = @ticket; UPDATE tickets SET queue = 'mine' WHERE id = @ticket`, "elsewhere than the rules have it"},
			"another rule":            {`UPDATE ticket_routes SET rule = 1 WHERE ticket_id = @ticket`, "elsewhere than the rules have it"},
			"other facts":             {`UPDATE ticket_routes SET facts = replace(facts, '"score":95', '"score":96') WHERE ticket_id = @ticket`, "don't bear out"},
			"facts of the second way": {`UPDATE ticket_routes SET facts = replace(facts, '"flags":2', '"flags":3') WHERE ticket_id = @other AND n = 1`, "don't bear out"},
			"rules of nobody":         {strings.Replace(set, "@p", "@p", 1), "no two people agreed on it"},
			"other rules":             {`UPDATE rule_sets SET rules = @rules WHERE version = 1`, "isn't what was agreed on"},
			"forgotten rules":         {`DELETE FROM rule_sets`, "and they aren't there"},
			"a skill":                 {`INSERT INTO grant_skills (grant_id, skill) VALUES (@grant, 'legal')`, "says something else than its entry"},
			"a forged escalation": {`INSERT INTO skips (marketplace_id, id, ticket_id, staff_id, reason, skill, note, skipped_at) VALUES (@market, @id, @ticket, @moor, 'law', 'legal', '', @now)`,
				"is explained by no entry"},
			"a forged shift": {`INSERT INTO shifts (marketplace_id, id, staff_id, state, said_at) VALUES (@market, @id, @moor, 'off', @now)`, "is explained by no entry"},
		} {
			if got := undoingAll(t, r.World, owner, x.sql, args); !strings.Contains(got, x.says) {
				t.Errorf("%s: verify says %q; want it to say %q", name, got, x.says)
			}
		}
	})
}

// undoingAll is undoing for several statements.
func undoingAll(t *testing.T, w *apptest.World, owner *gorm.DB, sql string, args map[string]any) string {
	t.Helper()
	said := ""
	err := models.InTx(t.Context(), owner, func(tx *gorm.DB) error {
		if !models.IsPostgres(tx) {
			dropTriggers(t, tx)
		}
		for _, one := range strings.Split(sql, "; ") {
			if !strings.Contains(one, "@") {
				must(t, tx.Exec(one).Error)
				continue
			}
			must(t, tx.Exec(one, args).Error)
		}
		r, err := w.Verify(t.Context(), tx)
		must(t, err)
		said = r.Disagreement
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("taking it back: %v", err)
	}
	return said
}
