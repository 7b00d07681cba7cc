package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/fortlet/fortlet/tools/storebench/probe"
)

// machine prints what the numbers depend on, but for the disk: see lanes.
func machine() error {
	cpu, _ := os.ReadFile("/proc/cpuinfo")
	mem, _ := os.ReadFile("/proc/meminfo")
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	model := "unknown"
	for line := range strings.Lines(string(cpu)) {
		if rest, ok := strings.CutPrefix(line, "model name"); ok {
			model = strings.Trim(rest, " \t:\n")
			break
		}
	}
	fmt.Printf("%s, %d CPUs (%s), %s memory, kernel %s", runtime.Version(), runtime.NumCPU(), model,
		probe.MiB(probe.Field(string(mem), "MemTotal:")), kernel)
	return nil
}
