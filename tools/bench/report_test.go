package main

import (
	"strings"
	"testing"
	"time"
)

func TestGoals(t *testing.T) {
	r := report{
		Rows: []row{
			{Operation: "GetCallerIdentity", Connections: 1, PerSecond: 99_999, ServerCPU: 1},
			{Operation: "GetCallerIdentity", Connections: 16, PerSecond: 30_000, ServerCPU: 30.1},
			{Operation: "Sign", Connections: 16, PerSecond: 19_999},
		},
		Binary:   40_000_001,
		StartNew: 100 * time.Millisecond,
		Million:  &million{Requests: 1000, IdleRSS: 99_000_000},
	}
	r.setGoals()
	want := map[string]bool{
		"GetCallerIdentity over 16 connections": true,
		"server CPU of GetCallerIdentity":       false,
		"Sign over 16 connections":              false,
		"binary":                                false,
		"first answer, new data folder":         true,
		"memory after 1,000 requests":           true,
	}
	for _, g := range r.Goals {
		met, ok := want[g.Name]
		if !ok || met != g.Met {
			t.Errorf("%+v: want met %v, named %v", g, met, ok)
		}
		delete(want, g.Name)
	}
	for name := range want {
		t.Errorf("no goal %q", name)
	}
}

// TestMarkdownTables: every line of a table has as many cells as its head.
func TestMarkdownTables(t *testing.T) {
	r := report{Rows: []row{{Operation: "Encrypt", Connections: 16, PerSecond: 1234567.4}}, Binary: 1}
	r.setGoals()
	var b strings.Builder
	r.markdown(&b)
	cells := 0
	for line := range strings.Lines(b.String()) {
		switch n := strings.Count(line, "|"); {
		case n == 0 || cells == 0:
			cells = n
		case n != cells:
			t.Errorf("%d cells after %d: %s", n, cells, line)
		}
	}
	if !strings.Contains(b.String(), "| Encrypt | 16 | 1,234,567 |") {
		t.Error(b.String())
	}
}

func TestThousands(t *testing.T) {
	for f, want := range map[float64]string{0: "0", 999.4: "999", 1000: "1,000", 65432.6: "65,433", 1e6: "1,000,000"} {
		if got := thousands(f); got != want {
			t.Errorf("thousands(%v) = %s, want %s", f, got, want)
		}
	}
}

func TestMedian(t *testing.T) {
	if got := median([]time.Duration{9, 1, 5}); got != 5 {
		t.Errorf("median = %d", got)
	}
	if got := median(nil); got != 0 {
		t.Errorf("median of nothing = %d", got)
	}
}
