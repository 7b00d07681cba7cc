package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// programs is a folder of the small programs under idle/.
type programs string

// build builds them as Fortlet is built and prints their sizes.
func build(dir string) (programs, error) {
	bin := filepath.Join(dir, "bin")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", bin+"/", "./idle/...")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building the programs: %w: %s", err, out)
	}
	entries, err := os.ReadDir(bin)
	if err != nil {
		return "", err
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return "", err
		}
		fmt.Printf("%-8s program of %.1f MiB\n", entry.Name(), float64(info.Size())/(1<<20))
	}
	return programs(bin), programs(bin).run("none", dir, 0)
}

// run lets a new process open the folder, because this one's memory holds
// everything that came before.
func (p programs) run(name, folder string, size int) error {
	out, err := exec.Command(filepath.Join(string(p), name), folder).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", name, err, out)
	}
	fmt.Printf("%-8s %8d keys %s", name, size, out)
	return nil
}
