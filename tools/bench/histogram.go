package main

import (
	"math/bits"
	"time"
)

// subBits sets the resolution of a histogram: each power of two is cut into
// 2^subBits buckets, so a value is known to better than one in 2^subBits.
const subBits = 7

const (
	subBuckets = 1 << subBits
	// maxBits bounds what is told apart. Whatever took longer than 2^36 ns,
	// over a minute, counts as that long.
	maxBits = 36
	buckets = (maxBits - subBits + 1) * subBuckets
)

// histogram counts durations in fixed buckets whose width grows with the
// value, as HDR histograms do: adding one costs a few instructions and no
// memory, which matters when it happens between two requests.
type histogram struct {
	counts [buckets]uint32
	total  int
}

// bucketOf is the bucket of a number of nanoseconds. Below 2*subBuckets each
// number has its own; above, the leading subBits+1 bits choose.
func bucketOf(ns int64) int {
	v := uint64(max(ns, 0))
	v = min(v, 1<<maxBits-1)
	shift := max(bits.Len64(v)-subBits-1, 0)
	return shift<<subBits + int(v>>shift)
}

// upperBound is the largest number of nanoseconds in a bucket.
func upperBound(bucket int) int64 {
	shift := max(bucket>>subBits-1, 0)
	return int64(bucket-shift<<subBits+1)<<shift - 1
}

func (h *histogram) add(d time.Duration) {
	h.counts[bucketOf(int64(d))]++
	h.total++
}

func (h *histogram) merge(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.total += other.total
}

// quantile is a duration that a share q of all is not longer than; zero when
// nothing was counted.
func (h *histogram) quantile(q float64) time.Duration {
	rank := max(int(q*float64(h.total)+0.5), 1)
	seen := 0
	for i, n := range h.counts {
		if seen += int(n); seen >= rank {
			return time.Duration(upperBound(i))
		}
	}
	return 0
}
