package policy

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestDaysAgreeWithTime counts days as package time does, before year 0 too.
func TestDaysAgreeWithTime(t *testing.T) {
	g := rand.New(rand.NewPCG(1, 1))
	for range 100_000 {
		year, month := g.Int64N(8000)-4000, 1+g.Int64N(12)
		day := 1 + g.Int64N(daysIn(year, month))
		date := time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
		if date.Day() != int(day) {
			t.Fatalf("daysIn(%d, %d) = %d", year, month, daysIn(year, month))
		}
		if got, want := daysSince1970(year, month, day)*86400, date.Unix(); got != want {
			t.Fatalf("%s: %d seconds, want %d", date, got, want)
		}
		if next := date.AddDate(0, 0, 1); next.Day() == 1 && day != daysIn(year, month) {
			t.Fatalf("daysIn(%d, %d) = %d", year, month, daysIn(year, month))
		}
	}
}
