// Command storebench measures the engines that internal/cloud/store could
// stand on, for docs/decisions/0002-storage-engine.md:
//
//	cd tools/storebench && go run . -dir DIR [-seconds 0.5]
//
// It is a module of its own, so that the engine that was not chosen is no
// dependency of Fortlet. DIR must lie on the disk that is to be measured.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/fortlet/fortlet/tools/storebench/engine"
	"github.com/fortlet/fortlet/tools/storebench/engine/bbolt"
	"github.com/fortlet/fortlet/tools/storebench/engine/pebble"
	"github.com/fortlet/fortlet/tools/storebench/engine/store"
)

func main() {
	dir := flag.String("dir", "", "existing folder for the data, on the disk to measure")
	seconds := flag.Float64("seconds", 0.5, "length of each measurement")
	flag.Parse()
	if err := all(*dir, time.Duration(*seconds*float64(time.Second))); err != nil {
		fmt.Fprintln(os.Stderr, "storebench:", err)
		os.Exit(1)
	}
}

// candidates are the engines, each also a program under idle/.
var candidates = []candidate{
	{"bbolt", bbolt.Open},
	{"pebble", pebble.Open},
	{"store", store.Open},
}

type candidate struct {
	name string
	open engine.Opener
}

// sizes are the numbers of keys that are there before a measurement.
var sizes = []int{1_000, 1_000_000}

func all(dir string, length time.Duration) error {
	if dir == "" {
		return fmt.Errorf("-dir is needed")
	}
	if err := machine(); err != nil {
		return err
	}
	programs, err := build(dir)
	if err != nil {
		return err
	}
	for _, size := range sizes {
		if err := measure(dir, size, length); err != nil {
			return fmt.Errorf("with %d keys: %w", size, err)
		}
		for range 3 {
			for _, c := range candidates {
				if err := programs.run(c.name, c.folder(dir, size), size); err != nil {
					return err
				}
			}
		}
		for _, c := range candidates {
			if err := os.RemoveAll(c.folder(dir, size)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c candidate) folder(dir string, size int) string {
	return filepath.Join(dir, fmt.Sprintf("%s-%d", c.name, size))
}
