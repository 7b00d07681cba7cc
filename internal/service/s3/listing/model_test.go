package listing_test

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/fortlet/fortlet/internal/service/s3/listing"
)

// keys are keys to list, some of them several times, with their places as
// values.
type keys []string

// source searches as a store would.
func (k keys) source(after string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		first := sort.Search(len(k), func(i int) bool { return k[i] > after })
		for i, key := range k[first:] {
			if !yield(key, first+i) {
				return
			}
		}
	}
}

// model is what the documentation of ListObjects says, read literally: all keys
// are looked at, grouped, sorted and then cut.
func (k keys) model(q listing.Query) listing.Page[int] {
	var all []listing.Entry[int]
	seen := map[string]bool{}
	for i, key := range k {
		if !strings.HasPrefix(key, q.Prefix) {
			continue
		}
		rest := key[len(q.Prefix):]
		if before, _, ok := strings.Cut(rest, q.Delimiter); ok && q.Delimiter != "" {
			common := q.Prefix + before + q.Delimiter
			if !seen[common] && common > q.After && !strings.HasPrefix(q.After, common) {
				all = append(all, listing.Entry[int]{Key: common, Common: true})
			}
			seen[common] = true
		} else if key > q.After {
			all = append(all, listing.Entry[int]{Key: key, Value: i})
		}
	}
	slices.SortStableFunc(all, func(a, b listing.Entry[int]) int { return strings.Compare(a.Key, b.Key) })
	if q.Max <= 0 {
		return listing.Page[int]{}
	}
	n := min(q.Max, len(all))
	return listing.Page[int]{Entries: all[:n], Truncated: len(all) > n}
}

// TestModel compares with the model over random keys, with prefixes, delimiters
// and markers out of the same letters.
func TestModel(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 20000 {
		alphabet := alphabets[r.IntN(len(alphabets))]
		k := make(keys, r.IntN(40))
		for i := range k {
			k[i] = word(r, alphabet, 1, 8)
		}
		slices.Sort(k)
		if r.IntN(2) == 0 {
			k = slices.Compact(k)
		}
		q := listing.Query{Max: r.IntN(12)}
		if r.IntN(2) == 0 {
			q.Prefix = word(r, alphabet, 1, 3)
		}
		if r.IntN(3) > 0 {
			q.Delimiter = word(r, alphabet, 1, 2)
		}
		switch r.IntN(4) {
		case 0:
			q.After = word(r, alphabet, 1, 8)
		case 1:
			if len(k) > 0 {
				q.After = k[r.IntN(len(k))]
			}
		}
		got, want := listing.List(q, k.source), k.model(q)
		if fmt.Sprintf("%#v", got) != fmt.Sprintf("%#v", want) {
			t.Fatalf("round %d: %#v over %q\n got %#v\nwant %#v", round, q, k, got, want)
		}
	}
}

// TestPagination: whatever the size of the pages, they give the same list.
func TestPagination(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 3000 {
		alphabet := alphabets[r.IntN(len(alphabets))]
		k := make(keys, r.IntN(60))
		for i := range k {
			k[i] = word(r, alphabet, 1, 10)
		}
		slices.Sort(k)
		k = slices.Compact(k)
		q := listing.Query{Max: 1000}
		if r.IntN(2) == 0 {
			q.Prefix = word(r, alphabet, 1, 2)
		}
		if r.IntN(3) > 0 {
			q.Delimiter = word(r, alphabet, 1, 3)
		}
		want := fmt.Sprintf("%#v", k.model(q).Entries)
		for _, size := range []int{1, 2, 3, 7, 1000} {
			var all []listing.Entry[int]
			for page := q; ; {
				page.Max = size
				p := listing.List(page, k.source)
				all = append(all, p.Entries...)
				if !p.Truncated {
					break
				}
				if len(p.Entries) != size {
					t.Fatalf("%d entries on a page of %d that is not the last", len(p.Entries), size)
				}
				page.After = p.Last()
			}
			if got := fmt.Sprintf("%#v", all); got != want {
				t.Fatalf("%#v by %d over %q\n got %s\nwant %s", q, size, k, got, want)
			}
		}
	}
}

var alphabets = []string{
	"ab/",
	"a/\x00\x01\x7f ",
	"aé日😀/\u0301",
	"a",
	"a\xff\xfe/", // no UTF-8
}

// word makes a word out of an alphabet's characters, or one that begins with
// a long repetition.
func word(r *rand.Rand, alphabet string, least, most int) string {
	letters := []rune(alphabet)
	if !strings.ContainsRune(alphabet, 'é') { // by bytes, where not all is UTF-8
		letters = nil
	}
	var b strings.Builder
	if r.IntN(10) == 0 {
		b.WriteString(strings.Repeat("a", 300))
	}
	for range least + r.IntN(most-least+1) {
		if letters != nil {
			b.WriteRune(letters[r.IntN(len(letters))])
		} else {
			b.WriteByte(alphabet[r.IntN(len(alphabet))])
		}
	}
	return b.String()
}
