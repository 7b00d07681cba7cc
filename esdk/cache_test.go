package esdk

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
)

// However an entry goes, its data key is overwritten.
func TestCacheClearsDataKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := NewCache(2)
		put := func(id byte, age time.Duration) []byte {
			key := []byte("data key")
			e := &cacheEntry{id: cacheID{id}, encryption: &EncryptionMaterials{DataKey: key}}
			if id%2 == 1 {
				e = &cacheEntry{id: cacheID{id}, decryption: &DecryptionMaterials{DataKey: key}}
			}
			c.put(e, age)
			return key
		}
		gone := func(what string, key []byte, entries int) {
			t.Helper()
			if !bytes.Equal(key, make([]byte, len(key))) || c.Len() != entries {
				t.Errorf("%s: data key %q, %d entries", what, key, c.Len())
			}
		}
		first, second := put(1, time.Hour), put(2, time.Hour)
		third := put(3, time.Hour)
		gone("displaced", first, 2)
		fourth := put(3, time.Minute)
		gone("replaced", third, 2)
		time.Sleep(time.Minute)
		synctest.Wait()
		gone("expired", fourth, 1)
		fifth := put(5, time.Hour)
		c.Clear()
		gone("cleared", second, 0)
		gone("cleared", fifth, 0)
		if len(c.entries) != c.recent.Len() {
			t.Errorf("%d entries, %d in the list", len(c.entries), c.recent.Len())
		}
	})
}
