package history_test

import (
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"evenhand/app/apptest"
	"evenhand/history"
	"evenhand/ledger"
	"evenhand/models"
	"evenhand/models/dbtest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// desk is a World where a little of everything has happened, an hour after each other.
type desk struct {
	*apptest.World
	moor, sand, dale, vera models.Actor // moderator, supervisor, auditor, investigator
	removed, declined      models.Proposal
	review                 models.Review
	restoredAt             time.Time
}

func newDesk(t *testing.T, db *dbtest.DB) *desk {
	t.Helper()
	w := apptest.New(t, db)
	d := &desk{World: w, moor: w.Person(t, "moor", models.RoleModerator), sand: w.Person(t, "sand", models.RoleSupervisor),
		dale: w.Person(t, "dale", models.RoleAuditor), vera: w.Person(t, "vera", models.RoleInvestigator)}
	ask := func() models.Proposal {
		w.Clock.Wind(time.Hour)
		return w.Ask(t, d.moor)
	}
	d.review = w.Review(t, w.Seller, 1)
	d.removed = ask()
	w.Clock.Wind(time.Hour)
	must(t, w.Approve(t.Context(), d.sand, d.removed))
	w.Review(t, w.Seller, 2)
	d.declined = ask()
	w.Clock.Wind(time.Hour)
	_, err := w.Desk.Decline(t.Context(), d.sand, apptest.Market, d.declined.ID, d.declined.Digest, "There is an order: declined.")
	must(t, err)
	w.Review(t, w.Seller, 3)
	p := ask()
	_, err = w.Desk.Withdraw(t.Context(), d.moor, apptest.Market, p.ID, p.Digest)
	must(t, err)
	w.Review(t, w.Seller, 1)
	ask()
	w.Clock.Wind(100 * time.Hour)
	_, err = w.Engine.Expire(t.Context())
	must(t, err)
	d.restoredAt = w.Now()
	must(t, w.Desk.Restore(t.Context(), d.sand, apptest.Market, d.review.ID, 1, "The author showed the invoice."))
	w.Review(t, w.Seller, 4)
	w.Clock.Wind(time.Hour)
	ask()
	return d
}

func (d *desk) find(t *testing.T, who models.Actor, query string) (history.List, error) {
	t.Helper()
	q, err := url.ParseQuery(query)
	must(t, err)
	f, err := d.Past.Parse(t.Context(), apptest.Market, q)
	if err != nil {
		return history.List{}, err
	}
	return d.Past.Search(t.Context(), who, f, nil)
}

// What the triggers keep is what verify holds against the acts, and a past date shows what was so then.
func TestFactsFollowActs(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db)
		verify := func() string {
			t.Helper()
			must(t, d.Sequencer.Drain(t.Context()))
			r, err := d.Verify(t.Context(), d.DB.DB)
			must(t, err)
			return r.Disagreement
		}
		if finding := verify(); finding != "" {
			t.Fatalf("verify: %s", finding)
		}
		list, err := d.find(t, d.dale, "")
		must(t, err)
		var states []string
		for _, r := range list.Rows {
			states = append(states, r.State)
		}
		slices.Sort(states)
		if got := strings.Join(states, " "); !strings.Contains(got, "declined") || !strings.Contains(got, "restored") || !strings.Contains(got, "open") {
			t.Errorf("states %s", got)
		}
		for moment, want := range map[time.Time]string{
			d.removed.CreatedAt.Add(time.Minute): models.ProposalOpen, d.restoredAt: models.ProposalEffective, d.restoredAt.Add(time.Microsecond): history.StateRestored,
		} {
			list, err := d.find(t, d.dale, url.Values{"asof": {moment.Format(time.RFC3339Nano)}, "ids": {d.removed.ID}}.Encode())
			must(t, err)
			if len(list.Rows) != 1 || list.Rows[0].State != want {
				t.Errorf("as of %s: %+v, want %s", moment, list.Rows, want)
			}
		}
		owner := d.DB.Owner(t)
		for name, change := range map[string]string{
			"a state":        "UPDATE removal_facts SET state = 'effective' WHERE state = 'declined'",
			"a time":         "UPDATE removal_facts SET restored_at = NULL",
			"a person":       "UPDATE removal_facts SET approver_id = requester_id WHERE approver_id IS NOT NULL",
			"the assignment": "UPDATE removal_facts SET assigned = 'picked'",
		} {
			t.Run("verify names a changed "+name, func(t *testing.T) {
				if err := d.DB.Exec(change).Error; models.IsPostgres(d.DB.DB) && err == nil {
					t.Errorf("the application's account could change %s", name)
				}
				var before []map[string]any
				must(t, owner.Table("removal_facts").Find(&before).Error)
				must(t, owner.Exec(change).Error)
				if finding := verify(); !strings.Contains(finding, "removal_facts") {
					t.Errorf("verify says %q", finding)
				}
				for _, row := range before {
					must(t, owner.Table("removal_facts").Where("proposal_id = ?", row["proposal_id"]).Updates(row).Error)
				}
			})
		}
		if d.DB.Exec("DELETE FROM removal_facts").Error == nil {
			t.Error("the application's account could delete facts")
		}
	})
}

func TestFiltersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db)
		for query, field := range map[string]string{
			"seller=nobody": "seller", "product=none": "product", "customer=none": "customer", "moderator=moor": "moderator", "moderator=" + models.NewID(): "moderator",
			"approver=%00": "approver", "queue=nowhere": "queue", "reason=OTHER": "reason", "stars=7": "stars", "stars=0": "stars", "stars=1.5": "stars", "stars=": "",
			"state=gone": "state", "verified=maybe": "verified", "assigned=chosen": "assigned", "ids=x": "ids", "ids=" + strings.Repeat("y+", 101): "ids",
			"by=luck": "by", "from=yesterday": "from", "from=2026-02-30": "from", "to=99999-01-01": "to", "from=2026-02-02&to=2026-02-01": "to", "asof=2999-01-01": "asof",
			"asof=now": "asof", "asof=2020-01-01&from=2021-01-01": "asof", "colour=red": "*", "seller=a&seller=b": "seller", "by=decided&state=open&from=2020-01-01": "state",
			"moderator=" + d.moor.ID + "&approver=" + d.moor.ID: "approver", "seller=%ff": "seller", "seller=" + strings.Repeat("s", 201): "seller",
			"seller=seller-1&moderator=" + d.moor.ID + "&reason=FAKE_EXPERIENCE": "", "customer=customer-1": "", "ids=review-" + d.review.ID: "",
			"seller=" + strings.ToUpper(d.Seller.ID): "", "' OR 1=1 --=x": "*", "seller=' OR '1'='1": "seller",
		} {
			q, err := url.ParseQuery(query)
			if err != nil {
				q = url.Values{strings.Split(query, "=")[0]: {"x"}}
			}
			_, err = d.Past.Parse(t.Context(), apptest.Market, q)
			switch e := models.AsError(err); {
			case field == "" && err != nil:
				t.Errorf("%s: %v", query, err)
			case field == "*" && (err == nil || e.Fields[""] == ""):
				t.Errorf("%s: %v, want an unknown filter", query, err)
			case field != "" && field != "*" && (err == nil || e.Kind != models.Invalid || e.Fields[field] == ""):
				t.Errorf("%s: %v, want something said of %s", query, err, field)
			}
		}
		for _, c := range []models.Cursor{{At: d.Now(), ID: models.NewID()}, {At: d.removed.CreatedAt.Add(time.Second), ID: d.removed.ID}, {At: d.removed.CreatedAt, ID: d.removed.ID}} {
			if _, err := d.Past.Search(t.Context(), d.dale, history.Filter{Marketplace: apptest.Market}, &c); apptest.Code(err) != "invalid_page" {
				t.Errorf("cursor %s: %v", c, err)
			}
		}
		f := history.Filter{Marketplace: apptest.Market, Seller: d.Seller.ID, Stars: []int{1, 2}, States: []string{"declined"}, From: time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)}
		again, err := d.Past.Parse(t.Context(), apptest.Market, f.Values())
		if err != nil || again.Digest() != f.Digest() {
			t.Errorf("%v doesn't come back from its address: %v %v", f, again, err)
		}
	})
}

func TestWhoReadsHistories(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db)
		f := history.Filter{Marketplace: apptest.Market}
		subjects := []history.Subject{{Kind: history.OfSeller, ID: d.Seller.ID}, {Kind: history.OfModerator, ID: d.moor.ID}, {Kind: history.OfApprover, ID: d.sand.ID}, {Kind: history.OfPair, ID: d.moor.ID, Other: d.sand.ID}}
		adam := d.Person(t, "adam", models.RoleAdministrator)
		p, err := d.Past.ParsePeriods(url.Values{})
		must(t, err)
		for _, who := range []models.Actor{d.moor, d.sand, d.dale, d.vera, adam} {
			reads := who.ID == d.dale.ID || who.ID == d.vera.ID
			for _, x := range subjects {
				h, err := d.Past.Subject(t.Context(), who, x, f, nil)
				if (err == nil) != reads {
					t.Errorf("%s reads the %s: %v", who.Name, x.Kind, err)
				}
				if err == nil && h.Asked == 0 {
					t.Errorf("the %s has asked for nothing", x.Kind)
				}
			}
			if _, err := d.Past.Compare(t.Context(), who, apptest.Market, p); (err == nil) != reads {
				t.Errorf("%s compares: %v", who.Name, err)
			}
			if _, err := d.find(t, who, ""); (err == nil) != reads {
				t.Errorf("%s searches: %v", who.Name, err)
			}
			err := d.Past.Export(t.Context(), who, f, history.FormatCSV, func(history.Exported) error { return nil }, func([]history.Row) error { return nil })
			if (err == nil) != (who.ID == d.dale.ID) {
				t.Errorf("%s exports: %v", who.Name, err)
			}
		}
		for _, x := range []history.Subject{{Kind: history.OfModerator, ID: d.dale.ID}, {Kind: history.OfPair, ID: d.moor.ID, Other: d.dale.ID}} {
			if _, err := d.Past.Subject(t.Context(), d.dale, x, f, nil); apptest.Code(err) != "own_history" {
				t.Errorf("dale reads about herself: %v", err)
			}
		}
		for _, x := range []history.Subject{{Kind: history.OfSeller, ID: models.NewID()}, {Kind: history.OfModerator, ID: models.NewID()}} {
			if _, err := d.Past.Subject(t.Context(), d.dale, x, f, nil); !models.IsKind(err, models.NotFound) {
				t.Errorf("nobody's history: %v", err)
			}
		}
		if n := d.Entries(t, "history.read", models.OutcomeRefused); n < 10 {
			t.Errorf("%d refused looks on record", n)
		}
		if n := d.Entries(t, "removal.export", models.OutcomeDone); n != 1 {
			t.Errorf("%d exports on record, want 1", n)
		}
	})
}

func TestSavedFilters(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		d := newDesk(t, db)
		ctx := t.Context()
		f := history.Filter{Marketplace: apptest.Market, Seller: d.Seller.ID}
		own, err := d.Past.Save(ctx, d.dale, f, "  My sellers <b> ", false)
		must(t, err)
		shared, err := d.Past.Save(ctx, d.dale, f, "All", true)
		must(t, err)
		list, err := d.Past.SavedFilters(ctx, d.vera, apptest.Market)
		must(t, err)
		if len(list) != 1 || list[0].ID != shared.ID || list[0].OwnerName != "dale" {
			t.Errorf("vera sees %+v", list)
		}
		for name, err := range map[string]error{
			"rename another's": d.Past.Rename(ctx, d.vera, apptest.Market, shared.ID, "Mine now"), "delete another's": d.Past.Delete(ctx, d.vera, apptest.Market, shared.ID),
			"no name": d.Past.Rename(ctx, d.dale, apptest.Market, own.ID, " "), "a long name": d.Past.Rename(ctx, d.dale, apptest.Market, own.ID, strings.Repeat("n", 81)),
			"two lines": d.Past.Rename(ctx, d.dale, apptest.Market, own.ID, "a\nb"),
		} {
			if err == nil {
				t.Errorf("%s: done", name)
			}
		}
		if _, err := d.Past.Save(ctx, d.moor, f, "A moderator's", false); apptest.Code(err) != "no_right" {
			t.Errorf("a moderator keeps a filter: %v", err)
		}
		must(t, d.Past.Rename(ctx, d.dale, apptest.Market, own.ID, "Renamed"))
		must(t, d.Past.Delete(ctx, d.dale, apptest.Market, own.ID))
		var bodies []string
		must(t, d.DB.Model(&models.LedgerEntry{}).Where("act LIKE 'filter.%'").Pluck("body", &bodies).Error)
		if all := strings.Join(bodies, "\n"); len(bodies) < 5 || strings.Contains(all, "My sellers") || strings.Contains(all, "Renamed") {
			t.Errorf("entries %s", all)
		}
		finding := func() string {
			must(t, d.Sequencer.Drain(ctx))
			r, err := d.Verify(ctx, d.DB.DB)
			must(t, err)
			return r.Disagreement
		}
		if x := finding(); x != "" {
			t.Fatal(x)
		}
		t.Run("at most fifty, in ten windows at once", func(t *testing.T) {
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() {
					for range 6 {
						_, _ = d.Past.Save(ctx, d.vera, f, "again", false)
					}
				})
			}
			wg.Wait()
			var n int64
			must(t, d.DB.Table("saved_filters").Where("owner_id = ?", d.vera.ID).Count(&n).Error)
			if n != 50 {
				t.Errorf("vera keeps %d filters", n)
			}
		})
		if d.DB.Exec("UPDATE saved_filters SET query = 'state=open'").Error == nil {
			t.Error("raw SQL changed what a filter finds")
		}
		must(t, d.DB.Exec("DELETE FROM saved_filters WHERE id = ?", shared.ID).Error)
		if x := finding(); !strings.Contains(x, "saved_filters") {
			t.Errorf("verify says %q of a filter that went by raw SQL", x)
		}
	})
}

func TestExportHasTheList(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := fillLarge(t, db, 2400, 800)
		q := url.Values{"state": {"declined", "effective"}}
		f, err := l.past.Parse(t.Context(), l.market, q)
		must(t, err)
		var want, got []string
		listed, _ := l.everyPage(t, f)
		for _, r := range listed {
			want = append(want, r.ProposalID+r.State)
		}
		var x history.Exported
		must(t, l.past.Export(t.Context(), l.auditor, f, history.FormatJSONL, func(made history.Exported) error {
			x = made
			var n int64
			if err := l.DB.Model(&models.LedgerEntry{}).Where("id = ? AND act = 'removal.export'", made.Entry).Count(&n).Error; err != nil || n != 1 {
				t.Errorf("the entry isn't there before the first byte: %d %v", n, err)
			}
			return nil
		}, func(rows []history.Row) error {
			for _, r := range rows {
				got = append(got, r.ProposalID+r.State)
			}
			return nil
		}))
		if !slices.Equal(want, got) || x.Count != len(got) || x.Digest != f.Digest() || len(got) < 600 {
			t.Errorf("exported %d (said %d), listed %d", len(got), x.Count, len(want))
		}
		var e models.LedgerEntry
		must(t, l.DB.Where("id = ?", x.Entry).Take(&e).Error)
		b, err := ledger.ParseBody(e.Body)
		must(t, err)
		if b.Data["format"] != "jsonl" || b.Data["count"] != float64(len(got)) || b.Data["filter"] != f.Digest() {
			t.Errorf("entry %s", e.Body)
		}
	})
}
