package store

import (
	"iter"

	"github.com/tidwall/btree"
)

// memory is the engine that keeps nothing: a copy-on-write tree, of which a
// snapshot is a copy that shares all its nodes.
type memory struct{ rows *btree.Map[string, []byte] }

func newMemory() *memory { return &memory{new(btree.Map[string, []byte])} }

func (m *memory) snapshot() (snapshot, error) {
	return memorySnapshot{m.rows.Copy()}, nil
}

func (m *memory) apply(writes iter.Seq2[string, []byte]) error {
	for key, value := range writes {
		if value == nil {
			m.rows.Delete(key)
		} else {
			m.rows.Set(key, value)
		}
	}
	return nil
}

func (m *memory) replace(writes iter.Seq2[string, []byte]) error {
	m.rows = new(btree.Map[string, []byte])
	return m.apply(writes)
}

func (m *memory) close() error { return nil }

type memorySnapshot struct{ rows *btree.Map[string, []byte] }

func (s memorySnapshot) get(key string) ([]byte, error) {
	value, _ := s.rows.Get(key)
	return value, nil
}

func (s memorySnapshot) cursor() cursor { return &memoryCursor{s.rows.Iter()} }

func (s memorySnapshot) close() error { return nil }

type memoryCursor struct {
	at btree.MapIter[string, []byte]
}

func (c *memoryCursor) seek(key string) (string, []byte, bool) {
	if !c.at.Seek(key) {
		return "", nil, false
	}
	return c.at.Key(), c.at.Value(), true
}

func (c *memoryCursor) next() (string, []byte, bool) {
	if !c.at.Next() {
		return "", nil, false
	}
	return c.at.Key(), c.at.Value(), true
}
