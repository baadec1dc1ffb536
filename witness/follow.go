package witness

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Follow watches the log at url, whose checkpoint is at url/ledger/checkpoint, until ctx ends, which is no error. It
// cosigns each checkpoint that extends the last one, by a proof that it builds itself from the log's tiles. The first
// misbehaviour ends it with a *Misbehaviour. A log that can't be reached, or doesn't show what it should, is reported
// and asked again: that alone says nothing about its history.
func (w *Witness) Follow(ctx context.Context, url string, every time.Duration) error {
	url, err := parseURL(url)
	if err != nil {
		return fmt.Errorf("follow: %w", err)
	}
	if len(w.logs) != 1 {
		return errors.New("follow: there must be exactly one log to witness, so that it is clear which one is there")
	}
	if every <= 0 {
		return errors.New("follow: the interval must be longer than 0")
	}
	client := newHTTP()
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		err := w.look(&tiles{ctx, client, url + "/ledger"})
		var caught *Misbehaviour
		switch {
		case errors.As(err, &caught):
			return caught
		case ctx.Err() != nil:
			return nil
		case err != nil:
			w.log.Warn("follow", "url", url, "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look is one round: fetch the checkpoint, prove that it extends the last one, cosign it.
func (w *Witness) look(t *tiles) error {
	r := w.records[w.logs[0].Origin]
	last := r.get() // before fetching: one added meanwhile would make what was fetched look shrunken
	msg, err := t.fetch("checkpoint", maxCheckpoint)
	if err != nil {
		return err
	}
	_, next, err := w.open(msg)
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	if last != nil {
		if next.checkpoint == last.checkpoint {
			return nil
		}
		if next.Size < last.Size {
			return w.caught(sortShrunk, last, msg, fmt.Sprintf("SHRUNKEN: the log showed %d entries and now shows %d", last.Size, next.Size))
		}
	}
	proof, err := w.prove(t, last, next, msg)
	if err != nil {
		return err
	}
	if _, err := w.advance(request{last.size(), proof, msg}); err != nil {
		return err
	}
	w.log.Info("cosigned", "origin", next.Origin, "size", next.Size)
	return nil
}

// prove builds the consistency proof from the log's tiles. They are held against the new root first, so a proof that
// then doesn't lead to the last root isn't a mistake on the way: the log's new tree holds another history.
func (w *Witness) prove(t *tiles, last *seen, next signed, msg []byte) (tlog.TreeProof, error) {
	if last.size() == 0 || next.Size == last.Size {
		return nil, nil
	}
	proof, err := tlog.ProveTree(next.Size, last.Size, tlog.TileHashReader(tlog.Tree{N: next.Size, Hash: next.Root}, t))
	if err != nil {
		return nil, fmt.Errorf("tiles: %w", err)
	}
	if err := tlog.CheckTree(proof, next.Size, next.Root, last.Size, last.Root); err != nil {
		return nil, w.caught(sortFork, last, msg, fmt.Sprintf(
			"FORK: the log's tree of size %d doesn't hold the tree of size %d that it signed before", next.Size, last.Size))
	}
	return proof, nil
}
