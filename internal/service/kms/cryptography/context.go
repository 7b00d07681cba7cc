package cryptography

import (
	"encoding/binary"
	"maps"
	"slices"
)

// appendContext appends the one serialization of an encryption context: pairs
// sorted by key, each key and value behind its length in four bytes. The lengths
// keep {"a": "bc"} and {"ab": "c"} apart, the order makes equal contexts equal
// bytes. An empty context is no bytes, as AWS makes no difference between an
// empty one and none.
func appendContext(b []byte, context map[string]string) []byte {
	switch len(context) {
	case 0:
		return b
	case 1:
		for key, value := range context {
			return appendPair(b, key, value)
		}
	}
	var few [8]string // most contexts fit, and cost no allocation
	keys := slices.AppendSeq(few[:0], maps.Keys(context))
	slices.Sort(keys)
	for _, key := range keys {
		b = appendPair(b, key, context[key])
	}
	return b
}

func appendPair(b []byte, key, value string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(key)))
	b = append(b, key...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(value)))
	return append(b, value...)
}
