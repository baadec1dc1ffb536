package app_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"evenhand/models"
)

// sequence runs the sequencer beside both turns, as a server does, and notes when each checkpoint is there to be seen.
// What it returns waits for the last one and tells how long after their approvers had their answers the approvals were
// under a checkpoint, in milliseconds: the median and the 99th percentile.
func (m *market) sequence(b *testing.B) func() (half, most float64) {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	var running sync.WaitGroup
	seen := map[int64]time.Time{}
	running.Go(func() { m.app.Sequencer.Run(ctx) })
	running.Go(func() {
		for last := int64(0); ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
			if c, err := m.app.Log.Checkpoint(ctx); err == nil && c.Size > last {
				last, seen[c.Size] = c.Size, time.Now()
			}
		}
	})
	return func() (float64, float64) {
		m.settle(b)
		time.Sleep(20 * time.Millisecond)
		stop()
		running.Wait()
		return m.lags(b, seen)
	}
}

// settle waits until every entry has its number. Plain SQL on SQLite takes no turns, so that the sequencer, which does,
// may get behind it.
func (m *market) settle(b *testing.B) {
	b.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if n, _, err := m.app.Log.Waiting(b.Context(), 1); err == nil && n == 0 {
			return
		}
	}
}

func (m *market) lags(b *testing.B, seen map[int64]time.Time) (half, most float64) {
	b.Helper()
	var sizes []int64
	for size := range seen {
		sizes = append(sizes, size)
	}
	slices.Sort(sizes)
	var at []struct {
		ProposalID string
		Idx        int64
	}
	check(b, m.DB.Model(&models.Approval{}).Select("approvals.proposal_id, l.idx").Joins("JOIN ledger_leaves l ON l.entry_id = approvals.id").Scan(&at).Error)
	var lags []float64
	for _, x := range at {
		told, ours := m.told[x.ProposalID]
		i, _ := slices.BinarySearch(sizes, x.Idx+1)
		if !ours || i == len(sizes) {
			continue
		}
		lags = append(lags, max(0, float64(seen[sizes[i]].Sub(told).Microseconds())/1000))
	}
	if len(lags) == 0 {
		b.Fatal("no approval is under a checkpoint")
	}
	slices.Sort(lags)
	return lags[len(lags)/2], lags[len(lags)*99/100]
}
