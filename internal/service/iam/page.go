package iam

import (
	"github.com/fortlet/fortlet/internal/api"
	"github.com/fortlet/fortlet/internal/cloud/paging"
)

// page is one page of a list. A marker holds the place of the last item that
// was shown, so that a list goes on rightly whatever came or went meanwhile.
type page struct {
	after string // the place after which it begins
	max   int
	n     int
	last  string
	more  bool
}

const (
	pageSize = 100 // of a request that does not say
	// placeSize keeps markers within the 320 characters that the model
	// allows. Only tag keys can be longer.
	placeSize = 230
)

func newPage(marker *string, maxItems *int32) (*page, error) {
	p := &page{max: pageSize}
	if maxItems != nil {
		p.max = int(*maxItems)
	}
	if marker != nil {
		after, ok := paging.Place(*marker)
		if !ok {
			return nil, errMarker()
		}
		p.after = after
	}
	return p, nil
}

func errMarker() *api.Error { return errValidation("Invalid Marker.") }

// shows reports whether an item is past what earlier pages have shown.
func (p *page) shows(key string) bool { return place(key) > p.after }

// add takes the next item, unless the page is full. Items of one place are
// shown together, even when that makes the page a little longer.
func (p *page) add(key string) bool {
	if at := place(key); p.n < p.max || at == p.last {
		p.n++
		p.last = at
		return true
	}
	p.more = true
	return false
}

// place is where an item stands in a list: its key, cut short when it is long.
func place(key string) string {
	if len(key) <= placeSize {
		return key
	}
	return key[:placeSize] + "\xff"
}

// end gives IsTruncated and Marker.
func (p *page) end() (*bool, *string) {
	if !p.more {
		return new(false), nil
	}
	return new(true), new(paging.Token(p.last))
}

// pageOf gives a page of items that are sorted by what key gives for them.
func pageOf[T any](items []T, key func(T) string, marker *string, maxItems *int32) ([]T, *page, error) {
	p, err := newPage(marker, maxItems)
	if err != nil {
		return nil, nil, err
	}
	shown := []T{}
	for _, item := range items {
		if !p.shows(key(item)) {
			continue
		}
		if !p.add(key(item)) {
			break
		}
		shown = append(shown, item)
	}
	return shown, p, nil
}
