package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// results collects what became of the cases.
type results struct {
	mu    sync.Mutex
	rows  []string // in the order of the cases
	tally map[string]map[string]*tally
	left  map[string]int // cases that a limit stood in the way of, by limit
	fails []string
	done  int
}

// tally counts the cases of one row for one pair.
type tally struct{ passed, left, failed int }

func newResults(all []testCase) *results {
	r := &results{tally: make(map[string]map[string]*tally), left: make(map[string]int)}
	for _, c := range all {
		if !slices.Contains(r.rows, c.row) {
			r.rows = append(r.rows, c.row)
			r.tally[c.row] = make(map[string]*tally)
		}
	}
	return r
}

func (r *results) add(p pair, c *testCase, l *limit, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done++
	t := r.tally[c.row][p.String()]
	if t == nil {
		t = new(tally)
		r.tally[c.row][p.String()] = t
	}
	switch {
	case err != nil:
		t.failed++
		r.fails = append(r.fails, fmt.Sprintf("%v: %v: %v", p, c, err))
	case l != nil:
		t.left++
		r.left[l.who+"\x00"+l.why]++
	default:
		t.passed++
	}
}

// progress writes how far the run is.
func (r *results) progress(w io.Writer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(w, "interop: %d cases done, %d failed\n", r.done, len(r.fails))
}

// err names the cases that failed, unless there are very many.
func (r *results) err() error {
	const many = 30
	n := len(r.fails)
	if n == 0 {
		return nil
	}
	return fmt.Errorf("%d cases failed:\n%s", n, strings.Join(r.fails[:min(n, many)], "\n"))
}
