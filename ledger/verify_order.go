package ledger

import (
	"context"
	"fmt"
	"sync"

	"gorm.io/gorm"

	"evenhand/models"
)

// inOrder runs checks on several views of one moment, each on the next view that is free. It returns what the first of
// them in their order has found, or couldn't read, as if they had run one after another, and how many that would have
// been.
func inOrder(ctx context.Context, views []*gorm.DB, checks []Check) (string, int, error) {
	r := runAll(ctx, views, checks)
	if r.first == len(checks) {
		return "", len(checks), ctx.Err()
	}
	return r.says()
}

func runAll(ctx context.Context, views []*gorm.DB, checks []Check) *runner {
	r := &runner{checks: checks, stops: make([]context.CancelFunc, len(checks)), first: len(checks)}
	var running sync.WaitGroup
	for _, view := range views[1:] {
		running.Go(func() { r.work(ctx, view) })
	}
	r.work(ctx, views[0])
	running.Wait()
	return r
}

// says is what the first check that had something to say said.
func (r *runner) says() (string, int, error) {
	c := r.checks[r.first]
	switch {
	case r.err != nil && c.Name != "":
		return "", r.first, fmt.Errorf("checking %s: %w", c.Name, models.Translate(r.err))
	case c.Name != "":
		return c.Name + ": " + r.finding, r.first + 1, nil
	}
	return r.finding, r.first + 1, r.err
}

// runner hands out checks in their order, until one has something to say.
type runner struct {
	sync.Mutex
	checks  []Check
	next    int                  // to be handed out
	stops   []context.CancelFunc // of those that run
	first   int                  // in order, of those that had something to say
	finding string
	err     error
}

func (r *runner) work(ctx context.Context, view *gorm.DB) {
	for {
		i, ctx := r.take(ctx)
		if ctx == nil {
			return
		}
		finding, err := r.checks[i].Run(ctx, view.WithContext(ctx))
		r.done(i, finding, err)
	}
}

// take hands out the next check, with a context that ends when an earlier one has something to say.
func (r *runner) take(ctx context.Context) (int, context.Context) {
	r.Lock()
	defer r.Unlock()
	i := r.next
	if i >= r.first || ctx.Err() != nil {
		return i, nil
	}
	r.next++
	ctx, r.stops[i] = context.WithCancel(ctx)
	return i, ctx
}

// done takes a check's answer in. Whatever is behind one that has something to say needn't go on.
func (r *runner) done(i int, finding string, err error) {
	r.Lock()
	defer r.Unlock()
	r.stops[i]()
	if i >= r.first || (finding == "" && err == nil) {
		return
	}
	r.first, r.finding, r.err = i, finding, err
	for _, stop := range r.stops[i+1 : r.next] {
		stop()
	}
}
