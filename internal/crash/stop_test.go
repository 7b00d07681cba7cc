package crash

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/store"
	"github.com/fortlet/fortlet/internal/fortlet"
)

// TestTerminateUnderWrites ends fortlet up as an operator does, with all
// writers at work: it finishes what runs and exits with 0.
func TestTerminateUnderWrites(t *testing.T) {
	tr := newTrial(t, t.TempDir())
	for round := range *rounds {
		p := start(t, tr.dir)
		stop := watch(t, p)
		tr.writeUntilTerminated(t, p, 1+random(3<<8|uint64(round)).IntN(300))
		stop()
		wantNotRunning(t, tr.dir)
		p = start(t, tr.dir)
		// A change that was begun was also answered.
		if _, made := tr.check(t, p); made > 0 {
			t.Errorf("%d changes were made and not acknowledged", made)
		}
		p.terminate(t)
	}
}

// writeUntilTerminated lets all writers work and terminates the process after a
// number of acknowledged changes.
func (tr *trial) writeUntilTerminated(t *testing.T, p *process, changes int) {
	t.Helper()
	var count atomic.Int64
	tr.write(t.Context(), p, plain, func() {
		if count.Add(1) == int64(changes) {
			p.cmd.Process.Signal(syscall.SIGTERM)
		}
	})
	if code := p.wait(t); code != 0 {
		t.Errorf("exit code %d\n%s", code, &p.stderr)
	}
	tr.wantNoAnswer(t)
}

func TestTerminateIdle(t *testing.T) {
	dir := t.TempDir()
	for _, s := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		p := start(t, dir)
		if _, err := os.Stat(filepath.Join(dir, "running.json")); err != nil {
			t.Error(err)
		}
		if err := p.cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		if code := p.wait(t); code != 0 {
			t.Errorf("exit code %d after %v\n%s", code, s, &p.stderr)
		}
		wantNotRunning(t, dir)
	}
}

func wantNotRunning(t *testing.T, dir string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(dir, "running.json")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("running.json after the end: %v", err)
	}
}

func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	first := start(t, dir)
	before := must(os.ReadFile(filepath.Join(dir, "running.json")))(t)
	wantRefused(t, launch(t, dir), "in use by another process")
	if after := must(os.ReadFile(filepath.Join(dir, "running.json")))(t); string(after) != string(before) {
		t.Errorf("the refused process has changed running.json to %s", after)
	}
	// The first goes on as if nothing had been, and the folder is free after it.
	must(newClients(first.endpoint, "reader", newTransport()).iam.ListUsers(t.Context(), nil))(t)
	first.terminate(t)
	start(t, dir).terminate(t)
}

// TestNewerFolderIsRefused opens a folder that has seen a migration of the
// store which this program does not know.
func TestNewerFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	newer := store.Options{Migrations: append(slices.Clone(fortlet.Migrations), func(*store.Tx) error { return nil })}
	db := must(store.Open(filepath.Join(dir, "store"), newer))(t)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, launch(t, dir), "written by a newer version")
	// Nothing was added to it.
	if entries := must(os.ReadDir(dir))(t); len(entries) != 1 {
		t.Errorf("the folder now holds %v", entries)
	}
}

// wantRefused wants a process to end with exit code 1 and one line that says
// why and what to do.
func wantRefused(t *testing.T, p *process, why string) {
	t.Helper()
	if line, ready := <-p.ready; ready {
		t.Fatalf("fortlet up has said %q", line)
	}
	if code := p.wait(t); code != 1 {
		t.Errorf("exit code %d", code)
	}
	said := p.stderr.String()
	if !strings.HasPrefix(said, "fortlet: data folder ") || !strings.Contains(said, why) ||
		!strings.Contains(said, "choose another folder with --data") || strings.Count(said, "\n") != 1 {
		t.Errorf("fortlet up said %q", said)
	}
}
