package sigv4

import (
	"fmt"
	"sync"
	"testing"
)

func TestKeysAreBounded(t *testing.T) {
	keys := new(Keys)
	id := func(n int) keyID { return keyID{"secret", "20260101", fmt.Sprint("region-", n), "sts"} }
	kept := id(-1)
	key := derive(kept)
	keys.add(kept, key)
	for n := range 10 * maxKeys {
		keys.add(id(n), key)
		if n%1000 == 0 && keys.find(kept) != key {
			t.Fatalf("a key in use was dropped after %d others", n)
		}
		if len(keys.recent) > maxKeys || len(keys.older) > maxKeys {
			t.Fatal("grows")
		}
	}
	if keys.find(id(0)) != nil {
		t.Error("a key that nobody used is still there")
	}
}

func TestKeysTellScopesApart(t *testing.T) {
	keys := new(Keys)
	base := keyID{"secret", "20260101", "us-east-1", "sts"}
	keys.add(base, derive(base))
	for _, other := range []keyID{
		{"secre", "20260101", "us-east-1", "sts"}, {"secret", "20260102", "us-east-1", "sts"},
		{"secret", "20260101", "us-east-2", "sts"}, {"secret", "20260101", "us-east-1", "kms"},
		{"secret", "20260101", "us-east-1s", "ts"}, {"", "", "", ""},
	} {
		if keys.find(other) != nil {
			t.Errorf("%v is taken for another", other)
		}
	}
}

func TestKeysOfSeveralGoroutines(t *testing.T) {
	keys := new(Keys)
	id := keyID{"secret", "20260101", "us-east-1", "sts"}
	want := derive(id).appendMAC(nil, []byte("data"))
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for n := range 200 {
				key := keys.find(id)
				if key == nil {
					key = derive(id)
					keys.add(id, key)
				}
				if got := key.appendMAC(nil, []byte("data")); string(got) != string(want) {
					t.Error("a key was mixed up")
				}
				other := keyID{"secret", "20260101", fmt.Sprint(n), "sts"}
				keys.add(other, derive(other))
			}
		})
	}
	wg.Wait()
}

func TestNoKeysAtAll(t *testing.T) {
	var keys *Keys
	keys.add(keyID{}, nil)
	if keys.find(keyID{}) != nil {
		t.Error("found a key")
	}
}
