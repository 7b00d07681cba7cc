package work

import (
	"math/rand/v2"
	"strings"
	"time"
)

// Schedule says when a job is due.
type Schedule interface {
	// After is the first due time after a run.
	After(last time.Time) time.Time
}

// Every is due a duration after the last run began.
type Every time.Duration

// After implements Schedule.
func (e Every) After(last time.Time) time.Time { return last.Add(time.Duration(e)) }

// String implements fmt.Stringer: "every 5m".
func (e Every) String() string {
	text := time.Duration(e).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = text[:len(text)-2]
		}
	}
	return "every " + text
}

// Daily is due once a day, at a time since midnight UTC.
type Daily time.Duration

// After implements Schedule.
func (d Daily) After(last time.Time) time.Time {
	last = last.UTC()
	// Days of UTC have 24 hours.
	at := time.Date(last.Year(), last.Month(), last.Day(), 0, 0, 0, 0, time.UTC).Add(time.Duration(d))
	if !at.After(last) {
		at = at.Add(24 * time.Hour)
	}
	return at
}

// String implements fmt.Stringer: "daily at 00:00 UTC".
func (d Daily) String() string {
	return "daily at " + time.Time{}.Add(time.Duration(d)).Format("15:04") + " UTC"
}

// A run that failed is tried again after a random part of a delay that doubles
// from minDelay up to maxDelay, so that jobs which failed together, with a full
// disk say, do not come back together.
const (
	minDelay = 2 * time.Second
	maxDelay = 5 * time.Minute
)

// delay is how long to wait after so many failures in a row.
func delay(failures int) time.Duration {
	limit := maxDelay
	if shift := failures - 1; shift < 8 {
		limit = min(limit, minDelay<<shift)
	}
	return time.Duration(rand.Int64N(int64(limit)) + 1)
}
