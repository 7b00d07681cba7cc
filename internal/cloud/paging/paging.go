// Package paging makes pages of lists. A token holds the place of the last item
// that was shown, so that a list goes on rightly whatever came or went meanwhile.
package paging

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"iter"
	"strings"
)

// Token is the token of a place: with a checksum, so that what is none is told
// from one instead of leading anywhere.
func Token(place string) string {
	b := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(place)))
	return base64.RawURLEncoding.EncodeToString(append(b, place...))
}

// Place is the place that a token holds.
func Place(token string) (place string, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) <= crc32.Size {
		return "", false
	}
	place = string(b[crc32.Size:])
	return place, Token(place) == token
}

// Page is one page of one of several lists.
type Page struct {
	List  string // which list: a token of another is invalid
	Limit int
	After string // the key after which it begins
}

// Resume lets the page begin where the one before ended, and reports whether
// the token is one of the list.
func (p *Page) Resume(token string) bool {
	place, ok := Place(token)
	list, after, cut := strings.Cut(place, "\x00")
	if !ok || !cut || list != p.List || after == "" {
		return false
	}
	p.After = after
	return true
}

// Take gives the entries of a page of rows that come after the page's start.
// Rows for which entry reports false are passed over. The token is nil on the
// last page.
func Take[R, E any](p Page, rows iter.Seq2[string, R], entry func(R) (E, bool)) (entries []E, token *string) {
	entries = []E{} // an empty list is a list
	last := ""
	for key, row := range rows {
		e, ok := entry(row)
		if !ok {
			continue
		}
		if len(entries) == p.Limit {
			return entries, new(Token(p.List + "\x00" + last))
		}
		entries, last = append(entries, e), key
	}
	return entries, nil
}
