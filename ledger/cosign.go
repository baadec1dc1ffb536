package ledger

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"evenhand/models"
	"evenhand/witness"
)

// Cosigner asks the configured witnesses to cosign checkpoints, each at its own pace: a witness that hangs holds up
// nobody but the effects that wait for it. Any number of instances may run one.
type Cosigner struct {
	log     *Log
	clients []*witness.Client
}

// NewCosigner asks these witnesses about l's checkpoints.
func NewCosigner(l *Log, endpoints []witness.Endpoint) *Cosigner {
	c := &Cosigner{log: l}
	for _, e := range endpoints {
		c.clients = append(c.clients, witness.NewClient(e))
	}
	return c
}

// askEvery is the least time between two questions to one witness, afterFailure after one that failed.
const (
	askEvery     = 250 * time.Millisecond
	afterFailure = 5 * time.Second
)

// Run asks until ctx ends. What a witness refuses is logged when it begins and when it is over.
func (c *Cosigner) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, client := range c.clients {
		all.Go(func() { c.follow(ctx, client) })
	}
	all.Wait()
}

func (c *Cosigner) follow(ctx context.Context, client *witness.Client) {
	failing, name := "", nameOf(client.Endpoint().Key)
	for ctx.Err() == nil {
		pause := askEvery
		err := c.Ask(ctx, client)
		switch {
		case ctx.Err() != nil:
		case err != nil:
			pause = afterFailure
			if err.Error() != failing {
				failing = err.Error()
				slog.Error("witness", "witness", name, "error", failing)
			}
		case failing != "":
			failing = ""
			slog.Info("witness: cosigns again", "witness", name)
		}
		wait(ctx, pause)
	}
}

// AskAll asks each witness once.
func (c *Cosigner) AskAll(ctx context.Context) error {
	var all []error
	for _, client := range c.clients {
		all = append(all, c.Ask(ctx, client))
	}
	return errors.Join(all...)
}

// Ask asks one witness about the newest checkpoint, unless it has cosigned that already.
func (c *Cosigner) Ask(ctx context.Context, client *witness.Client) error {
	name, db := nameOf(client.Endpoint().Key), c.log.db.WithContext(ctx)
	last, err := lastCheckpoint(db)
	if err != nil || last.Size == 0 {
		return models.Translate(err)
	}
	var seen int64
	err = db.Raw("SELECT COALESCE(max(size), 0) FROM ledger_cosignatures WHERE witness = ?", name).Scan(&seen).Error
	if err != nil || seen == last.Size {
		return models.Translate(err)
	}
	got, err := c.add(ctx, client, last, seen)
	var conflict *witness.Conflict
	if errors.As(err, &conflict) { // it has seen more, or less, than what is kept here
		if conflict.Size > last.Size {
			if last, err = lastCheckpoint(db); err != nil {
				return models.Translate(err)
			}
		}
		if conflict.Size > last.Size {
			return fmt.Errorf("the witness has seen %d entries, and this log has %d: entries were lost, or the witness lies; look at what it keeps", conflict.Size, last.Size)
		}
		got, err = c.add(ctx, client, last, conflict.Size)
	}
	if err != nil {
		return err
	}
	return c.keep(ctx, models.LedgerCosignature{Size: last.Size, Witness: name, At: models.At(got.At), Line: got.Line})
}

func (c *Cosigner) add(ctx context.Context, client *witness.Client, last models.LedgerCheckpoint, seen int64) (witness.Cosignature, error) {
	var proof []tlog.Hash
	if seen > 0 && seen < last.Size {
		err := c.log.edges.anew(func() (err error) {
			proof, err = tlog.ProveTree(last.Size, seen, hashReader(c.log.db.WithContext(ctx), last, c.log.edges))
			return err
		})
		if err != nil {
			return witness.Cosignature{}, models.Translate(err)
		}
	}
	return client.AddCheckpoint(ctx, seen, proof, []byte(last.Note))
}

// keep stores a cosignature, unless another instance has done so.
func (c *Cosigner) keep(ctx context.Context, row models.LedgerCosignature) error {
	return models.InTx(ctx, c.log.db, func(tx *gorm.DB) error {
		var n int64
		err := tx.Model(&row).Where("size = ? AND witness = ?", row.Size, row.Witness).Count(&n).Error
		if err != nil || n > 0 {
			return err
		}
		if err = tx.Create(&row).Error; models.IsKind(models.Translate(err), models.Conflict) {
			return nil
		}
		return err
	})
}

// nameOf tells witnesses apart, also two keys of one name.
func nameOf(v witness.Verifier) string { return fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash()) }

// standsBy says whether the newest cosignature that is kept of a witness is truly its own. A row alone proves nothing:
// whoever can write rows could have made it.
func (l *Log) standsBy(ctx context.Context, v witness.Verifier, row models.LedgerCosignature) bool {
	var note []string
	err := l.db.WithContext(ctx).Model(&models.LedgerCheckpoint{}).Where("size = ?", row.Size).Pluck("note", &note).Error
	if err != nil || len(note) == 0 {
		return false
	}
	if signed, err := l.public.Open(note[0]); err != nil || signed.Size != row.Size {
		return false
	}
	got, err := witness.Cosigned([]byte(note[0]+row.Line), []witness.Verifier{v})
	return err == nil && len(got) > 0
}
