package checksum_test

import (
	"testing"

	"github.com/fortlet/fortlet/internal/cloud/checksum"
)

func BenchmarkSum(b *testing.B) {
	data := random(1 << 20)
	for _, a := range checksum.Algorithms() {
		b.Run(string(a), func(b *testing.B) {
			h := checksum.New(a)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				h.Write(data)
			}
		})
	}
}

// BenchmarkCombine has the most parts that an upload may have.
func BenchmarkCombine(b *testing.B) {
	parts := repeat(checksum.Part{Sum: checksum.Sum(checksum.CRC64NVME, random(1000)), Size: 8 << 20}, 10_000)
	for b.Loop() {
		checksum.Combine(checksum.CRC64NVME, parts)
	}
}
