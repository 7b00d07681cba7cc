package crash

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// manyKeys is how many keys a writer may have, to fill a store.
const manyKeys = 100

// TestDiskFull lets the disk run full under a cloud at work. It answers with
// errors, keeps what it acknowledged, and goes on when there is room again.
func TestDiskFull(t *testing.T) {
	for name, disk := range map[string]func(*testing.T, string) (limit func(*process), lift func()){
		"no space left":               func(t *testing.T, dir string) (func(*process), func()) { return smallFileSystem(t, dir, "6m") },
		"no space left for the store": fullStore,
		"file too large":              fileSizeLimit,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			limit, lift := disk(t, dir)
			tr := newTrial(t, dir)
			p := start(t, dir)
			limit(p)
			for _, w := range tr.writers {
				w.keys = manyKeys
			}
			tr.write(t.Context(), p, plain, func() {})
			for _, w := range tr.writers {
				if w.refusal() != http.StatusInternalServerError {
					t.Errorf("a full disk is answered with %v", w.failure)
				}
			}
			wantHealthy(t, p)
			endOnFullDisk(t, p)
			tr.log.verify(t)
			startOnFullDisk(t, dir)
			lift()
			p = start(t, dir)
			acknowledged, made := tr.check(t, p)
			t.Logf("%d changes acknowledged, of those refused %d made and %d not", acknowledged, made, writerCount-made)
			p.terminate(t)
		})
	}
}

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

// fullStore lets the store alone run out of space, which the audit log does not
// notice.
func fullStore(t *testing.T, dir string) (limit func(*process), lift func()) {
	t.Helper()
	store := filepath.Join(dir, "store")
	if err := os.Mkdir(store, 0o700); err != nil {
		t.Fatal(err)
	}
	return smallFileSystem(t, store, "256k")
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

// wantHealthy wants the process to be there and to answer.
func wantHealthy(t *testing.T, p *process) {
	t.Helper()
	resp := must(http.Get(p.endpoint + "/_fortlet/health"))(t)
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("health is answered with %s", resp.Status)
	}
}

// endOnFullDisk ends the process, which may complain but not crash.
func endOnFullDisk(t *testing.T, p *process) {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	wantNoCrash(t, p, p.wait(t))
}

// startOnFullDisk starts the process where there is no room. Whether it can run
// there or says that it cannot, it must do no harm.
func startOnFullDisk(t *testing.T, dir string) {
	t.Helper()
	p := launch(t, dir)
	if line, ready := <-p.ready; ready {
		t.Logf("on the full disk: %s", line)
		p.cmd.Process.Signal(syscall.SIGTERM)
	}
	wantNoCrash(t, p, p.wait(t))
}

func wantNoCrash(t *testing.T, p *process, code int) {
	t.Helper()
	if said := p.stderr.String(); code != 0 && code != 1 || strings.Contains(said, "panic:") || strings.Contains(said, "goroutine ") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}
