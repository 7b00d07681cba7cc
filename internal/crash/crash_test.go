package crash

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
)

// TestCrashUnderWrites kills fortlet up at random moments while all writers are
// at work, and now and then once more while it starts again.
func TestCrashUnderWrites(t *testing.T) {
	tr := newTrial(t, t.TempDir())
	for round := range *rounds {
		rnd := random(1<<8 | uint64(round))
		if round%2 == 0 {
			killAmidWrites(t, tr, rnd, choices, 800)
		} else {
			killAmidWrites(t, tr, rnd, contentChoices, 200)
		}
		there := len(files(t, tr.dir))
		for rnd.IntN(3) == 0 {
			killAmidStart(t, tr.dir, rnd)
		}
		p := start(t, tr.dir)
		acknowledged, made := tr.check(t, p)
		t.Logf("round %d: %d changes acknowledged, of those in flight %d made and %d not; of %d files %d were left behind",
			round+1, acknowledged, made, writerCount-made, there, there-len(files(t, tr.dir)))
		p.kill(t) // a crash of an idle cloud
		wantRows(t, tr.dir, tr.worlds())
		if t.Failed() {
			t.Fatalf("repeat with -crash.seed=%d", *seed)
		}
	}
}

// killAmidWrites kills the process a random moment after a random number of
// acknowledged changes.
func killAmidWrites(t *testing.T, tr *trial, rnd *rand.Rand, choices []func(*writer) *operation, atMost int) {
	t.Helper()
	for _, w := range tr.writers {
		w.choices = choices
	}
	p := start(t, tr.dir)
	changes := int64(1 + rnd.IntN(atMost))
	// Who was answered together begins the next change together, so the moment
	// has to be anywhere in the time that one takes.
	moment := time.Duration(rnd.IntN(30_000)) * time.Microsecond
	t.Logf("killing after %d changes and %v", changes, moment)
	var count atomic.Int64
	stop := watch(t, p)
	tr.write(t.Context(), p, plain, func() {
		if count.Add(1) == changes {
			time.AfterFunc(moment, func() { p.cmd.Process.Kill() })
		}
	})
	p.kill(t)
	stop()
	tr.wantNoAnswer(t)
}

// killAmidStart kills the process a random moment after it was started, ready
// or not.
func killAmidStart(t *testing.T, dir string, rnd *rand.Rand) {
	t.Helper()
	p := launch(t, dir)
	time.Sleep(time.Duration(rnd.IntN(40_000)) * time.Microsecond) // the random moment
	p.kill(t)
}

// TestCrashAtFirstStart kills fortlet up while it makes its data folder. What
// it leaves must never be in the way of the next start.
func TestCrashAtFirstStart(t *testing.T) {
	for round := range 4 * *rounds {
		rnd := random(2<<8 | uint64(round))
		dir := t.TempDir()
		for range 1 + rnd.IntN(3) {
			killAmidStart(t, dir, rnd)
		}
		newTrial(t, dir)
		if t.Failed() {
			t.Fatalf("repeat with -crash.seed=%d", *seed)
		}
	}
}
