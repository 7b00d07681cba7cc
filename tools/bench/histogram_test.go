package main

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestBucketsCoverEverything: buckets follow each other without gap or
// overlap, and none is wider than the resolution promises.
func TestBucketsCoverEverything(t *testing.T) {
	low := int64(0)
	for b := range buckets {
		high := upperBound(b)
		if bucketOf(low) != b || bucketOf(high) != b {
			t.Fatalf("bucket %d [%d, %d]: its ends are in buckets %d and %d", b, low, high, bucketOf(low), bucketOf(high))
		}
		if width := high - low + 1; width > 1 && width*subBuckets > low {
			t.Fatalf("bucket %d [%d, %d] is wider than one in %d", b, low, high, subBuckets)
		}
		low = high + 1
	}
	if low != 1<<maxBits {
		t.Errorf("buckets end at %d, want %d", low, int64(1)<<maxBits)
	}
}

func TestBucketOfExtremes(t *testing.T) {
	for ns, want := range map[int64]int{-1: 0, 0: 0, 1 << 62: buckets - 1} {
		if got := bucketOf(ns); got != want {
			t.Errorf("bucketOf(%d) = %d, want %d", ns, got, want)
		}
	}
}

// TestQuantiles compares with the exact answer from the sorted values.
func TestQuantiles(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var whole histogram
	var values []time.Duration
	for range 4 {
		var part histogram
		for range 25_000 {
			d := time.Duration(rng.ExpFloat64() * float64(300*time.Microsecond))
			part.add(d)
			values = append(values, d)
		}
		whole.merge(&part)
	}
	slices.Sort(values)
	for _, q := range []float64{0, 0.001, 0.5, 0.9, 0.99, 0.999, 1} {
		exact := values[max(int(q*float64(len(values))+0.5), 1)-1]
		got := whole.quantile(q)
		if got < exact || float64(got) > float64(exact)*(1+1.0/subBuckets)+1 {
			t.Errorf("quantile(%v) = %v, exactly %v", q, got, exact)
		}
	}
}

func TestEmptyHistogram(t *testing.T) {
	if got := new(histogram).quantile(0.5); got != 0 {
		t.Errorf("quantile of nothing = %v", got)
	}
}
