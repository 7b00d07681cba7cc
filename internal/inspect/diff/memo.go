package diff

import "sync"

// memo remembers the results of a function. The zero value is ready; it is safe
// for concurrent use. Two goroutines that ask for the same at once may both
// compute it: they get the same.
type memo[K comparable, V any] struct{ results sync.Map }

func (m *memo[K, V]) get(key K, compute func(K) V) V {
	if v, ok := m.results.Load(key); ok {
		return v.(V)
	}
	v, _ := m.results.LoadOrStore(key, compute(key))
	return v.(V)
}
