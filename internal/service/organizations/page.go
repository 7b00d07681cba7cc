package organizations

import (
	"slices"
	"strings"

	"github.com/fortlet/fortlet/internal/cloud/paging"
)

// pageSize is how many items a page has, of a request that does not say; the
// model lets none have more.
const pageSize = 20

// pageRequest is what every list takes.
type pageRequest struct {
	Token *string
	Max   *int32
}

// paged gives a page of items, and the token of the next one. A token holds the
// place of the last item that was shown, so that a list goes on rightly whatever
// came or went meanwhile.
func paged[T any](items []T, place func(*T) string, p pageRequest) ([]T, *string, error) {
	after, err := p.after()
	if err != nil {
		return nil, nil, err
	}
	size := pageSize
	if p.Max != nil {
		size = int(*p.Max)
	}
	slices.SortFunc(items, func(a, b T) int { return strings.Compare(place(&a), place(&b)) })
	items = slices.DeleteFunc(items, func(item T) bool { return place(&item) <= after })
	if len(items) <= size {
		return append([]T{}, items...), nil, nil
	}
	return items[:size], new(paging.Token(place(&items[size-1]))), nil
}

func (p pageRequest) after() (string, error) {
	if p.Token == nil {
		return "", nil
	}
	if place, ok := paging.Place(*p.Token); ok {
		return place, nil
	}
	return "", errInput("INVALID_NEXT_TOKEN", "You provided a pagination token that is not valid.")
}
