package main

import (
	"fmt"
	"io"
	"time"
)

// report is everything that a run has found out.
type report struct {
	Machine       machine       `json:"machine"`
	Duration      time.Duration `json:"durationNanoseconds"` // of each measurement
	Rows          []row         `json:"rows"`
	Binary        int64         `json:"binaryBytes"`
	StartNew      time.Duration `json:"startNewNanoseconds"`
	StartExisting time.Duration `json:"startExistingNanoseconds"`
	StartLoaded   time.Duration `json:"startLoadedNanoseconds"` // on the folder of the million requests
	IdleRSS       int64         `json:"idleRSSBytes"`
	Million       *million      `json:"million,omitempty"`
	Huge          *huge         `json:"huge,omitempty"`
	Reset         time.Duration `json:"resetNanoseconds"`
	ResetFirst    time.Duration `json:"resetFirstNanoseconds"`
	Goals         []goal        `json:"goals"`
}

// markdown prints the report as docs/performance.md has it.
func (r *report) markdown(w io.Writer) {
	m := r.Machine
	fmt.Fprintf(w, "Machine: %s, %d cores, %s of memory, Linux %s, %s; data folders on %s. Each row ran %v.\n\n",
		m.CPU, m.Cores, megabytes(m.Memory), m.Kernel, m.Go, m.FileSystem, r.Duration)
	fmt.Fprint(w, "| operation | connections | requests/s | MB/s | of bare | p50 | p99 | server CPU per request | client CPU per request | other programs |\n")
	fmt.Fprint(w, "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	for _, row := range r.Rows {
		fmt.Fprintf(w, "| %s | %d | %s | %s | %s | %.0f µs | %.0f µs | %.1f µs | %.1f µs | %.0f %% |\n", row.Operation, row.Connections,
			thousands(row.PerSecond), unlessZero("%.0f", row.Megabytes), unlessZero("%.0f %%", 100*row.OfBare), row.P50, row.P99, row.ServerCPU, row.ClientCPU, 100*row.Others)
	}
	fmt.Fprint(w, "\n| goal | asked for | measured | |\n|---|--:|--:|---|\n")
	for _, g := range r.Goals {
		fmt.Fprintf(w, "| %s | %s | %s | %s |\n", g.Name, g.Asked, g.Measured, g.mark())
	}
	r.notes(w)
}

// notes are the findings that nobody has set a goal for.
func (r *report) notes(w io.Writer) {
	fmt.Fprintln(w)
	if r.Million != nil {
		fmt.Fprintf(w, "%s requests of all three operations grew the data folder by %s, %d bytes a request. ",
			thousands(float64(r.Million.Requests)), megabytes(r.Million.DataBytes), r.Million.DataBytes/int64(max(r.Million.Requests, 1)))
	}
	if r.StartLoaded > 0 {
		fmt.Fprintf(w, "A start on the folder of all measurements took %s. ", milliseconds(r.StartLoaded))
	}
	if r.ResetFirst > 0 {
		fmt.Fprintf(w, "The reset of that folder took %s.", milliseconds(r.ResetFirst))
	}
	fmt.Fprintln(w)
}

// unlessZero leaves a cell empty that has nothing to say.
func unlessZero(format string, f float64) string {
	if f == 0 {
		return ""
	}
	return fmt.Sprintf(format, f)
}

const megabyte = 1_000_000

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/megabyte) }

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

func perRequest(microseconds float64) string { return fmt.Sprintf("%.1f µs", microseconds) }

// thousands writes a rounded number with a comma after each three digits.
func thousands(f float64) string {
	s := fmt.Sprintf("%.0f", f)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
