package store

import (
	"reflect"

	"github.com/fxamacker/cbor/v2"
)

// Rows are CBOR maps by field name. A row of an older program reads with the
// fields it lacks at their zero value, one of a newer program with the fields
// that are unknown left out. Fields are named by their cbor or json tag.
var (
	encoding = must(cbor.EncOptions{
		Time:    cbor.TimeRFC3339NanoUTC,
		TimeTag: cbor.EncTagNone,
	}.EncMode())

	decoding = must(cbor.DecOptions{
		// Rows are our own writing, so the limits against hostile input do not
		// apply: what was encoded must decode, strings of any bytes included.
		UTF8:             cbor.UTF8DecodeInvalid,
		MaxArrayElements: 1<<31 - 1,
		MaxMapPairs:      1<<31 - 1,
		MaxNestedLevels:  1 << 10,
		DefaultMapType:   reflect.TypeFor[map[string]any](),
	}.DecMode())
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
