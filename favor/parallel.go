package favor

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// each calls f for 0 to n−1 on all processors. Every call writes to a place of
// its own, so that the result doesn't depend on who came first.
func each(n int, f func(i int)) {
	ranges(n, max(1, min(64, n/8)), func(first, last int) {
		for i := first; i < last; i++ {
			f(i)
		}
	})
}

// ranges is each for batches of consecutive numbers; a single batch is done at
// once.
func ranges(n, batch int, f func(first, last int)) {
	if n <= batch {
		f(0, n)
		return
	}
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+batch-1)/batch) {
		wg.Go(func() {
			for {
				last := int(next.Add(int64(batch)))
				if last-batch >= n {
					return
				}
				f(last-batch, min(n, last))
			}
		})
	}
	wg.Wait()
}
