package catalogue

import (
	"compress/gzip"
	"encoding/binary"
	"io"
	"slices"
	"strings"
)

// Encode writes the catalogue as [Decode] reads it. The same catalogue gives the
// same bytes. Services and actions must be in order of their names.
func (c *Catalogue) Encode(w io.Writer) error {
	e := &encoder{texts: make(map[string]int), lists: make(map[string]int)}
	e.catalogue(c)

	var head encoder
	head.out = append(head.out, magic...)
	head.number(formatVersion)
	head.text(c.Source)
	head.number(len(e.textTable))
	for _, s := range e.textTable {
		head.text(s)
	}
	head.number(len(e.listTable))
	head.out = slices.Concat(append([][]byte{head.out}, e.listTable...)...)

	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := z.Write(head.out); err != nil {
		return err
	}
	if _, err := z.Write(e.out); err != nil {
		return err
	}
	return z.Close()
}

// encoder collects the services, and the tables that they refer to.
type encoder struct {
	out       []byte
	texts     map[string]int
	textTable []string
	lists     map[string]int
	listTable [][]byte
}

func (e *encoder) number(n int) { e.out = binary.AppendUvarint(e.out, uint64(n)) }

func (e *encoder) text(s string) {
	e.number(len(s))
	e.out = append(e.out, s...)
}

func (e *encoder) index(s string) int {
	i, found := e.texts[s]
	if !found {
		i = len(e.textTable)
		e.texts[s] = i
		e.textTable = append(e.textTable, s)
	}
	return i
}

func (e *encoder) list(list []string) {
	key := strings.Join(list, "\x00")
	i, found := e.lists[key]
	if !found {
		i = len(e.listTable)
		e.lists[key] = i
		b := binary.AppendUvarint(nil, uint64(len(list)))
		for _, s := range list {
			b = binary.AppendUvarint(b, uint64(e.index(s)))
		}
		e.listTable = append(e.listTable, b)
	}
	e.number(i)
}

func (e *encoder) catalogue(c *Catalogue) {
	e.conditionKeys(c.Global)
	e.number(len(c.Services))
	for _, s := range c.Services {
		e.service(s)
	}
}

func (e *encoder) conditionKeys(keys []ConditionKey) {
	e.number(len(keys))
	for _, k := range keys {
		e.number(e.index(k.Name))
		e.number(e.index(k.Type))
	}
}

func (e *encoder) service(s *Service) {
	e.text(s.Prefix)
	e.text(s.Name)
	if s.RCP {
		e.number(1)
	} else {
		e.number(0)
	}
	e.conditionKeys(s.ConditionKeys)
	place := make(map[*ResourceType]int)
	e.number(len(s.ResourceTypes))
	for i := range s.ResourceTypes {
		t := &s.ResourceTypes[i]
		place[t] = i
		e.text(t.Name)
		e.list(t.ARNs)
		e.list(t.ConditionKeys)
	}
	e.number(len(s.Actions))
	total := 0
	for i := range s.Actions {
		total += len(s.Actions[i].Resources)
	}
	e.number(total)
	for i := range s.Actions {
		e.action(&s.Actions[i], place)
	}
}

func (e *encoder) action(a *Action, place map[*ResourceType]int) {
	e.text(a.Name)
	e.number(int(a.Level))
	e.list(a.ConditionKeys)
	e.list(a.Dependent)
	e.number(len(a.Resources))
	for _, r := range a.Resources {
		n := place[r.Type] << 1
		if r.Required {
			n |= 1
		}
		e.number(n)
		e.list(r.ConditionKeys)
		e.list(r.Dependent)
	}
}
