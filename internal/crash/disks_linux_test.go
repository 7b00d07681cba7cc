package crash

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// smallFileSystem mounts a file system of a size at a folder.
func smallFileSystem(t *testing.T, dir, size string) (limit func(*process), lift func()) {
	t.Helper()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "mode=0700,size="+size); err != nil {
		t.Skipf("a small file system needs the right to mount one: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return func(*process) {}, func() {
		if err := unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=256m"); err != nil {
			t.Fatal(err)
		}
	}
}

// smallDisk lets all that the cloud has run out of space.
func smallDisk(t *testing.T, dir string) (limit func(*process), lift func()) {
	t.Helper()
	return smallFileSystem(t, dir, "6m")
}

// fullStore lets the store alone run out of space, which the audit log does not
// notice.
func fullStore(t *testing.T, dir string) (limit func(*process), lift func()) {
	t.Helper()
	store := filepath.Join(dir, "store")
	if err := os.Mkdir(store, 0o700); err != nil {
		t.Fatal(err)
	}
	return smallFileSystem(t, store, "1m")
}

// fileSizeLimit forbids the process to make any file larger than a megabyte and
// a half, which its audit log soon wants to be.
func fileSizeLimit(t *testing.T, _ string) (limit func(*process), lift func()) {
	return func(p *process) {
		const size = 3 << 19
		if err := unix.Prlimit(p.cmd.Process.Pid, unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: size, Max: size}, nil); err != nil {
			t.Fatal(err)
		}
	}, func() {}
}

// sharedDisk is a small disk of which something else takes the most.
func sharedDisk(t *testing.T, dir string) (lift func()) {
	t.Helper()
	smallFileSystem(t, dir, "64m")
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 48<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
}

// contentDisk is a small disk for large contents alone.
func contentDisk(t *testing.T, dir string) (lift func()) {
	t.Helper()
	blobs := filepath.Join(dir, "blobs")
	if err := os.Mkdir(blobs, 0o700); err != nil {
		t.Fatal(err)
	}
	_, lift = smallFileSystem(t, blobs, "4m")
	return lift
}
