package encryption

import (
	"context"
	"testing"
)

// BenchmarkKeys is what each upload and download costs before its first byte.
func BenchmarkKeys(b *testing.B) {
	w := newWorld(b)
	alice := w.user(accountA, "alice", "*")
	arn := w.key(letAccount(accountA))
	once := w.call(alice)
	again := func() context.Context { return once }
	fresh := func() context.Context { return w.call(alice) } // calls remember whom they called
	for _, bm := range []struct {
		name string
		r    Request
		c    *CustomerKey
		call func() context.Context
	}{
		{"SSE-S3", Request{}, nil, again},
		{"SSE-KMS", Request{Algorithm: sseKMS, KMSKeyID: arn}, nil, fresh},
		{"DSSE-KMS", Request{Algorithm: dsse, KMSKeyID: arn}, nil, fresh},
		{"SSE-C", Request{Customer: customerKey(oneKey)}, customerKey(oneKey), again},
	} {
		s, _ := w.mustPut(alice, bucket(nil), "a/key", bm.r)
		b.Run("Open "+bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := w.keys.Open(bm.call(), bucket(nil), "a/key", s, bm.c); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("Seal "+bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				how, err := w.keys.Resolve(bucket(nil), bm.r)
				if err == nil {
					_, _, err = w.keys.Seal(bm.call(), bucket(nil), "a/key", how)
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
