package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// report writes docs/interop.md.
func report(w io.Writer, everyone []participant, pairs []pair, r *results) error {
	var b strings.Builder
	b.WriteString(heading)
	b.WriteString("| | Implementation | Version | Runs on |\n|---|---|---|---|\n")
	for _, p := range everyone {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", p.name, p.hello.Name, p.hello.Version, p.hello.Runtime)
	}
	b.WriteString(tableHeading)
	b.WriteString("| |")
	for _, p := range pairs {
		fmt.Fprintf(&b, " %v |", p)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(pairs)) + "\n")
	for _, row := range r.rows {
		fmt.Fprintf(&b, "| %s |", row)
		for _, p := range pairs {
			fmt.Fprintf(&b, " %v |", r.tally[row][p.String()])
		}
		b.WriteString("\n")
	}
	b.WriteString(leftHeading)
	for _, key := range slices.Sorted(maps.Keys(r.left)) {
		who, why, _ := strings.Cut(key, "\x00")
		fmt.Fprintf(&b, "| %s | %s | %d |\n", who, why, r.left[key])
	}
	b.WriteString(notTried)
	_, err := io.WriteString(w, b.String())
	return err
}

// String is a cell of the table.
func (t *tally) String() string {
	switch {
	case t == nil || t.passed+t.left+t.failed == 0:
		return "–"
	case t.failed > 0:
		return fmt.Sprintf("**%d of %d failed**", t.failed, t.passed+t.left+t.failed)
	case t.passed == 0:
		return "–"
	case t.left > 0:
		return fmt.Sprintf("%d (−%d)", t.passed, t.left)
	}
	return fmt.Sprint(t.passed)
}

const heading = `# Interoperability of esdk

"make interop" lets Fortlet's esdk and implementations of the AWS Encryption SDK
that AWS publishes read each other's messages, and writes this page. It fails if
a message does not pass. Wrapping keys in AWS KMS are in a Fortlet that the run
starts; the others call it through the AWS SDKs of their languages.

`

const tableHeading = `
## Messages

How many cases passed, from who wrote to who read. In each, the text, the
algorithm suite and the encryption context that were read are those that were
written; between the commands, what they tell of the header too. In cases called
"refused" the reader gave an error and no text; damage is tried in some seventy
places of each message. A number in parentheses is of cases that were left out,
for the reasons below; a dash, that there was none to try, or that all were left
out.

Whatever esdk reads, it reads twice, with Open and with a Reader, which have to
agree. The commands, aws-encryption-cli and fortlet crypt, know keys in AWS KMS
only, and take part in fewer cases.

`

const leftHeading = `
## Left out

What an implementation does not do. It was tried and refused; should a later
version do it, the run fails until the list in tools/interop/limit.go is
corrected.

| Who | Why | Cases |
|---|---|---|
`

const notTried = `
The library for JavaScript does not compare encryption contexts; the program
around it does, as its documentation asks for. It is told to sort the context by
UTF-8 under raw AES (utf8Sorting), without which it disagrees with everybody
else about keys outside the Basic Multilingual Plane.

Not tried: signing suites under the KMS RSA keyring, which the specification
forbids; a frame that really is 4 GiB long, of which each side would hold
several copies in memory; keyrings that esdk has not (hierarchical, ECDH); the
AWS Encryption SDKs for Java and C; those for .NET and Rust, which are made from
the same source as the one for Go.
`
