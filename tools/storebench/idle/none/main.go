// Command none holds no engine: what the others have more, an engine costs.
package main

import "github.com/fortlet/fortlet/tools/storebench/probe"

func main() { probe.Run(nil) }
