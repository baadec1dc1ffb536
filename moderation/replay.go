package moderation

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"evenhand/models"
)

// Replayed is what a replay looked at, and the first draw that was steered, in words, "" where none was.
type Replayed struct {
	Seeds, Draws, Approvers int
	Finding                 string
}

// tolerance is how far apart two acts have to be that a replay holds against each other. An entry has the time at
// which its act began; what commits at about the same time may or may not have been seen by it.
const tolerance = time.Minute

// ReplayDraws draws again whatever was drawn, from the seeds, and names the first draw that was steered: one without a
// commitment before it, with a seed that doesn't fit, with another outcome than the formula gives over the pool, or
// over a pool that wasn't what there was to draw from. It takes the entries for true, so ledger.Verify comes first.
// What it holds in memory is the tickets that are open at a time, the seeds, and the people's grants and interests.
func (d *Desk) ReplayDraws(ctx context.Context, db *gorm.DB) (Replayed, error) {
	var r Replayed
	db = db.WithContext(ctx)
	for _, c := range d.drawChecks(true) {
		finding, err := c.Run(ctx, db)
		if err != nil {
			return r, fmt.Errorf("checking %s: %w", c.Name, models.Translate(err))
		}
		if finding != "" {
			r.Finding = c.Name + ": " + finding
			return r, nil
		}
	}
	var markets []models.Marketplace
	if err := db.Order("id").Find(&markets).Error; err != nil {
		return r, models.Translate(err)
	}
	for _, m := range markets {
		if err := d.replayMarket(db, m, &r); err != nil || r.Finding != "" {
			return r, models.Translate(err)
		}
	}
	return r, nil
}

func (d *Desk) replayMarket(db *gorm.DB, m models.Marketplace, r *Replayed) error {
	seeds, err := d.seedsOf(db, m.ID)
	if err != nil || len(seeds) == 0 {
		return err
	}
	r.Seeds += len(seeds)
	staff, err := d.standingIn(db, m.ID)
	if err != nil {
		return err
	}
	past, err := models.PastOf(db, m)
	if err != nil {
		return err
	}
	x := &deskReplay{db: db, market: m, past: past, seeds: seeds, staff: staff, out: r}
	if err := x.run(); err != nil || r.Finding != "" {
		return err
	}
	return replayApprovers(db, m.ID, seeds, staff, r)
}

// knownSeed is a seed and when it was committed to.
type knownSeed struct {
	id   string
	seed []byte
	at   time.Time
}

// seedsOf reads a marketplace's seeds by period: the revealed ones as they were revealed, and those of periods that
// aren't over as the key gives them.
func (d *Desk) seedsOf(db *gorm.DB, marketplace string) (map[string]knownSeed, error) {
	var rows []struct {
		models.DrawSeed
		At time.Time
	}
	err := db.Table("draw_seeds s").Select("s.*, e.at").Joins("JOIN ledger_entries e ON e.id = s.id").
		Where("s.marketplace_id = ?", marketplace).Scan(&rows).Error
	out := make(map[string]knownSeed, len(rows))
	for _, s := range rows {
		if s.Seed == nil {
			if s.Seed, err = seedOf(d.key, marketplace, s.Period); err != nil {
				return nil, err
			}
		}
		if bytes.Equal(commitmentTo(s.Seed), s.Commitment) {
			out[s.Period] = knownSeed{s.ID, s.Seed, s.At}
		}
	}
	return out, err
}

// seedFor gives the seed of a draw, or says what is wrong with it.
func seedFor(seeds map[string]knownSeed, period, commit string, drawn time.Time) ([]byte, string) {
	s, ok := seeds[period]
	switch {
	case !ok:
		return nil, "has no seed that fits what was committed to for " + period
	case periodOf(drawn) != period:
		return nil, "was made on another day than the one whose seed it is from (" + period + ")"
	case s.id != commit:
		return nil, "names another commitment than that of its day"
	case s.at.After(drawn.Add(tolerance)):
		return nil, "was made before its seed was committed to"
	}
	return s.seed, ""
}

// replayPick draws again: what the formula gives over a pool at an attempt, and what the attempts before it gave.
func replayPick(seed []byte, who string, n, attempts int, pool []string) (chosen string, lost []string, err error) {
	left := slices.Clone(pool)
	for a := 0; ; a++ {
		if len(left) == 0 {
			return "", lost, nil
		}
		i, err := Pick(seed, who, n, a, len(left))
		if err != nil {
			return "", nil, err
		}
		chosen = left[i]
		left = slices.Delete(left, i, i+1)
		if a == attempts {
			return chosen, lost, nil
		}
		lost = append(lost, chosen)
	}
}

// deskActs are the entries that say who was given which ticket, and what became of it.
var deskActs = func() []string {
	out := []string{"ticket.draw", "ticket.again", "ticket.skip", "ticket.escalate", "ticket.release", "ticket.keep", "look.verdict"}
	for _, x := range remedies {
		for _, verb := range []string{"request", "approve", "decline", "withdraw", "expire", "void"} {
			out = append(out, x.Noun+"."+verb)
		}
	}
	return out
}()
