//go:build !linux

package crypt

import (
	"os"
	"testing"
)

// beNobody leaves out what root cannot test.
func beNobody(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("root may write everything")
	}
}
