package leastprivilege

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"
)

// Source is where records come from.
type Source interface {
	// Records gives the records that a query may want, in any order. It may give
	// more than those; it must not leave any of them out. An error ends it: a
	// policy made from half the records would be too small.
	Records(ctx context.Context, q Query) iter.Seq2[*Record, error]
	// About says, after Records, what was read and what the source cannot have.
	About() []string
}

// Query says which records are wanted.
type Query struct {
	Since, Until time.Time // zero: from the first, to the last
	Subject      Subject
	// Seen is called for every record that was read, wanted or not; may be nil.
	Seen func()
}

// within reports whether a time lies in the query's window.
func (q *Query) within(t time.Time) bool {
	return (q.Since.IsZero() || !t.Before(q.Since)) && (q.Until.IsZero() || !t.After(q.Until))
}

// may reports whether the text of a record can be of the subject. It saves the
// decoding of most records in the log of a busy account.
func (q *Query) may(raw []byte) bool {
	return q.Subject.screen == nil || containsBytes(raw, q.Subject.screen)
}

// Decode reads one event, if a query may want it; otherwise it gives nil.
func (q *Query) Decode(raw []byte) (*Record, error) {
	if q.Seen != nil {
		q.Seen()
	}
	if !q.may(raw) {
		return nil, nil
	}
	r := new(Record)
	if err := json.Unmarshal(raw, r); err != nil {
		return nil, fmt.Errorf("a record is no event: %w", err)
	}
	if !q.within(r.EventTime) {
		return nil, nil
	}
	return r, nil
}

// Sources is a Source of several, one after the other.
type Sources []Source

// Records implements Source.
func (l Sources) Records(ctx context.Context, q Query) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		for _, s := range l {
			for r, err := range s.Records(ctx, q) {
				if !yield(r, err) || err != nil {
					return
				}
			}
		}
	}
}

// About implements Source.
func (l Sources) About() (lines []string) {
	for _, s := range l {
		lines = append(lines, s.About()...)
	}
	return lines
}

var _ Source = Sources(nil)

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "y") {
		noun = strings.TrimSuffix(noun, "y") + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
