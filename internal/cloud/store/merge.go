package store

import "strings"

// merge walks the snapshot and the pending layers of a transaction as one.
type merge struct {
	layers []*layer // newest first
	prefix string
	pos    string // what comes next is after pos,
	open   bool   // or at pos when open

	cursor cursor
	key    string // the cursor's key, not yet given
	value  []byte
	more   bool
}

func newMerge(tx *Tx, prefix, after string) *merge {
	m := &merge{prefix: prefix, pos: after, cursor: tx.state.snap.cursor()}
	if tx.changes != nil {
		m.layers = tx.layers[:]
	}
	if after < prefix {
		m.pos, m.open = prefix, true
	}
	m.key, m.value, m.more = m.cursor.seek(m.pos)
	m.skip()
	return m
}

// next gives the next key that is not deleted.
func (m *merge) next() (string, found, bool) {
	for {
		key, at, ok := m.lowest()
		if !ok || !strings.HasPrefix(key, m.prefix) {
			return "", found{}, false
		}
		m.pos, m.open = key, false
		m.skip()
		if at.pending == nil || at.pending.value != nil {
			return key, at, true
		}
	}
}

// lowest gives the next key, deleted or not. The newest layer that has it wins.
func (m *merge) lowest() (key string, at found, ok bool) {
	for _, l := range m.layers {
		if l == nil {
			continue
		}
		// Sought afresh each time, because the function may have written.
		if k, w := m.seek(l); w != nil && (!ok || k < key) {
			key, at, ok = k, found{pending: w}, true
		}
	}
	if m.more && (!ok || m.key < key) {
		return m.key, found{value: m.value}, true
	}
	return key, at, ok
}

func (m *merge) seek(l *layer) (key string, w *write) {
	l.Ascend(m.pos, func(k string, v *write) bool {
		if k == m.pos && !m.open {
			return true
		}
		key, w = k, v
		return false
	})
	return key, w
}

// skip moves the cursor past pos.
func (m *merge) skip() {
	if m.more && !m.open && m.key == m.pos {
		m.key, m.value, m.more = m.cursor.next()
	}
}
