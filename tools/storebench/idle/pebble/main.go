// Command pebble opens a pebble folder and reports what that costs.
package main

import (
	"github.com/fortlet/fortlet/tools/storebench/engine/pebble"
	"github.com/fortlet/fortlet/tools/storebench/probe"
)

func main() { probe.Run(pebble.Open) }
