package main

import (
	"errors"
	"os"
	"testing"
	"time"
)

// The line is laid out as proc_pid_stat(5) has it, with a name that tries to
// look like further fields.
const statLine = "4711 (a) R 9 (b c) S 1 4711 4711 0 -1 4194560 1523 0 3 0 1234 567 89 12 20 0 9 0 8842 1 2 3\n"

func TestParseStat(t *testing.T) {
	got, err := parseStat(statLine)
	if want := (1234 + 567) * 10 * time.Millisecond; got != want || err != nil {
		t.Errorf("parseStat = %v, %v; want %v", got, err, want)
	}
	for _, bad := range []string{"", "1 name S", "1 (x) S 1 2", "1 (x) S 1 2 3 4 5 6 7 8 9 10 a 12 13"} {
		if got, err := parseStat(bad); !errors.Is(err, errFormat) {
			t.Errorf("parseStat(%q) = %v, %v", bad, got, err)
		}
	}
}

func TestParseBusy(t *testing.T) {
	const stat = "cpu  100 20 3 40000 5000 600 70 8 99999 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n"
	got, err := parseBusy(stat)
	if want := (100 + 20 + 3 + 600 + 70 + 8) * 10 * time.Millisecond; got != want || err != nil {
		t.Errorf("parseBusy = %v, %v; want %v", got, err, want)
	}
	for _, bad := range []string{"", "cpu 1 2 3 4 5 6 7", "cpu0 1 2 3 4 5 6 7 8", "cpu 1 x 3 4 5 6 7 8"} {
		if got, err := parseBusy(bad); !errors.Is(err, errFormat) {
			t.Errorf("parseBusy(%q) = %v, %v", bad, got, err)
		}
	}
}

func TestParseKilobytes(t *testing.T) {
	const status = "Name:\tx\nVmHWM:\t   99 kB\nVmRSS:\t   36220 kB\nRssAnon:\tmuch\n"
	got, err := parseKilobytes(status, "VmRSS")
	if got != 36220<<10 || err != nil {
		t.Errorf("parseKilobytes = %d, %v", got, err)
	}
	for _, bad := range []string{"RssAnon", "Name", "VmSwap", "RSS"} {
		if got, err := parseKilobytes(status, bad); !errors.Is(err, errFormat) {
			t.Errorf("%s = %d, %v", bad, got, err)
		}
	}
}

// TestSelf reads this process, where there is a /proc.
func TestSelf(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no /proc here: the benchmark runs on Linux only")
	}
	before, err := self().cpu()
	if err != nil {
		t.Fatal(err)
	}
	for sum := 0; ; sum++ { // ends as soon as the kernel has counted it
		after, err := self().cpu()
		if err != nil {
			t.Fatal(err)
		}
		if after > before {
			break
		}
	}
	if rss, err := self().rss(); err != nil || rss < 1<<20 {
		t.Errorf("rss = %d, %v", rss, err)
	}
}
