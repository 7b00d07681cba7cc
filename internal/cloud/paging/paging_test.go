package paging_test

import (
	"fmt"
	"iter"
	"slices"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/paging"
)

// rows are the numbers from 0 to n that come after a key.
func rows(n int, after string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for i := range n {
			if key := fmt.Sprintf("%03d", i); key > after && !yield(key, i) {
				return
			}
		}
	}
}

func even(i int) (int, bool) { return i, i%2 == 0 }

func TestPages(t *testing.T) {
	var got []int
	p := paging.Page{List: "numbers", Limit: 3}
	for {
		entries, token := paging.Take(p, rows(13, p.After), even)
		if len(entries) > p.Limit {
			t.Fatalf("a page of %d", len(entries))
		}
		got = append(got, entries...)
		if token == nil {
			break
		}
		if !p.Resume(*token) {
			t.Fatalf("token %q is refused", *token)
		}
	}
	if !slices.Equal(got, []int{0, 2, 4, 6, 8, 10, 12}) {
		t.Errorf("listed %v", got)
	}
	if entries, token := paging.Take(p, rows(0, ""), even); entries == nil || len(entries) > 0 || token != nil {
		t.Errorf("an empty list has %v, %v", entries, token)
	}
}

func TestTokens(t *testing.T) {
	token := paging.Token("numbers\x00005")
	if place, ok := paging.Place(token); !ok || place != "numbers\x00005" {
		t.Errorf("the place is %q, %t", place, ok)
	}
	for name, bad := range map[string]string{
		"empty": "", "nonsense": "nonsense", "cut short": token[:len(token)-1], "longer": token + "A",
		"changed": "A" + token[1:], "padded": token + "=", "of another list": paging.Token("letters\x00005"),
		"of no list": paging.Token("numbers"), "of no key": paging.Token("numbers\x00"),
	} {
		p := paging.Page{List: "numbers", After: "unchanged"}
		if p.Resume(bad) || p.After != "unchanged" {
			t.Errorf("a token that is %s is taken: %+v", name, p)
		}
	}
}
