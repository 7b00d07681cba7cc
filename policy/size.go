package policy

import "strings"

// Size counts the characters of a document as IAM's size quotas do: white
// space is free.
func Size(doc string) int {
	n := 0
	for _, r := range doc {
		if !strings.ContainsRune(" \t\n\v\f\r", r) {
			n++
		}
	}
	return n
}
