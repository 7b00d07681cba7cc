// Command bbolt opens a bbolt folder and reports what that costs.
package main

import (
	"github.com/fortlet/fortlet/tools/storebench/engine/bbolt"
	"github.com/fortlet/fortlet/tools/storebench/probe"
)

func main() { probe.Run(bbolt.Open) }
