package main

import (
	"debug/buildinfo"
	"os"
	"runtime"
	"strings"
)

// machine is what the numbers depend on.
type machine struct {
	CPU        string `json:"cpu"`
	Cores      int    `json:"cores"`
	Memory     int64  `json:"memoryBytes"`
	Kernel     string `json:"kernel"`
	FileSystem string `json:"fileSystem"` // of the data folders
	Go         string `json:"go"`         // that built the measured binary
}

// describe reads the facts of the machine. What it cannot find is "unknown": a
// number without a fact beside it is still a number.
func describe(dir, binary string) machine {
	m := machine{
		CPU:        "unknown",
		Cores:      runtime.NumCPU(),
		Kernel:     "unknown",
		FileSystem: "unknown",
		Go:         "unknown",
	}
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		m.CPU = cpuModel(string(data))
	}
	if data, err := os.ReadFile("/proc/meminfo"); err == nil {
		m.Memory, _ = parseKilobytes(string(data), "MemTotal")
	}
	if data, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		m.Kernel = strings.TrimSpace(string(data))
	}
	if data, err := os.ReadFile("/proc/mounts"); err == nil {
		m.FileSystem = fileSystem(string(data), dir)
	}
	if info, err := buildinfo.ReadFile(binary); err == nil {
		m.Go = info.GoVersion
	}
	return m
}

func cpuModel(cpuinfo string) string {
	for line := range strings.Lines(cpuinfo) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

// fileSystem is the type of the file system that a folder is on: that of the
// longest mount point above it, the last one of equals.
func fileSystem(mounts, dir string) string {
	kind, longest := "unknown", -1
	for line := range strings.Lines(mounts) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		point := strings.TrimSuffix(fields[1], "/")
		if strings.HasPrefix(dir+"/", point+"/") && len(point) >= longest {
			kind, longest = fields[2], len(point)
		}
	}
	return kind
}
