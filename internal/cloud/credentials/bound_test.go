package credentials_test

import (
	"encoding/base64"
	"errors"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/credentials"
)

// TestBound: no more sessions are kept open than the bounds say, and one that
// was dropped is opened again.
func TestBound(t *testing.T) {
	w := newWorld(t)
	var all []*credentials.Temporary
	for range credentials.MaxSessions + 100 {
		s := w.issue(reader(), credentials.Policies{})
		w.found(s)
		all = append(all, s)
	}
	if n, held := w.Opened(); n != credentials.MaxSessions || held > credentials.MaxHeld {
		t.Errorf("%d sessions of %d bytes are open", n, held)
	}
	for _, s := range all {
		w.found(s)
	}
	if n, _ := w.Opened(); n != credentials.MaxSessions {
		t.Errorf("%d sessions are open", n)
	}
}

// TestBoundByLength: long tokens are bounded by their length.
func TestBoundByLength(t *testing.T) {
	w := newWorld(t)
	noise := rand.NewChaCha8([32]byte{})
	for range credentials.MaxHeld/40_000 + 20 {
		text := make([]byte, 30_000) // that does not compress
		noise.Read(text)
		p := reader()
		p.Session.SourceIdentity = base64.StdEncoding.EncodeToString(text)
		w.found(w.issue(p, credentials.Policies{}))
		if _, held := w.Opened(); held > credentials.MaxHeld {
			t.Fatalf("%d bytes are held", held)
		}
	}
	if n, _ := w.Opened(); n < 100 {
		t.Errorf("%d sessions are open", n)
	}
}

// TestBoundByPolicies: a policy that repeats itself makes a short token and
// takes much memory.
func TestBoundByPolicies(t *testing.T) {
	w := newWorld(t)
	policy := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["a:*"` + strings.Repeat(`,"a:*"`, 300) + `],"Resource":"*"}}`
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	for range 3000 {
		w.found(w.issue(reader(), credentials.Policies{Inline: policy}))
	}
	if grown := int64(heap() - before); grown > 4*credentials.MaxHeld {
		t.Errorf("3000 sessions take %d MB", grown>>20)
	}
	if n, held := w.Opened(); n < 100 || held > credentials.MaxHeld {
		t.Errorf("%d sessions of %d bytes are open", n, held)
	}
}

// TestStrangersAreNotRemembered: what does not open takes no room.
func TestStrangersAreNotRemembered(t *testing.T) {
	w := newWorld(t)
	s := w.issue(reader(), credentials.Policies{})
	for _, id := range []string{"ASIAXXXXXXXXXXXXXXXX", s.AccessKeyID + "x", ""} {
		w.Find(t.Context(), id, s.SessionToken, now)
	}
	w.Find(t.Context(), s.AccessKeyID, s.SessionToken+"x", now)
	if n, _ := w.Opened(); n != 0 {
		t.Errorf("%d sessions are remembered", n)
	}
}

// TestConcurrentUse issues, finds, resets and changes policies at once, for
// the race detector. A session of before a reset is found in no way after it.
func TestConcurrentUse(t *testing.T) {
	w := newWorld(t)
	const arn = "arn:aws:iam::" + home + ":policy/p"
	shared := w.issue(reader(), credentials.Policies{ARNs: []string{arn}})
	root, key := w.root(other)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 50 {
				switch i {
				case 0:
					p := parse(t, [...]string{"all", "read"}[n%2])
					w.iam.change(func() { w.iam.managed[arn] = p })
				case 1:
					old := w.issue(session(*root), credentials.Policies{})
					w.find(old)
					if err := w.Accounts.NextEpoch(t.Context()); err != nil {
						t.Error(err)
					}
					if _, err := w.find(old); !errors.Is(err, credentials.ErrUnknown) {
						t.Errorf("a session outlives the reset: %v", err)
					}
					w.Forget()
				default:
					if c, err := w.find(shared); err == nil && len(c.Principal.Session.Policies) != 1 {
						t.Errorf("found %+v", c.Principal)
					}
					if _, err := w.Find(t.Context(), key.ID, "", now); err != nil {
						t.Error(err)
					}
					w.find(w.issue(alice(), credentials.Policies{}))
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkFindSession(b *testing.B) {
	w := newWorld(b)
	s := w.issue(reader(), credentials.Policies{Inline: documents["read"]})
	b.ReportAllocs()
	for b.Loop() {
		w.found(s)
	}
}

func BenchmarkIssue(b *testing.B) {
	w := newWorld(b)
	p := reader()
	b.ReportAllocs()
	for b.Loop() {
		w.issue(p, credentials.Policies{})
	}
}

func BenchmarkOpen(b *testing.B) {
	w := newWorld(b)
	s := w.issue(reader(), credentials.Policies{})
	b.ReportAllocs()
	for b.Loop() {
		w.Forget()
		w.found(s)
	}
}
