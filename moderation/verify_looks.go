package moderation

import (
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

// lookTickets holds the tickets of second looks against the entries that opened them: of a decision on which the lot
// fell, of a test, and of a second look that disagreed.
var lookTickets = ledger.Stated{
	Name: "tickets", Acts: append([]string{"look.test", "look.verdict"}, decisionActs...), Entry: opensLook,
	Of: []ledger.RowState{{Table: "tickets", ID: "CASE WHEN t.look_of IS NOT NULL THEN t.id END", State: "t.look_why || ' ' || CAST(t.look_of AS text)"}},
	Differs: func(id, row, _ string) string {
		if row == "" {
			return "ticket " + id + " of a second look is missing"
		}
		return "ticket " + id + " looks at a decision again, which no entry on record had it do"
	},
}

// opensLook is the ticket that an entry opened to look at a decision again, and what for.
func opensLook(e *ledger.Said) (ticket, why string) {
	switch e.Act {
	case "look.test":
		return e.Text("ticket"), models.LookTest + " " + e.Text("decision")
	case "look.verdict":
		return e.Text("recheck"), models.LookRecheck + " " + e.Text("decision")
	}
	return e.Text("look"), models.LookUniform + " " + e.ID
}
