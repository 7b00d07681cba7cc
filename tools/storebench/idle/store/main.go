// Command store opens a store folder and reports what that costs.
package main

import (
	"github.com/fortlet/fortlet/tools/storebench/engine/store"
	"github.com/fortlet/fortlet/tools/storebench/probe"
)

func main() { probe.Run(store.Open) }
