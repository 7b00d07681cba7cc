package esdk_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fortlet/fortlet/esdk"
)

// usage is what became of one data key.
type usage struct {
	made     time.Time
	messages uint64
	bytes    int64
}

// ledger is a manager that notes when it made a data key, and takes its time.
type ledger struct {
	esdk.Manager
	mu   sync.Mutex
	keys map[string]*usage
}

func (l *ledger) EncryptionMaterials(ctx context.Context, r *esdk.EncryptionRequest) (*esdk.EncryptionMaterials, error) {
	time.Sleep(rand.N(10 * time.Millisecond))
	m, err := l.Manager.EncryptionMaterials(ctx, r)
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.keys[string(m.DataKey)] = &usage{made: time.Now()}
	}
	return m, err
}

// Whatever many callers ask for at the same time, no data key is used for more
// messages, more bytes or longer than allowed, and none for two contexts.
func TestCachingManagerKeepsItsLimits(t *testing.T) {
	const seeds = 20
	made := 0
	for seed := range uint64(seeds) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 0))
			o := esdk.CachingOptions{
				MaxAge:      time.Duration(1+random.IntN(200)) * time.Millisecond,
				MaxMessages: 1 + random.Uint64N(50),
				MaxBytes:    1 + random.Int64N(1000),
			}
			l := &ledger{Manager: esdk.NewManager(newKeyring(t, "a")), keys: make(map[string]*usage)}
			m := cachingOver(t, l, esdk.NewCache(2+random.IntN(2)), o)
			contexts := make(map[string]string) // of data keys
			var wg sync.WaitGroup
			for range 8 {
				random := rand.New(rand.NewPCG(seed, random.Uint64()))
				wg.Go(func() {
					for range 100 {
						time.Sleep(time.Duration(random.Int64N(int64(10 * time.Millisecond))))
						c := fmt.Sprint(random.IntN(3))
						length := random.Int64N(o.MaxBytes/16 + 1)
						if random.IntN(20) == 0 {
							length = random.Int64N(o.MaxBytes + 10)
						}
						got, err := m.EncryptionMaterials(t.Context(), &esdk.EncryptionRequest{
							Suite: esdk.Committed, Context: esdk.Context{"c": c}, PlaintextLength: length,
						})
						if err != nil {
							t.Error(err)
							return
						}
						l.mu.Lock()
						u := l.keys[string(got.DataKey)]
						u.messages++
						u.bytes += length
						if u.messages > o.MaxMessages || u.bytes > o.MaxBytes && u.messages > 1 || time.Since(u.made) >= o.MaxAge {
							t.Errorf("seed %d, limits %+v: a data key of %v has encrypted %d messages, %d bytes",
								seed, o, time.Since(u.made), u.messages, u.bytes)
						}
						if was, ok := contexts[string(got.DataKey)]; ok && was != c || got.Context["c"] != c {
							t.Errorf("seed %d: one data key for contexts %s and %s", seed, was, c)
						}
						contexts[string(got.DataKey)] = c
						l.mu.Unlock()
					}
				})
			}
			wg.Wait()
			made += len(l.keys)
		})
	}
	// The limits are narrow, and yet most messages share.
	if messages := seeds * 800; made > messages/2 {
		t.Errorf("%d data keys for %d messages", made, messages)
	}
}
