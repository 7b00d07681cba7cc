package audit

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// started opens a log and forgets the syncs that this took.
func started(t *testing.T) (*Log, *faultFS) {
	t.Helper()
	fsys := newFaultFS()
	l := openLog(t, t.TempDir(), Options{fs: fsys, Now: time.Now})
	fsys.mu.Lock()
	fsys.syncs = 0
	fsys.mu.Unlock()
	return l, fsys
}

func TestSyncIsSharedByThoseWhoWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, fsys := started(t)
		proceed := make(chan struct{})
		fsys.onSync = func() { <-proceed }
		appendAll(t, l, 1, 1)
		results := make(chan error, 51)
		go func() { results <- l.Sync(t.Context()) }()
		synctest.Wait() // the first sync runs
		for range 50 {
			appendAll(t, l, 2, 2)
			go func() { results <- l.Sync(t.Context()) }()
		}
		synctest.Wait()
		if len(results) != 0 {
			t.Fatal("a Sync returned before the disk did")
		}
		close(proceed)
		for range 51 {
			if err := <-results; err != nil {
				t.Error(err)
			}
		}
		if got := fsys.syncCount(); got != 2 {
			t.Errorf("%d syncs for one and 50 callers, want 2", got)
		}
	})
}

func TestSyncWithNothingNewDoesNotTouchTheDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, fsys := started(t)
		appendAll(t, l, 1, 1)
		for range 3 {
			if err := l.Sync(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := fsys.syncCount(); got != 1 {
			t.Errorf("%d syncs, want 1", got)
		}
	})
}

func TestSyncEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, fsys := started(t)
		proceed := make(chan struct{})
		fsys.onSync = func() { <-proceed }
		appendAll(t, l, 1, 1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Sync(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Sync: %v", err)
		}
		close(proceed)
		synctest.Wait()
		if l.synced != 1 {
			t.Error("the disk's work was lost with the waiting")
		}
	})
}

func TestTheBackgroundSyncsOnceASecondWhileThereIsSomething(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, fsys := started(t)
		for n := range 50 { // five seconds of writing
			appendAll(t, l, n, n)
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := fsys.syncCount(); got < 5 || got > 6 {
			t.Errorf("%d syncs in five seconds of writing", got)
		}
		if l.synced != 50 {
			t.Errorf("synced up to %d", l.synced)
		}
		before := fsys.syncCount()
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := fsys.syncCount(); got != before || l.armed {
			t.Error("an idle log does not rest")
		}
	})
}

func TestAFailedBackgroundSyncIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, fsys := started(t)
		appendAll(t, l, 1, 1)
		fsys.set("sync", errInjected)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if err := l.Append(numbered(2)); !errors.Is(err, errInjected) {
			t.Errorf("Append: %v", err)
		}
	})
}

func TestRotationAndSyncTakeTurns(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir, Options{MaxFile: 2000})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 200 {
			if err := l.Sync(t.Context()); err != nil {
				t.Error(err)
			}
		}
	}()
	appendAll(t, l, 1, 100)
	<-done
	verified(t, dir, l.Head())
}

func TestAFailedSyncBeforeANewFileEndsTheLog(t *testing.T) {
	l, fsys := started(t)
	appendAll(t, l, 1, 1)
	fsys.set("sync", errInjected)
	if err := l.Reset(numbered(2)); !errors.Is(err, errInjected) {
		t.Fatal(err)
	}
	fsys.set("sync", nil)
	if err := l.Append(numbered(3)); !errors.Is(err, errInjected) {
		t.Errorf("Append: %v", err)
	}
}
