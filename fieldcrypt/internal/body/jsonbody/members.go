package jsonbody

import (
	"bytes"
	"hash/maphash"

	"github.com/fortlet/fortlet/fieldcrypt/internal/body"
)

// members are the names in the objects that are open, the outermost object's
// first. They find duplicates and tell the path of an error.
type members struct {
	seed  maphash.Seed // unknown outside, so that nobody can make names collide
	names []byte       // one after the other
	list  []member
	index map[memberKey]int32 // of objects with many names, into list
}

type member struct {
	end    int32 // where its name ends in names
	symbol int32 // of names that selectors have
	hash   uint64
}

// A memberKey finds a member by its symbol, or else by its hash.
type memberKey struct {
	depth, symbol int32
	hash          uint64
}

const (
	// fewMembers are found faster by looking at each.
	fewMembers = 24
	// maxNameBytes bounds the names of open objects together.
	maxNameBytes = 1 << 20
	// keepMembers is how much room is kept for reuse.
	keepMembers = 64 << 10
)

func newMembers() members {
	return members{seed: maphash.MakeSeed(), index: map[memberKey]int32{}}
}

func (m *members) count() int { return len(m.list) }

func (m *members) reset() {
	if cap(m.names) > keepMembers {
		m.names, m.list, m.index = nil, nil, map[memberKey]int32{}
	}
	m.names, m.list = m.names[:0], m.list[:0]
	clear(m.index)
}

// name gives the name of the i-th member.
func (m *members) name(i int) []byte {
	start := int32(0)
	if i > 0 {
		start = m.list[i-1].end
	}
	return m.names[start:m.list[i].end]
}

// add adds a name to the object at depth, the names of which begin at first.
func (m *members) add(name []byte, symbol int32, first, depth, limit int) error {
	if len(m.list) >= limit || len(m.names)+len(name) > maxNameBytes {
		return body.ErrTooMany
	}
	m.names = append(m.names, name...)
	m.list = append(m.list, member{int32(len(m.names)), symbol, maphash.Bytes(m.seed, name)})
	if m.duplicate(first, depth) {
		return body.ErrDuplicate
	}
	return nil
}

// duplicate tells whether the last member has been in its object before.
func (m *members) duplicate(first, depth int) bool {
	last := len(m.list) - 1
	switch n := last - first; {
	case n < fewMembers:
		return m.among(first, last)
	case n == fewMembers:
		for i := first; i < last; i++ {
			m.index[m.key(i, depth)] = int32(i)
		}
	}
	key := m.key(last, depth)
	i, ok := m.index[key]
	if !ok {
		m.index[key] = int32(last)
		return false
	}
	// Two names with one hash are next to impossible, but not a duplicate.
	return m.same(int(i), last) || m.among(first, last)
}

func (m *members) among(first, last int) bool {
	for i := first; i < last; i++ {
		if m.same(i, last) {
			return true
		}
	}
	return false
}

// same tells whether two names may not stand in one object.
func (m *members) same(i, j int) bool {
	a, b := &m.list[i], &m.list[j]
	if a.symbol != body.Other || b.symbol != body.Other {
		return a.symbol == b.symbol
	}
	return a.hash == b.hash && bytes.Equal(m.name(i), m.name(j))
}

func (m *members) key(i, depth int) memberKey {
	if s := m.list[i].symbol; s != body.Other {
		return memberKey{int32(depth), s, 0}
	}
	return memberKey{int32(depth), 0, m.list[i].hash}
}

// forget drops the names from first on, which are those of the object at depth.
func (m *members) forget(first, depth int) {
	if first == len(m.list) {
		return
	}
	if len(m.list)-first > fewMembers {
		for i := first; i < len(m.list); i++ {
			delete(m.index, m.key(i, depth))
		}
	}
	end := int32(0)
	if first > 0 {
		end = m.list[first-1].end
	}
	m.names, m.list = m.names[:end], m.list[:first]
}
