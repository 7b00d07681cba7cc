package esdk_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/esdk/rawkey"
)

// Messages of 100 bytes, with a keyring for each and with shared materials.
func BenchmarkManagers(b *testing.B) {
	k, err := rawkey.NewAES("bench", "key", make([]byte, 32))
	if err != nil {
		b.Fatal(err)
	}
	caching, err := esdk.NewCachingManager(esdk.NewManager(k), esdk.NewCache(0), esdk.CachingOptions{MaxAge: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	plaintext := make([]byte, 100)
	for name, m := range map[string]esdk.Manager{"keyring": esdk.NewManager(k), "caching": caching} {
		for _, suite := range []esdk.Suite{esdk.Committed, esdk.CommittedSigned} {
			o := &esdk.EncryptOptions{Suite: suite, Context: esdk.Context{"key": "value"}}
			message, err := esdk.Seal(b.Context(), nil, m, plaintext, o)
			if err != nil {
				b.Fatal(err)
			}
			b.Run(name+"/"+suite.String()+"/seal", func(b *testing.B) {
				b.ReportAllocs()
				var buf []byte
				for b.Loop() {
					if buf, err = esdk.Seal(b.Context(), buf[:0], m, plaintext, o); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run(name+"/"+suite.String()+"/open", func(b *testing.B) {
				b.ReportAllocs()
				var buf []byte
				for b.Loop() {
					if buf, _, err = esdk.Open(b.Context(), buf[:0], m, message, nil); err != nil || !bytes.Equal(buf, plaintext) {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
