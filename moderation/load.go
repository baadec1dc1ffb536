package moderation

import (
	"cmp"
	"context"
	"slices"
	"time"

	"evenhand/models"
	"evenhand/rbac"
)

// Load is how much one person who has said that they are at work has before them, and has done today.
type Load struct {
	Person, Name string
	State        string
	Since        time.Time
	Held         int // tickets
	Decided      int // tickets and requests, since midnight UTC
	Waiting      int // requests that they were drawn for
}

// Loads lists who is at work or on a break, the busiest first. It says nothing about whose reviews they work on.
func (d *Desk) Loads(ctx context.Context, actor models.Actor, marketplace string) ([]Load, error) {
	if err := d.mayRead(ctx, actor, marketplace, rbac.Object{Kind: "load"}, "read", "marketplace", marketplace); err != nil {
		return nil, err
	}
	db, now := d.db.WithContext(ctx), d.now()
	said, err := saidLast(db, marketplace, now)
	if err != nil {
		return nil, models.Translate(err)
	}
	var out []Load
	var ids []string
	for id, s := range said {
		if s.State != models.ShiftOff {
			out, ids = append(out, Load{Person: id, State: s.State, Since: s.SaidAt}), append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []struct {
		ID, Name               string
		Held, Decided, Waiting int
	}
	err = db.Raw(`SELECT s.id, s.name,
		(SELECT count(*) FROM tickets t WHERE t.lease_holder_id = s.id AND t.state = 'open' AND t.marketplace_id = @market AND t.lease_until > @now) AS held,
		(SELECT count(*) FROM decisions x WHERE x.marketplace_id = @market AND x.moderator_id = s.id AND x.decided_at >= @today)
			+ (SELECT count(*) FROM approvals v WHERE v.marketplace_id = @market AND v.approver_id = s.id AND v.created_at >= @today) AS decided,
		(SELECT count(*) FROM approver_draws a JOIN proposals p ON p.marketplace_id = a.marketplace_id AND p.id = a.proposal_id AND p.state = 'open' AND p.expires_at > @now
			WHERE a.marketplace_id = @market AND a.approver_id = s.id AND a.ended_at IS NULL AND NOT EXISTS (SELECT 1 FROM approvals v
				WHERE v.marketplace_id = a.marketplace_id AND v.proposal_id = a.proposal_id AND v.approver_id = s.id)) AS waiting
		FROM staff s WHERE s.id IN @ids AND s.disabled_at IS NULL`,
		map[string]any{"market": marketplace, "now": now, "today": now.Truncate(24 * time.Hour), "ids": ids}).Scan(&rows).Error
	if err != nil {
		return nil, models.Translate(err)
	}
	for _, r := range rows {
		i := slices.IndexFunc(out, func(l Load) bool { return l.Person == r.ID })
		out[i].Name, out[i].Held, out[i].Decided, out[i].Waiting = r.Name, r.Held, r.Decided, r.Waiting
	}
	out = slices.DeleteFunc(out, func(l Load) bool { return l.Name == "" })
	slices.SortFunc(out, func(a, b Load) int {
		return cmp.Or(cmp.Compare(b.Held+b.Waiting, a.Held+a.Waiting), cmp.Compare(b.Decided, a.Decided), cmp.Compare(a.Name, b.Name))
	})
	return out[:min(len(out), mostLoads)], nil
}

// mostLoads bounds the list.
const mostLoads = 100
