//go:build unix

package crypt

import (
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func mkfifo(t *testing.T, name string) {
	t.Helper()
	if err := unix.Mkfifo(name, 0o600); err != nil {
		t.Fatal(err)
	}
}

// mkdevice makes a device of our own, as /dev/null (3) and /dev/full (7) are on
// Linux. A test must not be given the system's: what it tests for may go wrong,
// and as root it would replace them for everybody.
func mkdevice(t *testing.T, name string, minor uint32) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("devices have other numbers")
	}
	if err := unix.Mknod(name, unix.S_IFCHR|0o666, int(unix.Mkdev(1, minor))); err != nil {
		t.Skipf("no device can be made: %v", err)
	}
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no device can be opened: %v", err)
	}
	f.Close()
}
