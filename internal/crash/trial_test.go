package crash

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

const writerCount = 8

// trial is a data folder and all who write to it, over many starts.
type trial struct {
	dir     string
	writers []*writer
	log     *auditLog
	round   int
}

// newTrial makes a folder and, in a first run that ends well, what the writers
// share.
func newTrial(t *testing.T, dir string) *trial {
	t.Helper()
	tr := &trial{dir: dir, log: newAuditLog(dir)}
	for i := range writerCount {
		tr.writers = append(tr.writers, newWriter(i))
	}
	p := start(t, dir)
	c := newClients(p.endpoint, "set-up", newTransport())
	for _, name := range groupNames {
		if _, err := c.iam.CreateGroup(t.Context(), &iam.CreateGroupInput{GroupName: &name}); err != nil {
			t.Fatal(err)
		}
	}
	p.terminate(t)
	tr.log.verify(t)
	tr.log.changes(t)
	return tr
}

// write lets all writers work on a running cloud until each has met a change
// that is not acknowledged. After each acknowledged one, done is called, by
// several writers at once. transport gives a writer its own connections.
func (tr *trial) write(ctx context.Context, p *process, transport func(*writer) http.RoundTripper, done func()) {
	tr.round++
	var all sync.WaitGroup
	for i, w := range tr.writers {
		w.rnd = random(uint64(tr.round), uint64(i))
		w.keys += keysPerRound
		w.failure = nil
		w.clients = newClients(p.endpoint, app(i), transport(w))
		all.Go(func() { w.run(ctx, done) })
	}
	all.Wait()
}

// check compares a running cloud with what the writers know, which is then the
// base of the next round. It gives how many changes were
// acknowledged, and how many more were made.
func (tr *trial) check(t *testing.T, p *process) (acknowledged, made int) {
	t.Helper()
	c := newClients(p.endpoint, "reader", newTransport())
	worlds := readBack(t, c, len(tr.writers))
	applied := make(map[*writer]bool)
	for i, w := range tr.writers {
		acknowledged += len(w.acknowledged)
		if applied[w] = w.settle(t, worlds[i]); applied[w] {
			made++
		}
		for key, ciphertext := range w.sealed {
			checkSealed(t, c, key, ciphertext)
		}
	}
	tr.log.check(t, tr.writers, applied)
	wantFiles(t, tr.dir, tr.worlds())
	for _, w := range tr.writers {
		w.inFlight = nil
		clear(w.acknowledged)
	}
	return acknowledged, made
}

// worlds gives what has to be there.
func (tr *trial) worlds() (all []*world) {
	for _, w := range tr.writers {
		all = append(all, w.world)
	}
	return all
}

// settle compares what is there with what has to be, and tells whether the
// change in flight was made, which is then part of the world.
func (w *writer) settle(t *testing.T, there *world) (applied bool) {
	t.Helper()
	have, before := there.String(), w.world.String()
	if have == before {
		return false
	}
	if w.inFlight == nil {
		t.Errorf("writer %d: there is\n%s\nand was acknowledged\n%s", w.number, have, before)
		return false
	}
	next := w.world.with(w.inFlight, "").named(there)
	after := next.String()
	if have == after {
		w.world = next
		return true
	}
	t.Errorf("writer %d: there is\n%s\nand was acknowledged\n%s\nwhich %s in flight would have made\n%s", w.number, have, before, w.inFlight.name, after)
	return false
}

// plain connects a writer as usual.
func plain(*writer) http.RoundTripper { return newTransport() }

// wantNoAnswer wants every writer to have ended for want of an answer.
func (tr *trial) wantNoAnswer(t *testing.T) {
	t.Helper()
	for _, w := range tr.writers {
		if w.refusal() != 0 {
			t.Error(w.failure)
		}
	}
}
