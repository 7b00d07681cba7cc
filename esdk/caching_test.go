package esdk_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fortlet/fortlet/esdk"
)

// counting is a manager that counts its calls.
type counting struct {
	esdk.Manager
	encryptions, decryptions atomic.Int64
	lastLength               atomic.Int64 // of the last request
	gate                     func(context.Context) error
}

func (m *counting) EncryptionMaterials(ctx context.Context, r *esdk.EncryptionRequest) (*esdk.EncryptionMaterials, error) {
	m.encryptions.Add(1)
	m.lastLength.Store(r.PlaintextLength)
	if err := m.wait(ctx); err != nil {
		return nil, err
	}
	return m.Manager.EncryptionMaterials(ctx, r)
}

func (m *counting) DecryptionMaterials(ctx context.Context, r *esdk.DecryptionRequest) (*esdk.DecryptionMaterials, error) {
	m.decryptions.Add(1)
	if err := m.wait(ctx); err != nil {
		return nil, err
	}
	return m.Manager.DecryptionMaterials(ctx, r)
}

func (m *counting) wait(ctx context.Context) error {
	if m.gate == nil {
		return nil
	}
	return m.gate(ctx)
}

func (m *counting) expect(t *testing.T, encryptions, decryptions int64) {
	t.Helper()
	if e, d := m.encryptions.Load(), m.decryptions.Load(); e != encryptions || d != decryptions {
		t.Errorf("%d calls for encryption, %d for decryption; want %d, %d", e, d, encryptions, decryptions)
	}
}

// newCaching makes a caching manager over a counting one.
func newCaching(t *testing.T, o esdk.CachingOptions) (esdk.Manager, *counting) {
	t.Helper()
	c := &counting{Manager: esdk.NewManager(newKeyring(t, "a"))}
	return cachingOver(t, c, esdk.NewCache(0), o), c
}

func cachingOver(t *testing.T, m esdk.Manager, cache *esdk.Cache, o esdk.CachingOptions) esdk.Manager {
	t.Helper()
	if o.MaxAge == 0 {
		o.MaxAge = time.Hour
	}
	caching, err := esdk.NewCachingManager(m, cache, o)
	if err != nil {
		t.Fatal(err)
	}
	return caching
}

func encryptionMaterials(t *testing.T, m esdk.Manager, length int64, c esdk.Context) *esdk.EncryptionMaterials {
	t.Helper()
	got, err := m.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{Suite: esdk.Committed, Context: c, PlaintextLength: length})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCachingManagerSharesMaterials(t *testing.T) {
	for _, suite := range []esdk.Suite{esdk.Committed, esdk.CommittedSigned} {
		m, calls := newCaching(t, esdk.CachingOptions{})
		var messages [][]byte
		for i := range 5 {
			message, err := esdk.Seal(t.Context(), nil, m, fmt.Append(nil, i), &esdk.EncryptOptions{Suite: suite, Context: esdk.Context{"a": "b"}})
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, message)
		}
		for range 2 {
			for i, message := range messages {
				got, h, err := esdk.Open(t.Context(), nil, m, message, nil)
				if err != nil || string(got) != fmt.Sprint(i) {
					t.Fatalf("opened %q, %v; want %d", got, err, i)
				}
				clear(h.Context) // the caller's to change
			}
		}
		calls.expect(t, 1, 1)
	}
}

func TestCachingManagerKeepsApart(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{})
	var n int64
	for _, c := range []esdk.Context{nil, {"a": "b"}, {"a": "c"}, {"ab": ""}, {"a": "b", "c": "d"}} {
		for _, suite := range []esdk.Suite{esdk.Committed, esdk.CommittedSigned} {
			n++
			for range 2 {
				message, err := esdk.Seal(t.Context(), nil, m, nil, &esdk.EncryptOptions{Suite: suite, Context: c})
				if err != nil {
					t.Fatal(err)
				}
				if _, _, err := esdk.Open(t.Context(), nil, m, message, &esdk.DecryptOptions{Context: c}); err != nil {
					t.Fatal(err)
				}
				calls.expect(t, n, n)
			}
		}
	}
}

// Suites without derivation would encrypt two messages with one key and colliding
// nonces; see framework/caching-cmm.md, "Get Encryption Materials".
func TestCachingManagerBypasses(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{MaxBytes: 10})
	for _, r := range []*esdk.EncryptionRequest{
		{Suite: esdk.AES256, PlaintextLength: 1},
		{Suite: esdk.Committed, PlaintextLength: -1},
		{Suite: esdk.Committed, PlaintextLength: 11},
	} {
		before := calls.encryptions.Load()
		var keys [2][]byte
		for i := range keys {
			got, err := m.EncryptionMaterials(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			keys[i] = got.DataKey
			if calls.lastLength.Load() != r.PlaintextLength {
				t.Errorf("asked for %d bytes, want %d", calls.lastLength.Load(), r.PlaintextLength)
			}
		}
		if calls.encryptions.Load() != before+2 || bytes.Equal(keys[0], keys[1]) {
			t.Errorf("materials of %+v were shared", r)
		}
	}
	e, err := m.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{Suite: esdk.AES128, PlaintextLength: 1})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := m.DecryptionMaterials(t.Context(), &esdk.DecryptionRequest{Suite: esdk.AES128, EncryptedDataKeys: e.EncryptedDataKeys}); err != nil {
			t.Fatal(err)
		}
	}
	if n := calls.decryptions.Load(); n != 2 {
		t.Errorf("%d calls for decryption, want 2", n)
	}
}

func TestCachingManagerLimitsMessages(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{MaxMessages: 3})
	for i := range int64(9) {
		encryptionMaterials(t, m, 1, nil)
		calls.expect(t, i/3+1, 0)
	}
}

func TestCachingManagerLimitsBytes(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{MaxBytes: 10})
	for i, c := range []struct{ length, calls int64 }{
		{10, 1}, {0, 1}, // nothing is still within the limit
		{1, 2}, {4, 2}, {5, 2}, {1, 3}, {10, 4}, {11, 5}, {math.MaxInt64, 6}, {0, 6},
	} {
		encryptionMaterials(t, m, c.length, nil)
		if calls.encryptions.Load() != c.calls {
			t.Errorf("%d: %d bytes: %d calls, want %d", i, c.length, calls.encryptions.Load(), c.calls)
		}
	}
	// What a data key may come to encrypt is what the manager beneath is asked for.
	encryptionMaterials(t, m, 3, esdk.Context{"a": "b"})
	if got := calls.lastLength.Load(); got != 10 {
		t.Errorf("asked for %d bytes, want 10", got)
	}
}

func TestCachingManagerLimitsAge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cache := esdk.NewCache(0)
		calls := &counting{Manager: esdk.NewManager(newKeyring(t, "a"))}
		m := cachingOver(t, calls, cache, esdk.CachingOptions{MaxAge: time.Minute, Partition: "p"})
		younger := cachingOver(t, calls, cache, esdk.CachingOptions{MaxAge: time.Second, Partition: "p"})
		e := encryptionMaterials(t, m, 1, nil)
		decrypt := func(m esdk.Manager) {
			t.Helper()
			if _, err := m.DecryptionMaterials(t.Context(), &esdk.DecryptionRequest{Suite: e.Suite, EncryptedDataKeys: e.EncryptedDataKeys}); err != nil {
				t.Fatal(err)
			}
		}
		decrypt(m)
		time.Sleep(time.Minute - time.Nanosecond)
		encryptionMaterials(t, m, 1, nil)
		decrypt(m)
		calls.expect(t, 1, 1)
		if cache.Len() != 2 {
			t.Errorf("%d entries, want 2", cache.Len())
		}
		// Its use has not made it younger, and nobody need ask for it to go.
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		if cache.Len() != 0 {
			t.Errorf("%d entries are kept beyond their age", cache.Len())
		}
		encryptionMaterials(t, m, 1, nil)
		decrypt(m)
		calls.expect(t, 2, 2)
		// A limit holds for entries that another manager stored for longer.
		time.Sleep(time.Second)
		encryptionMaterials(t, younger, 1, nil)
		decrypt(younger)
		calls.expect(t, 3, 3)
	})
}

func TestCachingManagerPartitions(t *testing.T) {
	calls := &counting{Manager: esdk.NewManager(newKeyring(t, "a"))}
	cache := esdk.NewCache(0)
	for i, c := range []struct {
		partition string
		calls     int64
	}{{"", 1}, {"", 2}, {"a", 3}, {"a", 3}, {"b", 4}} {
		encryptionMaterials(t, cachingOver(t, calls, cache, esdk.CachingOptions{Partition: c.partition}), 1, nil)
		if got := calls.encryptions.Load(); got != c.calls {
			t.Errorf("%d: partition %q: %d calls, want %d", i, c.partition, got, c.calls)
		}
	}
}

func TestCacheDropsTheLeastRecentlyUsed(t *testing.T) {
	cache := esdk.NewCache(2)
	calls := &counting{Manager: esdk.NewManager(newKeyring(t, "a"))}
	m := cachingOver(t, calls, cache, esdk.CachingOptions{})
	for i, c := range []struct {
		context string
		calls   int64
	}{{"a", 1}, {"b", 2}, {"a", 2}, {"c", 3}, {"a", 3}, {"b", 4}, {"a", 4}, {"c", 5}} {
		encryptionMaterials(t, m, 1, esdk.Context{c.context: ""})
		if got := calls.encryptions.Load(); got != c.calls {
			t.Errorf("%d: %s: %d calls, want %d", i, c.context, got, c.calls)
		}
	}
	if cache.Len() != 2 {
		t.Errorf("%d entries, want 2", cache.Len())
	}
	cache.Clear()
	if cache.Len() != 0 {
		t.Errorf("%d entries after Clear", cache.Len())
	}
	encryptionMaterials(t, m, 1, esdk.Context{"a": ""})
	calls.expect(t, 6, 0)
}

// Changing materials that were given out changes none that are.
func TestCachingManagerGivesCopies(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{})
	c := esdk.Context{"a": "b"}
	var key []byte
	for range 3 {
		e := encryptionMaterials(t, m, 1, c)
		if key != nil && !bytes.Equal(key, e.DataKey) {
			t.Fatalf("data key %x, want %x", e.DataKey, key)
		}
		key = bytes.Clone(e.DataKey)
		keys := bytes.Clone(e.EncryptedDataKeys[0].Ciphertext)
		d, err := m.DecryptionMaterials(t.Context(), &esdk.DecryptionRequest{Suite: e.Suite, Context: c, EncryptedDataKeys: e.EncryptedDataKeys})
		if err != nil || !bytes.Equal(d.DataKey, key) || d.Context["a"] != "b" || !bytes.Equal(keys, e.EncryptedDataKeys[0].Ciphertext) {
			t.Fatalf("materials %+v, %v", d, err)
		}
		clear(e.DataKey)
		clear(e.Context)
		clear(e.EncryptedDataKeys)
		clear(d.DataKey)
		clear(d.Context)
		e.RequiredContext = []string{"a"}
	}
	calls.expect(t, 1, 1)
}

// What was opened for one expected context is not taken for another.
func TestCachingManagerChecksExpectedContext(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{})
	c := esdk.Context{"tenant": "blue"}
	message, err := esdk.Seal(t.Context(), nil, esdk.NewRequiredContext(m, "tenant"), []byte("hello"), &esdk.EncryptOptions{Context: c})
	if err != nil {
		t.Fatal(err)
	}
	open := func(c esdk.Context) error {
		_, _, err := esdk.Open(t.Context(), nil, m, message, &esdk.DecryptOptions{Context: c})
		return err
	}
	for range 2 {
		if err := open(c); err != nil {
			t.Fatal(err)
		}
		calls.expect(t, 1, 1)
	}
	for i, wrong := range []esdk.Context{nil, {"tenant": "red"}, {"tenant": "blue", "x": "y"}} {
		if err := open(wrong); err == nil {
			t.Errorf("opened with %v", wrong)
		}
		calls.expect(t, 1, int64(i)+2)
	}
}

// The other way round, the required pairs are asked for on every message too.
func TestCachingManagerOverRequiredContext(t *testing.T) {
	calls := &counting{Manager: esdk.NewManager(newKeyring(t, "a"))}
	m := cachingOver(t, esdk.NewRequiredContext(calls, "tenant"), esdk.NewCache(0), esdk.CachingOptions{})
	c := esdk.Context{"tenant": "blue"}
	for range 2 {
		message, err := esdk.Seal(t.Context(), nil, m, []byte("hello"), &esdk.EncryptOptions{Context: c})
		if err != nil || bytes.Contains(message, []byte("blue")) {
			t.Fatalf("message %q, %v", message, err)
		}
		if _, _, err := esdk.Open(t.Context(), nil, m, message, &esdk.DecryptOptions{Context: c}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := esdk.Open(t.Context(), nil, m, message, nil); !errors.Is(err, esdk.ErrContext) {
			t.Errorf("opened without the pair: %v", err)
		}
		if _, err := esdk.Seal(t.Context(), nil, m, nil, nil); !errors.Is(err, esdk.ErrContext) {
			t.Errorf("sealed without the pair: %v", err)
		}
	}
	calls.expect(t, 1, 1)
}

// Errors are not kept.
func TestCachingManagerForgetsErrors(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{})
	broken := errors.New("broken")
	calls.gate = func(context.Context) error { return broken }
	if _, err := m.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{Suite: esdk.Committed}); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	if _, err := m.DecryptionMaterials(t.Context(), &esdk.DecryptionRequest{Suite: esdk.Committed}); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	calls.gate = nil
	encryptionMaterials(t, m, 1, nil)
	calls.expect(t, 2, 1)
}

// A context that no message can have is refused before anybody is asked.
func TestCachingManagerRefusesLargeContexts(t *testing.T) {
	m, calls := newCaching(t, esdk.CachingOptions{})
	large := esdk.Context{"a": string(make([]byte, 1<<16))}
	if _, err := m.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{Suite: esdk.Committed, Context: large}); !errors.Is(err, esdk.ErrContext) {
		t.Error(err)
	}
	for _, r := range []*esdk.DecryptionRequest{{Suite: esdk.Committed, Context: large}, {Suite: esdk.Committed, Expected: large}} {
		if _, err := m.DecryptionMaterials(t.Context(), r); !errors.Is(err, esdk.ErrContext) {
			t.Error(err)
		}
	}
	calls.expect(t, 0, 0)
}

func TestCachingManagerAsksOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, calls := newCaching(t, esdk.CachingOptions{MaxMessages: 40})
		calls.gate = func(context.Context) error { time.Sleep(time.Second); return nil }
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() { encryptionMaterials(t, m, 1, nil) })
		}
		wg.Wait()
		calls.expect(t, 3, 0) // of 40, 40 and 20 messages
		e := encryptionMaterials(t, m, 1, nil)
		for range 100 {
			wg.Go(func() {
				if _, err := m.DecryptionMaterials(t.Context(), &esdk.DecryptionRequest{Suite: e.Suite, EncryptedDataKeys: e.EncryptedDataKeys}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		calls.expect(t, 3, 1)
	})
}

// Everyone who waits gets the error of the call; but if the caller who made it
// has gone away, the next one calls.
func TestCachingManagerSharesErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, calls := newCaching(t, esdk.CachingOptions{})
		broken := errors.New("broken")
		calls.gate = func(context.Context) error { time.Sleep(time.Second); return broken }
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := m.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{Suite: esdk.Committed}); !errors.Is(err, broken) {
					t.Errorf("error %v, want %v", err, broken)
				}
			})
		}
		wg.Wait()
		calls.expect(t, 1, 0)

		calls.gate = func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Minute):
				return nil
			}
		}
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		wg.Go(func() {
			if _, err := m.EncryptionMaterials(impatient, &esdk.EncryptionRequest{Suite: esdk.Committed}); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v, want a deadline exceeded", err)
			}
		})
		synctest.Wait()
		for range 10 {
			wg.Go(func() { encryptionMaterials(t, m, 1, nil) })
		}
		wg.Wait()
		calls.expect(t, 3, 0)
	})
}

// Who waits for another's call can stop waiting.
func TestCachingManagerStopsWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, calls := newCaching(t, esdk.CachingOptions{})
		calls.gate = func(context.Context) error { time.Sleep(time.Minute); return nil }
		var wg sync.WaitGroup
		wg.Go(func() { encryptionMaterials(t, m, 1, nil) })
		synctest.Wait()
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		if _, err := m.EncryptionMaterials(impatient, &esdk.EncryptionRequest{Suite: esdk.Committed}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want a deadline exceeded", err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("waited for %v, want 1s", waited)
		}
		wg.Wait()
		calls.expect(t, 1, 0)
	})
}

// A panic in the manager beneath leaves nobody waiting.
func TestCachingManagerSurvivesPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, calls := newCaching(t, esdk.CachingOptions{})
		calls.gate = func(context.Context) error {
			time.Sleep(time.Second)
			if calls.encryptions.Load() == 1 {
				panic("a bug")
			}
			return nil
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			defer func() { recover() }()
			encryptionMaterials(t, m, 1, nil)
			t.Error("no panic")
		})
		synctest.Wait()
		wg.Go(func() { encryptionMaterials(t, m, 1, nil) })
		wg.Wait()
		calls.expect(t, 2, 0)
	})
}

func TestNewCachingManagerRefuses(t *testing.T) {
	m, c := esdk.NewManager(newKeyring(t, "a")), esdk.NewCache(1)
	for name, try := range map[string]func() (esdk.Manager, error){
		"no manager":   func() (esdk.Manager, error) { return esdk.NewCachingManager(nil, c, esdk.CachingOptions{MaxAge: 1}) },
		"no cache":     func() (esdk.Manager, error) { return esdk.NewCachingManager(m, nil, esdk.CachingOptions{MaxAge: 1}) },
		"no age":       func() (esdk.Manager, error) { return esdk.NewCachingManager(m, c, esdk.CachingOptions{}) },
		"negative age": func() (esdk.Manager, error) { return esdk.NewCachingManager(m, c, esdk.CachingOptions{MaxAge: -1}) },
		"too many": func() (esdk.Manager, error) {
			return esdk.NewCachingManager(m, c, esdk.CachingOptions{MaxAge: 1, MaxMessages: 1<<32 + 1})
		},
		"negative bytes": func() (esdk.Manager, error) {
			return esdk.NewCachingManager(m, c, esdk.CachingOptions{MaxAge: 1, MaxBytes: -1})
		},
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
