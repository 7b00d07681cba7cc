package kms

import (
	"strconv"
	"time"
)

func itoa[T int | int32](n T) string { return strconv.FormatInt(int64(n), 10) }

// seconds is a time as AWS keeps it.
func seconds(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// deref is what an optional member holds, or its zero value.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
