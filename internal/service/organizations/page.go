package organizations

import (
	"encoding/base64"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strings"
)

// pageSize is how many items a page has, of a request that does not say; the
// model lets none have more.
const pageSize = 20

// paging is what every list takes.
type paging struct {
	Token *string
	Max   *int32
}

// paged gives a page of items, and the token of the next one. A token holds the
// place of the last item that was shown, so that a list goes on rightly whatever
// came or went meanwhile.
func paged[T any](items []T, place func(*T) string, p paging) ([]T, *string, error) {
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
	return items[:size], new(tokenOf(place(&items[size-1]))), nil
}

func (p paging) after() (string, error) {
	if p.Token == nil {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(*p.Token)
	if err == nil && len(b) > crc32.Size {
		if place := string(b[crc32.Size:]); tokenOf(place) == *p.Token {
			return place, nil
		}
	}
	return "", errInput("INVALID_NEXT_TOKEN", "You provided a pagination token that is not valid.")
}

// tokenOf is a token for a place: with a checksum, so that what is none is told
// from one instead of leading anywhere.
func tokenOf(place string) string {
	b := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE([]byte(place)))
	return base64.RawURLEncoding.EncodeToString(append(b, place...))
}
