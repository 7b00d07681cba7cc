package main

import (
	"math"
	"slices"

	"github.com/fortlet/fortlet/tools/interop/peer"
)

// A limit is something that an implementation does not do. It is tried all the
// same: a limit that has gone fails the run, so that the list stays true.
type limit struct {
	who     string
	writing bool // as a writer, or as a reader
	what    func(*testCase) bool
	why     string
}

var limits = []limit{
	{fortlet, true, unframed, "reads messages without frames, and does not write them"},

	{"node", true, unframed, "does not write messages without frames"},
	{"node", true, writtenWith(peer.KMSRSA), "has no KMS RSA keyring"},
	{"node", false, readWith(peer.KMSRSA), "has no KMS RSA keyring"},
	{"node", true, required, "has no manager for required encryption context"},
	{"node", false, required, "has no manager for required encryption context"},

	{"python", true, oddFrame, "writes only frame lengths that are multiples of 128"},
	{"python", true, hugeFrame, "knows no frame longer than 2 GiB - 1"},
	{"python", false, hugeFrame, "knows no frame longer than 2 GiB - 1"},
	{"python", true, cached, "has no cache for keyrings"},
	{"python", false, readCached, "has no cache for keyrings"},

	{"go", true, unframed, "does not write messages without frames"},
	{"go", true, cached, "has no cache for keyrings"},
	{"go", false, readCached, "has no cache for keyrings"},

	{cli, false, required, "does not read a message whose context is not all stored"},

	{crypt, true, unframed, "reads messages without frames, and does not write them"},
}

func unframed(c *testCase) bool   { return c.write.Unframed }
func required(c *testCase) bool   { return len(c.write.Required) > 0 }
func cached(c *testCase) bool     { return c.write.Caching }
func readCached(c *testCase) bool { return c.read.Caching }
func oddFrame(c *testCase) bool   { return c.write.Frame%128 != 0 }
func hugeFrame(c *testCase) bool  { return c.write.Frame > math.MaxInt32 }

func writtenWith(keyring string) func(*testCase) bool {
	return func(c *testCase) bool { return c.write.Keyring.Type == keyring }
}

func readWith(keyring string) func(*testCase) bool {
	return func(c *testCase) bool { return c.read.Keyring.Type == keyring }
}

// limitOf is what stands in the way of an implementation; nil where nothing
// does.
func limitOf(who string, writing bool, c *testCase) *limit {
	i := slices.IndexFunc(limits, func(l limit) bool { return l.who == who && l.writing == writing && l.what(c) })
	if i < 0 {
		return nil
	}
	return &limits[i]
}
