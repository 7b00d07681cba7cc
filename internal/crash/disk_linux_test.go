package crash

import (
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// manyKeys is how many keys a writer may have, to fill a store.
const manyKeys = 100

// TestDiskFull lets the disk run full under a cloud at work. It answers with
// errors, keeps what it acknowledged, and goes on when there is room again.
func TestDiskFull(t *testing.T) {
	for name, c := range map[string]struct {
		disk    func(t *testing.T, dir string) (limit func(*process), lift func())
		choices []func(*writer) *operation
	}{
		// Content leaves the last of a disk to what has none.
		"no space left":               {smallDisk, accountChoices},
		"no space left for the store": {fullStore, choices},
		"file too large":              {fileSizeLimit, accountChoices},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			limit, lift := c.disk(t, dir)
			tr := newTrial(t, dir)
			p := start(t, dir)
			limit(p)
			for _, w := range tr.writers {
				w.keys, w.choices = manyKeys, c.choices
			}
			tr.write(t.Context(), p, plain, func() {})
			tr.wantRefusals(t)
			wantHealthy(t, p)
			endOnFullDisk(t, p)
			tr.log.verify(t)
			startOnFullDisk(t, dir)
			lift()
			p = start(t, dir)
			acknowledged, made := tr.check(t, p)
			t.Logf("%d changes acknowledged, of those refused %d made and %d not", acknowledged, made, writerCount-made)
			p.terminate(t)
			wantRows(t, dir, tr.worlds())
		})
	}
}

// wantRefusals wants every writer to have been told of an internal error, in
// the words of the service.
func (tr *trial) wantRefusals(t *testing.T) {
	t.Helper()
	for _, w := range tr.writers {
		switch code := errorCode(w.failure); code {
		case "InternalError", "ServiceFailure", "KMSInternalException": // of S3, IAM and KMS
			if w.refusal() == http.StatusInternalServerError {
				continue
			}
		}
		t.Errorf("a full disk is answered with %v", w.failure)
	}
}

// TestDiskFullOfContent lets content fill a disk. What brings none goes on, so
// that there can be deletions, and content is taken as soon as there is room
// again; all of it without a restart.
func TestDiskFullOfContent(t *testing.T) {
	for name, disk := range map[string]func(t *testing.T, dir string) (lift func()){
		"one for all":    sharedDisk,
		"one of its own": contentDisk,
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "data")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			lift := disk(t, dir)
			tr := newTrial(t, dir)
			p := start(t, dir)
			for range 2 {
				stop := watch(t, p)
				tr.write(t.Context(), p, plain, func() {})
				stop()
				tr.wantContentRefused(t)
				if _, made := tr.check(t, p); made > 0 {
					t.Errorf("%d refused changes were made", made)
				}
			}
			lift()
			tr.writeUntilTerminated(t, p, 50*writerCount)
			p = start(t, dir)
			acknowledged, _ := tr.check(t, p)
			t.Logf("%d changes acknowledged after there was room", acknowledged)
			p.terminate(t)
		})
	}
}

// wantContentRefused wants every writer to have had content refused, and nothing
// else.
func (tr *trial) wantContentRefused(t *testing.T) {
	t.Helper()
	tr.wantRefusals(t)
	for _, w := range tr.writers {
		if name := w.inFlight.name; !slices.Contains([]string{"PutObject", "CopyObject", "UploadPart"}, name) {
			t.Errorf("writer %d: %s brings no content and was refused", w.number, name)
		}
	}
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
