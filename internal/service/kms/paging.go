package kms

import (
	"encoding/base64"
	"iter"
	"strings"

	kmsapi "github.com/fortlet/fortlet/internal/api/kms"
)

// page is one page of a list. A marker holds the last key that the page before
// has shown, so that changes to the list in between neither repeat nor skip
// what did not change.
type page struct {
	list  string // which list: a marker of another is invalid
	limit int
	after string
}

// newPage reads the paging members of a request. The model allows limits of up
// to 1000 everywhere; what an operation documents can be less.
func newPage(list string, limit *int32, marker *string, byDefault, most int32) (page, error) {
	p := page{list: list, limit: int(byDefault)}
	if limit != nil {
		if *limit > most {
			return p, errValidation("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: Member must have value less than or equal to %d", *limit, most)
		}
		p.limit = int(*limit)
	}
	if marker == nil {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*marker)
	name, after, ok := strings.Cut(string(raw), "\x00")
	if err != nil || !ok || name != list || after == "" {
		return p, kmsapi.ErrInvalidMarkerException("")
	}
	p.after = after
	return p, nil
}

// take gives the entries of one page of rows that come after the page's start.
// The marker is nil on the last page.
func take[R, E any](p page, rows iter.Seq2[string, R], entry func(R) (E, bool)) (entries []E, marker *string) {
	entries = []E{} // an empty list is a list
	last := ""
	for key, row := range rows {
		e, ok := entry(row)
		if !ok {
			continue
		}
		if len(entries) == p.limit {
			return entries, new(base64.RawURLEncoding.EncodeToString([]byte(p.list + "\x00" + last)))
		}
		entries, last = append(entries, e), key
	}
	return entries, nil
}
