package main

import (
	"maps"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// A testCase is a message, or several, that one implementation writes and
// another reads.
type testCase struct {
	row    string // of the result table
	name   string // tells it from others of its row
	write  peer.Request
	read   peer.Request
	text   []byte
	absent string // what the message must not hold
	times  int    // how many messages; zero is one

	// spoil gives damaged copies of the message, which the reader has to refuse.
	// Where refuse is set, it has to refuse the message as it is.
	spoil  func(message []byte) [][]byte
	refuse bool
}

// newCase is a case in which the reader has the writer's keyring, the context
// is stored, and the reader asks for all of it.
func newCase(row, name string, k *peer.Keyring, suite esdk.Suite, text []byte) testCase {
	return testCase{
		row:   row,
		name:  suite.String() + " " + name,
		text:  text,
		write: peer.Request{Op: peer.Encrypt, Keyring: k, Suite: uint16(suite), Commitment: commitment(suite)},
		read:  peer.Request{Op: peer.Decrypt, Keyring: k, Commitment: commitment(suite)},
	}
}

func (c testCase) withContext(context map[string]string) testCase {
	c.write.Context, c.read.Context = context, maps.Clone(context)
	return c
}

func (c testCase) withFrame(length uint32) testCase {
	c.write.Frame = length
	return c
}

func (c testCase) readBy(k *peer.Keyring) testCase {
	c.read.Keyring = k
	return c
}

// commitment is the strictest policy that writes and reads a suite.
func commitment(s esdk.Suite) string {
	if s.Commits() {
		return peer.Require
	}
	return peer.Forbid
}

// Suites that stand for their kind where not all of them are tried: format 1
// without signature, and format 2 without and with.
var someSuites = []esdk.Suite{esdk.AES256Derived, esdk.Committed, esdk.CommittedSigned}

// cases are all cases.
func cases(r *rings) []testCase {
	return concat(
		keyringCases(r),
		contextCases(r),
		frameCases(r),
		managerCases(r),
		refusalCases(r),
	)
}

func concat(lists ...[]testCase) (all []testCase) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
