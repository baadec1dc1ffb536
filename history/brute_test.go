package history_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"evenhand/app/apptest"
	"evenhand/history"
	"evenhand/models"
	"evenhand/models/dbtest"
)

// told is a request as the tables of the acts tell it, without what histories keep.
type told struct {
	id, review, seller, product, customer, requester, queue, assigned, reason, final string
	stars                                                                            int
	verified                                                                         *bool
	asked                                                                            time.Time
	decided, restored                                                                *time.Time
	verdicts                                                                         []models.Approval
}

func tellAll(t *testing.T, l *large) []told {
	t.Helper()
	rows, err := l.DB.Raw(`SELECT q.proposal_id, q.review_id, q.seller_id, r.product_id, r.customer_id, q.requester_id, k.queue, d.assigned, q.reason_code, p.state,
			q.rating, r.verified, q.created_at, p.decided_at, x.created_at
		FROM removal_requests q JOIN proposals p ON p.id = q.proposal_id JOIN reviews r ON r.id = q.review_id JOIN tickets k ON k.id = q.ticket_id
		JOIN decisions d ON d.id = q.proposal_id LEFT JOIN restorations x ON x.proposal_id = q.proposal_id ORDER BY q.created_at DESC, q.proposal_id DESC`).Rows()
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out []told
	for rows.Next() {
		var x told
		if err := rows.Scan(&x.id, &x.review, &x.seller, &x.product, &x.customer, &x.requester, &x.queue, &x.assigned, &x.reason, &x.final,
			&x.stars, &x.verified, &x.asked, &x.decided, &x.restored); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	var given []models.Approval
	if err := l.DB.Find(&given).Error; err != nil {
		t.Fatal(err)
	}
	for _, g := range given {
		i := slices.IndexFunc(out, func(x told) bool { return x.id == g.ProposalID })
		out[i].verdicts = append(out[i].verdicts, g)
	}
	return out
}

// at replays a request up to a moment: "" where it hadn't been asked.
func (x told) at(moment time.Time) string {
	before := func(t *time.Time) bool { return t != nil && (moment.IsZero() || t.Before(moment)) }
	switch {
	case !before(&x.asked):
		return ""
	case !before(x.decided):
		return models.ProposalOpen
	case before(x.restored):
		return history.StateRestored
	}
	return x.final
}

// fits holds a request against a filter, part by part.
func (x told) fits(f history.Filter, but string) bool {
	is := func(field, want, got string) bool { return field == but || want == "" || want == got }
	among := func(field string, want []string, got string) bool {
		return field == but || len(want) == 0 || slices.Contains(want, got)
	}
	verified := history.VerifiedUnknown
	if x.verified != nil {
		verified = map[bool]string{true: history.VerifiedYes, false: history.VerifiedNo}[*x.verified]
	}
	ok := x.at(f.AsOf) != "" && is("seller", f.Seller, x.seller) && is("product", f.Product, x.product) && is("customer", f.Customer, x.customer) &&
		is("moderator", f.Requester, x.requester) && is("queue", f.Queue, x.queue) && is("assigned", f.Assigned, x.assigned) && is("verified", f.Verified, verified) &&
		among("reason", f.Reasons, x.reason) && among("state", f.States, x.at(f.AsOf))
	if len(f.Stars) > 0 && but != "stars" {
		ok = ok && slices.Contains(f.Stars, x.stars)
	}
	if len(f.IDs) > 0 {
		ok = ok && (slices.Contains(f.IDs, x.id) || slices.Contains(f.IDs, x.review))
	}
	if f.Approver != "" && but != "approver" {
		ok = ok && slices.Contains(x.approvers(f.AsOf), f.Approver)
	}
	if but == "from" {
		return ok
	}
	when := &x.asked
	if f.By == history.ByDecided {
		if when = x.decided; when == nil || (!f.AsOf.IsZero() && !when.Before(f.AsOf)) {
			return false
		}
	}
	return ok && (f.From.IsZero() || !when.Before(f.From)) && (f.To.IsZero() || when.Before(f.To))
}

func (x told) approvers(moment time.Time) []string {
	var out []string
	for _, g := range x.verdicts {
		if moment.IsZero() || g.CreatedAt.Before(moment) {
			out = append(out, g.ApproverID)
		}
	}
	return out
}

// randomFilter is any mix of filters, of values that are there.
func randomFilter(r *rand.Rand, l *large, all []told) url.Values {
	q := url.Values{}
	some := func() told { return all[r.IntN(len(all))] }
	parts := []func(){
		func() { q.Set("seller", some().seller) }, func() { q.Set("moderator", some().requester) }, func() { q.Set("queue", some().queue) },
		func() { q["reason"] = []string{some().reason, some().reason} }, func() { q["stars"] = []string{strconv.Itoa(some().stars), strconv.Itoa(some().stars)} },
		func() { q["state"] = []string{history.States[r.IntN(7)], history.States[r.IntN(7)]} },
		func() { q.Set("assigned", []string{"random", "picked"}[r.IntN(2)]) }, func() { q.Set("verified", []string{"yes", "no", "unknown"}[r.IntN(3)]) },
		func() { q.Set("from", l.Now().AddDate(0, 0, -r.IntN(730)).Format(time.DateOnly)) },
		func() { q.Set("asof", l.Now().AddDate(0, 0, -r.IntN(700)).Format(time.DateOnly)) },
		func() { q.Set("by", history.ByDecided) },
		func() {
			if v := some().verdicts; len(v) > 0 {
				q.Set("approver", v[0].ApproverID)
			}
		},
		func() { q.Set("ids", some().id+"\n"+some().review+", "+some().id) },
	}
	for _, p := range r.Perm(len(parts))[:r.IntN(4)] {
		parts[p]()
	}
	return q
}

// The list, every facet and every date agree with a replay of the acts' own tables, whatever the filter.
func TestSearchEqualsReplay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *dbtest.DB) {
		l := fillLarge(t, db, 2400, 400)
		addSecondVerdicts(t, l)
		all := tellAll(t, l)
		r := rand.New(rand.NewPCG(7, 13))
		found := 0
		for range 30 {
			q := randomFilter(r, l, all)
			f, err := l.past.Parse(t.Context(), l.market, q)
			if models.IsKind(err, models.Invalid) {
				continue // as of a day before the first
			}
			listed, list := l.everyPage(t, f)
			var want, got []string
			for _, x := range all {
				if x.fits(f, "") {
					want = append(want, x.id+" "+x.at(f.AsOf))
				}
			}
			for _, x := range listed {
				got = append(got, x.ProposalID+" "+x.State)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Fatalf("%s: the list differs (-replay +list):\n%s", q.Encode(), d)
			}
			found += len(want)
			if list.Counts.Total != len(want) || list.Counts.More {
				t.Errorf("%s: total %d, want %d", q.Encode(), list.Counts.Total, len(want))
			}
			compareFacets(t, f, all, list.Counts)
		}
		if found < 200 {
			t.Errorf("the filters found %d requests together: too few to say anything", found)
		}
	})
}

// everyPage reads the whole list, page by page, and gives the first page too.
func (l *large) everyPage(t *testing.T, f history.Filter) ([]history.Row, history.List) {
	t.Helper()
	var out []history.Row
	var first history.List
	var c *models.Cursor
	for {
		list, err := l.past.Search(t.Context(), l.auditor, f, c)
		if err != nil {
			t.Fatal(err)
		}
		if out = append(out, list.Rows...); c == nil {
			first = list
		}
		if c = list.Around.Next; c == nil {
			return out, first
		}
	}
}

func compareFacets(t *testing.T, f history.Filter, all []told, got history.Counts) {
	t.Helper()
	ways := map[string]func(told) []string{
		"reason": func(x told) []string { return []string{x.reason} }, "stars": func(x told) []string { return []string{strconv.Itoa(x.stars)} },
		"state": func(x told) []string { return []string{x.at(f.AsOf)} }, "seller": func(x told) []string { return []string{x.seller} },
		"moderator": func(x told) []string { return []string{x.requester} }, "approver": func(x told) []string { return x.approvers(f.AsOf) },
		"queue": func(x told) []string { return []string{x.queue} }, "month": func(x told) []string { return []string{x.asked.UTC().Format("2006-01")} },
	}
	for field, of := range ways {
		want := map[string]int{}
		but := field
		if field == "month" {
			but = "from"
		}
		for _, x := range all {
			if x.fits(f, but) {
				for _, v := range of(x) {
					want[v]++
				}
			}
		}
		facet := got.Facets[field]
		if most := map[string]int{"seller": 10, "moderator": 20, "approver": 20, "queue": 20, "month": 24}[field]; len(facet.Counts) != min(len(want), orAll(most, len(want))) {
			t.Errorf("%s: facet %s has %d values, want %d", f.Values().Encode(), field, len(facet.Counts), len(want))
		}
		for _, c := range facet.Counts {
			if want[c.Value] != c.N {
				t.Errorf("%s: facet %s says %d of %q, want %d", f.Values().Encode(), field, c.N, c.Value, want[c.Value])
			}
		}
	}
}

func orAll(most, n int) int {
	if most == 0 {
		return n
	}
	return most
}

// addSecondVerdicts gives some requests another approver, as a quorum of two would.
func addSecondVerdicts(t *testing.T, l *large) {
	t.Helper()
	owner := l.DB.Owner(t)
	postgres := models.IsPostgres(owner)
	d := apptest.SpellingOf(postgres)
	for _, s := range []string{
		"INSERT INTO approvals (marketplace_id, id, proposal_id, approver_id, verdict, note, digest, seal, created_at) SELECT a.marketplace_id, " + d.ID(apptest.LargeApproval, "i + 100000") +
			", a.proposal_id, " + d.ID(apptest.LargeStaff, fmt.Sprintf("%d + (i %% 3)", apptest.LargeModerators+apptest.LargeApprovers-3)) + ", 'approve', 'Me too.', a.digest, a.seal, p.expires_at FROM " + d.Series(60) +
			" JOIN approvals a ON a.id = " + d.ID(apptest.LargeApproval, "i * 3") + " JOIN proposals p ON p.id = a.proposal_id WHERE a.approver_id < " + d.ID(apptest.LargeStaff, strconv.Itoa(apptest.LargeModerators+apptest.LargeApprovers-3)),
	} {
		if err := owner.Exec(s).Error; err == nil {
			t.Fatal("a second verdict on what is decided went in past the guards")
		}
		off, on := "ALTER TABLE approvals DISABLE TRIGGER approvals_guard", "ALTER TABLE approvals ENABLE TRIGGER approvals_guard"
		if !postgres {
			on = "SELECT 1"
			var names []string
			if err := owner.Raw("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'approvals' AND sql LIKE '%BEFORE INSERT%'").Scan(&names).Error; err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				if err := owner.Exec("DROP TRIGGER " + name).Error; err != nil {
					t.Fatal(err)
				}
			}
			off = on
		}
		for _, x := range []string{off, s, on} {
			if err := owner.Exec(x).Error; err != nil {
				t.Fatalf("%s: %v", x, err)
			}
		}
	}
	var n int
	if err := l.DB.Raw("SELECT count(*) FROM removal_facts WHERE verdicts > 1").Scan(&n).Error; err != nil || n < 20 {
		t.Fatalf("%d requests with two verdicts, %v", n, err)
	}
}
