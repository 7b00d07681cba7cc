package audit

import (
	"bytes"
	"iter"
	"sync"
	"time"
)

// memory keeps the newest lines in memory.
type memory struct {
	mu    sync.RWMutex
	lines [][]byte // a ring: record n is at n % len
	first uint64   // number of the oldest record that is kept, of this epoch
	last  uint64   // number of the newest record
	bytes int      // of the lines that are kept
}

// maxMemory bounds the lines in memory besides their number: some callers make
// long ones.
const maxMemory = 32 << 20

var _ journal = (*memory)(nil)

func newMemory(size int) *memory { return &memory{lines: make([][]byte, max(size, 1)), first: 1} }

func (m *memory) write(seq uint64, line []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := uint64(len(m.lines))
	for m.first < seq && (seq-m.first >= n || m.bytes+len(line) > maxMemory) {
		oldest := &m.lines[m.first%n]
		m.bytes -= len(*oldest)
		*oldest = nil
		m.first++
	}
	m.lines[seq%n] = bytes.Clone(line)
	m.bytes += len(line)
	m.last = seq
	return nil
}

func (m *memory) begin(_ func(header) []byte, _ bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	clear(m.lines)
	m.first, m.bytes = m.last+1, 0
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
	if seq < m.first {
		return nil
	}
	return m.lines[seq%uint64(len(m.lines))]
}
