package models

import (
	"context"
	"sync"

	"github.com/glebarez/sqlite"
)

// turn is one writer's at an SQLite database: this process's writers come in the order in which they asked, where
// SQLite itself would have them sleep and try again, and some of them for long. nil is nobody's.
type turn chan struct{}

var turns sync.Map // of a data source name to turn: two pools on one file stand in one queue

// takeTurn waits for the writers before. It comes before the connection, so that who waits doesn't hold one.
func takeTurn(ctx context.Context, d *sqlite.Dialector) (turn, error) {
	kept, _ := turns.LoadOrStore(d.DSN, make(turn, 1))
	t := kept.(turn)
	select {
	case t <- struct{}{}:
		return t, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (t turn) end() {
	if t != nil {
		<-t
	}
}
