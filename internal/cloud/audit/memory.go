package audit

import (
	"iter"
	"sync"
	"time"
)

// memory keeps the newest lines in memory.
type memory struct {
	mu    sync.RWMutex
	lines [][]byte // a ring: record n is at n % len
	first uint64   // number of the first record of this epoch
	last  uint64   // number of the newest record
}

var _ journal = (*memory)(nil)

func newMemory(size int) *memory { return &memory{lines: make([][]byte, max(size, 1)), first: 1} }

func (m *memory) write(seq uint64, line []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	slot := &m.lines[seq%uint64(len(m.lines))]
	*slot = append((*slot)[:0:0], line...) // readers may hold the old one
	m.last = seq
	return nil
}

func (m *memory) begin(_ func(header) []byte, _ bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.lines)
	m.first = m.last + 1
	return nil
}

func (m *memory) full(int) bool { return false }
func (m *memory) sync() error   { return nil }
func (m *memory) durable() bool { return false }
func (m *memory) close() error  { return nil }
func (m *memory) view() view    { return m }

// newestFirst goes through the lines back from the newest one at its start,
// and ends early where lines have been overwritten meanwhile.
func (m *memory) newestFirst(time.Time) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		m.mu.RLock()
		seq := m.last
		m.mu.RUnlock()
		for ; seq > 0; seq-- {
			line := m.line(seq)
			if line == nil || !yield(line[:len(line)-1], nil) {
				return
			}
		}
	}
}

// line gives the line of a record, or nil if it is not kept anymore.
func (m *memory) line(seq uint64) []byte {
	m.mu.RLock()
	defer m.mu.RUnlock()
	if seq < m.first || m.last-seq >= uint64(len(m.lines)) {
		return nil
	}
	return m.lines[seq%uint64(len(m.lines))]
}
