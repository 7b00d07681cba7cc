package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU times in /proc: USER_HZ, 100 a second on every
// platform that Go runs Linux on.
const tick = 10 * time.Millisecond

// process is a process as /proc shows it.
type process int

func self() process { return process(os.Getpid()) }

// cpu is the CPU time that the process has used, user and system, all threads.
func (p process) cpu() (time.Duration, error) {
	data, err := os.ReadFile(p.file("stat"))
	if err != nil {
		return 0, err
	}
	return parseStat(string(data))
}

// rss is the memory of the process that is resident, in bytes: the pages of
// its files included, as "ps" counts.
func (p process) rss() (int64, error) { return p.status("VmRSS") }

// peakRSS is the most that rss has ever been.
func (p process) peakRSS() (int64, error) { return p.status("VmHWM") }

func (p process) status(name string) (int64, error) {
	data, err := os.ReadFile(p.file("status"))
	if err != nil {
		return 0, err
	}
	return parseKilobytes(string(data), name)
}

func (p process) file(name string) string { return fmt.Sprintf("/proc/%d/%s", int(p), name) }

// busyCPU is the CPU time that the whole machine has been busy, or taken away
// by its host, since it started.
func busyCPU() (time.Duration, error) {
	data, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, err
	}
	return parseBusy(string(data))
}

var errFormat = errors.New("unknown format")

// parseStat reads utime and stime, fields 14 and 15 of /proc/PID/stat. The
// name in field 2 can hold anything, parentheses and blanks too, so fields are
// counted from its end.
func parseStat(stat string) (time.Duration, error) {
	end := strings.LastIndexByte(stat, ')')
	fields := strings.Fields(stat[end+1:]) // the first one is field 3
	if end < 0 || len(fields) < 13 {
		return 0, fmt.Errorf("process stat: %w", errFormat)
	}
	return sumTicks(fields[11:13])
}

// parseBusy adds up the first line of /proc/stat: user, nice, system, (idle,
// iowait,) irq, softirq and steal. What guests use is within user.
func parseBusy(stat string) (time.Duration, error) {
	line, _, _ := strings.Cut(stat, "\n")
	fields := strings.Fields(line)
	if len(fields) < 9 || fields[0] != "cpu" {
		return 0, fmt.Errorf("machine stat: %w", errFormat)
	}
	return sumTicks(slices.Concat(fields[1:4], fields[6:9]))
}

func sumTicks(fields []string) (time.Duration, error) {
	var sum int64
	for _, f := range fields {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%w: %q is no number of ticks", errFormat, f)
		}
		sum += n
	}
	return time.Duration(sum) * tick, nil
}

// parseKilobytes reads a "Name: 123 kB" line, as bytes.
func parseKilobytes(text, name string) (int64, error) {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, name+":")
		if !ok {
			continue
		}
		number, ok := strings.CutSuffix(strings.TrimSpace(rest), " kB")
		n, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil {
			return 0, fmt.Errorf("%s: %w: %q", name, errFormat, rest)
		}
		return n << 10, nil
	}
	return 0, fmt.Errorf("%s: %w: no such line", name, errFormat)
}
