package main

import (
	"fmt"
	"math"

	"github.com/fortlet/fortlet/esdk"
)

// frameCases are frame lengths and plaintext lengths around them.
func frameCases(r *rings) []testCase {
	var all []testCase
	add := func(row string, frame uint32, lengths ...int) {
		for _, s := range someSuites {
			for _, n := range lengths {
				c := newCase(row, fmt.Sprintf("%d bytes in frames of %d", n, frame), r.aes[256], s, pattern(n))
				all = append(all, c.withFrame(frame))
			}
		}
	}
	around := func(frame int) []int {
		return []int{0, 1, frame - 1, frame, frame + 1, 2 * frame, 3*frame + frame/2}
	}
	add("frames of 1 byte", 1, 0, 1, 2, 300)
	for _, frame := range []int{2, 15, 16, 17, 255, 256} {
		add("frames of 2 to 256 bytes", uint32(frame), around(frame)...)
	}
	for _, frame := range []int{4095, 4096, 4097, 65_536} {
		add("frames of 4 KiB to 64 KiB", uint32(frame), around(frame)...)
	}
	add("frames of 1 MiB", 1<<20, 1<<20-1, 1<<20, 1<<20+1)
	add("frames of 2 GiB - 128", math.MaxInt32-127, 0, 1, 70_000)
	add("frames of 4 GiB - 1", math.MaxUint32, 0, 1, 70_000)
	add("the writer's own frame length", 0, 0, 1, 10_000)
	return concat(all, unframedCases(r), kmsFrameCases(r))
}

// kmsFrameCases are a few for those who know keys in KMS only.
func kmsFrameCases(r *rings) []testCase {
	var all []testCase
	for _, s := range someSuites {
		for _, frame := range []uint32{128, 4096, 65_536} {
			for _, n := range []int{0, 1, int(frame), 3*int(frame) + 5} {
				c := newCase("frames under KMS", fmt.Sprintf("%d bytes in frames of %d", n, frame), r.strict, s, pattern(n))
				all = append(all, c.withFrame(frame))
			}
		}
		c := newCase("not framed, under KMS", "5000 bytes", r.strict, s, pattern(5000))
		c.write.Unframed = true
		all = append(all, c)
	}
	return all
}

// unframedCases are messages of one body without frames, which are read but no
// longer written by most.
func unframedCases(r *rings) []testCase {
	var all []testCase
	for _, s := range esdk.Suites() {
		for _, n := range []int{0, 1, 5000, 100_000} {
			c := newCase("not framed", fmt.Sprintf("%d bytes", n), r.aes[256], s, pattern(n))
			c.write.Unframed = true
			all = append(all, c.withContext(map[string]string{"framed": "no"}))
		}
	}
	return all
}

// pattern is text in which no two places look alike.
func pattern(n int) []byte {
	text := make([]byte, n)
	x := uint32(1)
	for i := range text {
		x = x*1664525 + 1013904223
		text[i] = byte(x >> 24)
	}
	return text
}
