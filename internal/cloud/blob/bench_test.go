package blob

import (
	"bytes"
	"fmt"
	"io"
	"sync/atomic"
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/store"
)

// sizes and callers of the benchmarks: the objects that "make bench" puts and
// gets, and those around the largest inline content.
var (
	benchSizes   = []int{1 << 10, 16 << 10, 32 << 10, 64 << 10, 256 << 10, 8 << 20}
	benchCallers = []int{1, 16, 64}
)

// BenchmarkPut writes blobs and keeps each with a row of its own, durably.
func BenchmarkPut(b *testing.B) {
	for _, size := range benchSizes {
		content := random(size)
		for _, callers := range benchCallers {
			b.Run(fmt.Sprintf("%dKiB/%d", size>>10, callers), func(b *testing.B) {
				s := newDiskWorld(b)
				key := randomKey()
				var n atomic.Int64
				each(b, size, callers, func() error {
					w := s.Create(key)
					defer w.Abort()
					if _, err := w.ReadFrom(bytes.NewReader(content)); err != nil {
						return err
					}
					blob, err := w.Commit()
					if err != nil {
						return err
					}
					return s.db.Update(b.Context(), func(tx *store.Tx) error {
						s.Keep(tx, blob)
						owners.Put(tx, fmt.Sprintf("%09d", n.Add(1)), &owner{blob})
						return nil
					})
				})
			})
		}
	}
}

// BenchmarkGet reads whole blobs.
func BenchmarkGet(b *testing.B) {
	for _, size := range benchSizes {
		content := random(size)
		for _, callers := range benchCallers {
			b.Run(fmt.Sprintf("%dKiB/%d", size>>10, callers), func(b *testing.B) {
				s := newDiskWorld(b)
				key := randomKey()
				var blobs []Blob
				for range max(1, min(1000, 32<<20/size)) {
					blobs = append(blobs, s.keep(content, key))
				}
				var n atomic.Int64
				each(b, size, callers, func() error {
					r, err := s.Read(b.Context(), blobs[int(n.Add(1))%len(blobs)], 0, int64(size), key)
					if err != nil {
						return err
					}
					defer r.Close()
					_, err = r.(io.WriterTo).WriteTo(io.Discard)
					return err
				})
			})
		}
	}
}

// each has callers call fn in turn.
func each(b *testing.B, size, callers int, fn func() error) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	b.SetParallelism(max(1, callers/2)) // times the processors, of which there are 2
	if callers == 1 {
		for b.Loop() {
			if err := fn(); err != nil {
				b.Fatal(err)
			}
		}
		return
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := fn(); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
