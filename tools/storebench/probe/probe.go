// Package probe is the body of the small programs that each hold one engine:
// they show what a process pays for opening it and for having it linked.
package probe

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/fortlet/fortlet/tools/storebench/engine"
)

// Run opens the folder that is the program's argument, reads one row, and
// prints time, memory and goroutines. Without an engine it prints what a
// process has anyway.
func Run(open engine.Opener) {
	if err := run(open); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(open engine.Opener) error {
	start := time.Now()
	if open != nil {
		e, err := open(os.Args[1])
		if err != nil {
			return err
		}
		defer e.Close()
		if found, err := e.Get(engine.Key(1)); err != nil || !found {
			return fmt.Errorf("row found %t: %w", found, err)
		}
	}
	took := time.Since(start)
	time.Sleep(300 * time.Millisecond) // what an engine does after opening
	debug.FreeOSMemory()
	fmt.Printf("open %6.1f ms, resident %s, of it private %s, %d goroutines\n",
		float64(took.Microseconds())/1000, status("VmRSS:"), status("RssAnon:"), runtime.NumGoroutine())
	return nil
}

func status(name string) string {
	text, _ := os.ReadFile("/proc/self/status")
	return MiB(Field(string(text), name))
}

// Field finds a number of KiB in a file like /proc/self/status.
func Field(text, name string) (kib int) {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			fmt.Sscanf(strings.TrimSpace(rest), "%d", &kib)
			break
		}
	}
	return kib
}

// MiB formats a number of KiB.
func MiB(kib int) string { return fmt.Sprintf("%.1f MiB", float64(kib)/1024) }
