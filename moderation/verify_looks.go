package moderation

import (
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

var secondLooks = ledger.Explained{
	Table: "second_looks", Acts: []string{"look.verdict"},
	Columns: `t.marketplace_id, t.ticket_id, t.decision_id, t.review_id, t.review_version, t.moderator_id, t.why, t.verdict, COALESCE(t.reason_code, ''),
		t.looked_at`,
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		l, code := &models.SecondLook{}, new(string)
		columns := []any{&l.MarketplaceID, &l.TicketID, &l.DecisionID, &l.ReviewID, &l.ReviewVersion, &l.ModeratorID, &l.Why, &l.Verdict, code, &l.LookedAt}
		return columns, func(p *ledger.Print) string {
				printAct(p, l.MarketplaceID, l.ModeratorID, l.TicketID, l.LookedAt)
				p.Text(l.DecisionID)
				p.Text(l.ReviewID)
				p.Int(l.ReviewVersion)
				p.Text(l.Why)
				p.Text(l.Verdict)
				p.Text(*code)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				p.Said(e, "decision", "review", "review_version", "why", "verdict", "reason")
			}
	},
}

const lookRows = "SELECT id, look_why || ' ' || CAST(look_of AS text) FROM tickets WHERE look_of IS NOT NULL"

// lookTickets holds the tickets of second looks against the entries that opened them: of a decision on which the lot
// fell, of a test, and of a second look that disagreed.
var lookTickets = ledger.Stated{Name: "tickets", Rows: lookRows, Entry: opensLook, Run: nameLookTicket}

// opensLook is the ticket that an entry opened to look at a decision again, and what for.
func opensLook(e *ledger.Said) (ticket, why string) {
	switch {
	case e.Act == "look.test":
		return e.Text("ticket"), models.LookTest + " " + e.Text("decision")
	case e.Act == "look.verdict":
		return e.Text("recheck"), models.LookRecheck + " " + e.Text("decision")
	case slices.Contains(decisionActs, e.Act):
		return e.Text("look"), models.LookUniform + " " + e.ID
	}
	return "", ""
}

// nameLookTicket names a ticket of a second look that no entry opened, or that an entry opened and isn't there.
func nameLookTicket(ctx context.Context, db *gorm.DB) (string, error) {
	opened := map[string]string{}
	var id, body string
	_, err := ledger.Each(ctx, db, &id, []any{&body}, func() (string, error) {
		e, err := ledger.Read(id, body)
		if err == nil {
			if ticket, state := opensLook(e); ticket != "" {
				opened[ticket] = state
			}
		}
		return "", err
	}, "SELECT id, body FROM ledger_entries WHERE outcome = 'done' AND act IN ?", append([]string{"look.test", "look.verdict"}, decisionActs...))
	if err != nil {
		return "", err
	}
	var state string
	finding, err := ledger.Each(ctx, db, &id, []any{&state}, func() (string, error) {
		was := opened[id]
		if delete(opened, id); was != state {
			return "ticket " + id + " looks at a decision again, which no entry on record had it do", nil
		}
		return "", nil
	}, lookRows)
	if err != nil || finding != "" {
		return finding, err
	}
	for _, ticket := range slices.Sorted(maps.Keys(opened)) {
		return "ticket " + ticket + " of a second look is missing", nil
	}
	return "", nil
}
