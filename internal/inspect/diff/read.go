package diff

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
)

// readAll reads the documents of entities on all processors.
func (l *library) readAll(ctx context.Context, sources []source, progress func(string, int, int)) ([]*entity, error) {
	entities := make([]*entity, len(sources))
	err := parallel(ctx, len(sources), func(i int) { entities[i] = sources[i].read(l) }, func(done int) {
		progress("expanding", done, len(sources))
	})
	return entities, err
}

// parallel does n pieces of work on all processors, and tells how many are
// done, one at a time.
func parallel(ctx context.Context, n int, work func(i int), progress func(done int)) error {
	var next atomic.Int64
	var group sync.WaitGroup
	var mu sync.Mutex
	done := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
				mu.Lock()
				done++
				progress(done)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return ctx.Err()
}
