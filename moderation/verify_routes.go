package moderation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
	"evenhand/routing"
	"evenhand/rulebook"
)

// routeChecks hold each ticket against the rules: it was sent where they have it, on facts that its flags and its review
// bear out, and stands where it was sent last.
func routeChecks() []ledger.Check {
	return []ledger.Check{
		ledger.NoRow("tickets", "stands where nothing on record sent it", `
			SELECT t.id FROM tickets t LEFT JOIN ticket_routes r ON r.marketplace_id = t.marketplace_id AND r.ticket_id = t.id AND r.n = t.route
			 WHERE r.n IS NULL OR r.queue <> t.queue OR r.priority <> t.priority OR r.due_at <> t.due_at OR r.skill <> t.skill OR t.route < 0
			UNION ALL SELECT x.ticket_id FROM ticket_routes x JOIN tickets t ON t.marketplace_id = x.marketplace_id AND t.id = x.ticket_id
			 WHERE x.n > 0 AND x.n > t.route`),
		ledger.NoRow("ticket_routes", "was sent to a skill by no entry on record", `
			SELECT r.ticket_id FROM ticket_routes r WHERE r.why = 'escalate' AND NOT EXISTS (
				SELECT 1 FROM skips k JOIN ticket_routes o ON o.marketplace_id = k.marketplace_id AND o.ticket_id = k.ticket_id AND o.n = r.n - 1
				 WHERE k.marketplace_id = r.marketplace_id AND k.id = r.entry_id AND k.ticket_id = r.ticket_id AND k.skill = r.skill AND k.skill <> ''
				   AND o.queue = r.queue AND o.priority = r.priority AND o.due_at = r.due_at)`).OnlyIf("ticket_routes", "t.why = 'escalate'"),
		ledger.NoRow("ticket_routes", "was escalated, and went nowhere", `
			SELECT k.id FROM skips k WHERE k.skill <> '' AND NOT EXISTS (
				SELECT 1 FROM ticket_routes r WHERE r.marketplace_id = k.marketplace_id AND r.ticket_id = k.ticket_id AND r.entry_id = k.id)`).OnlyIf("skips", "t.skill <> ''"),
		ledger.NoRow("ticket_routes", "looks at a decision again, and not like the ticket that was decided on", `
			SELECT r.ticket_id FROM ticket_routes r JOIN tickets t ON t.marketplace_id = r.marketplace_id AND t.id = r.ticket_id
			 WHERE r.why = 'look' AND (t.look_of IS NULL OR NOT EXISTS (
				SELECT 1 FROM decisions d JOIN ticket_routes o ON o.marketplace_id = d.marketplace_id AND o.ticket_id = d.ticket_id
				 WHERE d.marketplace_id = t.marketplace_id AND d.id = t.look_of AND o.queue = r.queue AND o.priority = r.priority AND o.skill = r.skill))
			UNION ALL SELECT t.id FROM tickets t JOIN ticket_routes r ON r.marketplace_id = t.marketplace_id AND r.ticket_id = t.id
			 WHERE t.look_of IS NOT NULL AND r.n = 0 AND r.why = 'flag'`).OnlyIf("ticket_routes", "t.why = 'look'").OnlyIf("tickets", "t.look_of IS NOT NULL"),
		ledger.NoRow("ticket_routes", "is from before there were rules, and not as everything was then", `
			SELECT r.ticket_id FROM ticket_routes r WHERE r.why = 'before' AND (r.n <> 0 OR r.priority <> 0 OR r.skill <> '' OR r.facts <> '')`).
			OnlyIf("ticket_routes", "t.why = 'before' AND (t.n <> 0 OR t.priority <> 0 OR t.skill <> '' OR t.facts <> '')"),
		{Name: "ticket_routes", Run: checkRoutes},
		ledger.Check{Name: "ticket_routes", Run: checkFacts}.OnlyIf("ticket_routes", "t.why = '"+models.RoutedByFlag+"' AND (t.version > 0 OR t.n > 0)"),
	}
}

// errFound ends a pass over routes that has found something.
var errFound = errors.New("a route is wrong")

// ruled are the rule sets of one marketplace, by version, and since when each was in force.
type ruled struct {
	sets  map[int]routing.Set
	since map[int]time.Time
}

// everyRule reads all rule sets there ever were, by marketplace: while routes are streamed nothing else can be asked.
func everyRule(db *gorm.DB) (map[string]ruled, error) {
	var all []models.RuleSet
	if err := db.Find(&all).Error; err != nil {
		return nil, err
	}
	out := map[string]ruled{}
	for _, s := range all {
		if _, ok := out[s.MarketplaceID]; !ok {
			out[s.MarketplaceID] = onlyBuiltIn()
		}
		set, err := rulebook.Parse(s.Rules)
		if err != nil {
			return nil, err
		}
		out[s.MarketplaceID].sets[s.Version], out[s.MarketplaceID].since[s.Version] = set, s.InForceAt
	}
	return out, nil
}

func onlyBuiltIn() ruled {
	return ruled{sets: map[int]routing.Set{0: routing.BuiltIn()}, since: map[int]time.Time{}}
}

// checkRoutes asks the rules again about each ticket that flags sent somewhere.
func checkRoutes(ctx context.Context, db *gorm.DB) (string, error) {
	of, err := everyRule(db)
	if err != nil {
		return "", err
	}
	var r, last models.TicketRoute
	escalated, finding := false, ""
	err = models.Stream(ctx, db, []any{&r.MarketplaceID, &r.TicketID, &r.N, &r.Why, &r.Version, &r.Rule, &r.Facts, &r.Queue, &r.Priority, &r.DueAt, &r.Skill, &r.RoutedAt}, func() error {
		x, ok := of[r.MarketplaceID]
		if !ok {
			x = onlyBuiltIn()
			of[r.MarketplaceID] = x
		}
		if r.N == 0 {
			escalated, last = false, models.TicketRoute{}
		}
		if r.Why == models.RoutedByFlag {
			if why := wrongRoute(r, last, x, escalated); why != "" {
				finding = "ticket " + r.TicketID + " " + why
				return errFound
			}
		}
		escalated, last = escalated || r.Why == models.RoutedByEscalate, r
		return nil
	}, `SELECT t.marketplace_id, t.ticket_id, t.n, t.why, t.version, t.rule, t.facts, t.queue, t.priority, t.due_at, t.skill, t.routed_at
		FROM ticket_routes t ORDER BY t.marketplace_id, t.ticket_id, t.n`)
	if errors.Is(err, errFound) {
		err = nil
	}
	return finding, err
}

// wrongRoute says how a route isn't the one that the rules in force then give.
func wrongRoute(r, last models.TicketRoute, of ruled, escalated bool) string {
	set, ok := of.sets[r.Version]
	if at := of.since[r.Version]; !ok || r.Version > 0 && at.After(r.RoutedAt.Add(tolerance)) {
		return fmt.Sprintf("was sent by version %d of the rules, which wasn't in force", r.Version)
	}
	if over, replaced := of.since[r.Version+1]; replaced && over.Before(r.RoutedAt.Add(-tolerance)) {
		return fmt.Sprintf("was sent by version %d of the rules, which had been replaced", r.Version)
	}
	f, err := parseFacts(r.Facts)
	if err != nil {
		return "was sent on facts that can't be read"
	}
	want := models.Ticket{Queue: last.Queue, Skill: last.Skill, Priority: last.Priority, DueAt: last.DueAt}
	x := inForce{r.Version, set}
	to := set.Route(f)
	if r.N == 0 {
		want.Queue, want.Skill, want.Priority, want.DueAt = to.Queue, to.Skill, to.Priority, models.At(r.RoutedAt.Add(to.Due))
	} else {
		want, _ = x.next(want, f, escalated, r.RoutedAt)
	}
	if r.Rule != to.Rule || r.Queue != want.Queue || r.Skill != want.Skill || r.Priority != want.Priority || !r.DueAt.Equal(want.DueAt) {
		return "was sent elsewhere than the rules have it"
	}
	return ""
}
