package accessanalyzer

import (
	"encoding/base64"
	"iter"
	"strings"
)

const (
	defaultPage = 50
	maxPage     = 100
)

// page is one page of a list. A token holds the last key that the page before
// has shown, so that changes to the list in between neither repeat nor skip what
// did not change.
type page struct {
	list  string // which list: a token of another is invalid
	limit int
	after string
}

// newPage reads the paging members of a request.
func newPage(list string, limit *int32, token *string) (page, error) {
	p := page{list: list, limit: defaultPage}
	if limit != nil {
		if *limit < 1 || *limit > maxPage {
			return p, errField("maxResults", "The value %d of maxResults is not between 1 and %d.", *limit, maxPage)
		}
		p.limit = int(*limit)
	}
	if token == nil || *token == "" {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(*token)
	name, after, ok := strings.Cut(string(raw), "\x00")
	if err != nil || !ok || name != list || after == "" {
		return p, errField("nextToken", "The token is invalid.")
	}
	p.after = after
	return p, nil
}

// take gives the entries of one page of rows that come after the page's start.
// The token is nil on the last page.
func take[R, E any](p page, rows iter.Seq2[string, R], entry func(R) (E, bool)) (entries []E, token *string) {
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
