package moderation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"gorm.io/gorm"

	"evenhand/ledger"
	"evenhand/models"
)

// drawChecks tie seeds, draws and drawn approvers to their entries. ReplayDraws asks, beyond that, whether the draws
// were honest.
func (d *Desk) drawChecks(seals bool) []ledger.Check {
	return []ledger.Check{
		ledger.Explained{Table: "draw_seeds", Acts: []string{"draws.commit"}}.Check(),
		draws.Check(),
		approverDraws.Check(),
		requests.Check(),
		lookTickets.Check(),
		ledger.NoRow("draw_seeds", "is revealed by no entry", `
			SELECT s.id FROM draw_seeds s WHERE s.seed IS NOT NULL AND NOT EXISTS (
				SELECT 1 FROM ledger_entries e WHERE e.id = s.reveal_id AND e.act = 'draws.reveal' AND e.outcome = 'done'
				   AND e.marketplace_id = s.marketplace_id AND e.subject_id = s.period)`),
		ledger.NoRow("draw_seeds", "reveals a seed that no row has", `
			SELECT e.id FROM ledger_entries e WHERE e.act = 'draws.reveal' AND e.outcome = 'done' AND NOT EXISTS (
				SELECT 1 FROM draw_seeds s WHERE s.reveal_id = e.id)`),
		ledger.NoRow("draws", "isn't the next draw of its day: one before it is missing", `
			SELECT w.id FROM draws w JOIN (SELECT marketplace_id, person_id, period, max(n) AS n FROM draws GROUP BY marketplace_id, person_id, period
				HAVING max(n) + 1 <> count(*) OR 2 * sum(n) <> count(*) * (count(*) - 1) OR 6 * sum(CAST(n AS bigint) * n) <> count(*) * (count(*) - 1) * (2 * count(*) - 1)) x
			  ON x.marketplace_id = w.marketplace_id AND x.person_id = w.person_id AND x.period = w.period AND x.n = w.n`),
		ledger.NoRow("approver_draws", "isn't the next draw for its request: one before it is missing", `
			SELECT w.id FROM approver_draws w WHERE w.n > 0 AND NOT EXISTS (
				SELECT 1 FROM approver_draws x WHERE x.marketplace_id = w.marketplace_id AND x.proposal_id = w.proposal_id AND x.n = w.n - 1)`),
		ledger.NoRow("approvals", "is by somebody who wasn't drawn for the request", `
			SELECT v.id FROM approvals v JOIN removal_requests q ON q.marketplace_id = v.marketplace_id AND q.proposal_id = v.proposal_id AND q.drawn
			 WHERE NOT EXISTS (SELECT 1 FROM approver_draws a WHERE a.marketplace_id = v.marketplace_id AND a.proposal_id = v.proposal_id
				AND a.approver_id = v.approver_id AND a.drawn_at <= v.created_at AND (a.ended_at IS NULL OR a.ended_at >= v.created_at))`),
		{Name: "draw_seeds", Run: func(_ context.Context, db *gorm.DB) (string, error) { return d.checkSeeds(db, seals) }},
		{Name: "approver_draws", Run: checkSeatEnds},
	}
}

type seedEntry struct {
	models.DrawSeed
	EntryBody  string
	RevealBody string
}

// checkSeeds holds each seed against the entries that commit to it and reveal it, and, where seals is
// true, against the seal key: one that was chosen afterwards isn't what the key gives.
func (d *Desk) checkSeeds(db *gorm.DB, seals bool) (string, error) {
	query := func(db *gorm.DB) *gorm.DB {
		return withEntries("draw_seeds")(db).Select("t.*, x.body AS entry_body, COALESCE(y.body, '') AS reveal_body").
			Joins("LEFT JOIN ledger_entries y ON y.id = t.reveal_id")
	}
	return ledger.Compare(db, query, func(s seedEntry) string { return s.ID }, "t.id", func(s seedEntry) (string, error) {
		b, err := ledger.ParseBody(s.EntryBody)
		if err != nil {
			return "", err
		}
		if b.Marketplace != s.MarketplaceID || b.Data["period"] != s.Period || b.Data["commitment"] != hex.EncodeToString(s.Commitment) {
			return rowFinding(s.ID), nil
		}
		if finding, err := d.notOurs(s.DrawSeed); seals && (err != nil || finding != "") {
			return finding, err
		}
		return revealFinding(s)
	})
}

// notOurs is the finding that a seed isn't what the seal key gives, "" where it is.
func (d *Desk) notOurs(s models.DrawSeed) (string, error) {
	seed, err := seedOf(d.key, s.MarketplaceID, s.Period)
	if err != nil || bytes.Equal(commitmentTo(seed), s.Commitment) {
		return "", err
	}
	return "the seed of " + s.Period + " (" + s.ID + ") isn't the one that this installation's key gives", nil
}

func revealFinding(s seedEntry) (string, error) {
	if s.Seed == nil {
		return "", nil
	}
	b, err := ledger.ParseBody(s.RevealBody)
	if err != nil {
		return "", err
	}
	if b.Data["seed"] != hex.EncodeToString(s.Seed) || !bytes.Equal(commitmentTo(s.Seed), s.Commitment) {
		return "the seed of " + s.Period + " (" + s.ID + ") isn't the one that was committed to", nil
	}
	end, err := periodEnd(s.Period)
	if err != nil {
		return "", err
	}
	if at, err := time.Parse(time.RFC3339Nano, b.At); err != nil || at.Before(end) {
		return "the seed of " + s.Period + " (" + s.ID + ") was revealed before the day was over", nil //nolint:nilerr // the finding says it
	}
	return "", nil
}

// printPool prints which draw of which period this is, of what attempt, and the digest and size of its pool.
func printPool(p *ledger.Print, period string, n, attempt int, pool []byte) {
	p.Text(period)
	p.Int(n)
	p.Int(attempt)
	p.Int(bytes.Count(pool, []byte{'"'}) / 2)
	sum := sha256.Sum256(pool)
	p.Hex(sum[:])
}

// saysPool is what an entry says of the same.
func saysPool(p *ledger.Print, e *ledger.Said) {
	p.Said(e, "period", "n", "attempt", "pool", "pool_digest")
}

var draws = ledger.Explained{
	Table: "draws", Acts: []string{"ticket.draw"},
	Rowless: func(e *ledger.Said) bool { return e.Raw("pool_digest") == "" }, // of before there were seeds
	Columns: "t.marketplace_id, t.period, t.person_id, t.n, t.pool, t.attempts, t.ticket_id, t.drawn_at",
	Agree: func() ([]any, func(*ledger.Print) string, func(*ledger.Print, *ledger.Said)) {
		w, pool := &models.Draw{}, new([]byte)
		return []any{&w.MarketplaceID, &w.Period, &w.PersonID, &w.N, pool, &w.Attempts, &w.TicketID, &w.DrawnAt}, func(p *ledger.Print) string {
				printAct(p, w.MarketplaceID, w.PersonID, w.TicketID, w.DrawnAt)
				printPool(p, w.Period, w.N, w.Attempts, *pool)
				return ""
			}, func(p *ledger.Print, e *ledger.Said) {
				saysAct(p, e)
				saysPool(p, e)
			}
	},
}
