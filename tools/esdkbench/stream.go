package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/fortlet/fortlet/esdk"
)

// A setting is a kind of long message.
type setting struct {
	frame int
	suite esdk.Suite
}

func (s setting) String() string {
	if s.suite.Signs() {
		return fmt.Sprintf("%d KiB frames, signed", s.frame>>10)
	}
	return fmt.Sprintf("%d KiB frames", s.frame>>10)
}

var settings = []setting{
	{4 << 10, esdk.Committed},
	{64 << 10, esdk.Committed},
	{4 << 10, esdk.CommittedSigned},
	{64 << 10, esdk.CommittedSigned},
}

// A speed is in bytes per second, each way.
type speed struct{ encrypt, decrypt float64 }

// best keeps the better of two measurements, each way.
func (s *speed) best(other speed) {
	s.encrypt, s.decrypt = max(s.encrypt, other.encrypt), max(s.decrypt, other.decrypt)
}

// A streamRow is what was measured of one setting.
type streamRow struct {
	plain, own  speed
	theirs      []speed
	allocations float64 // of esdk, for a frame
}

// streams measures long messages and prints their table.
func (b *bench) streams(ctx context.Context) error {
	fmt.Printf("\n| MB/s | | plain AES-256-GCM | esdk | of plain |%s allocations of esdk for a frame |\n", b.others.columns())
	fmt.Printf("|---|---|--:|--:|--:|%s--:|\n", b.others.rule())
	for _, s := range settings {
		r := streamRow{theirs: make([]speed, len(b.others.all))}
		for round := range b.rounds {
			progress("%v, round %d of %d", s, round+1, b.rounds)
			if err := b.streamRound(ctx, s, &r); err != nil {
				return err
			}
		}
		r.print(s, "encrypt", func(s speed) float64 { return s.encrypt })
		r.print(s, "decrypt", func(s speed) float64 { return s.decrypt })
	}
	return nil
}

// streamRound measures everybody once. What is decrypted has been written
// before the clock starts; what is encrypted goes nowhere: neither is to be a
// measurement of fresh memory.
func (b *bench) streamRound(ctx context.Context, s setting, r *streamRow) error {
	got, err := b.plain(s)
	if err != nil {
		return err
	}
	r.plain.best(got)
	if got, r.allocations, err = b.stream(ctx, s); err != nil {
		return err
	}
	r.own.best(got)
	for i := range b.others.all {
		if got, err = b.others.stream(ctx, i, s, int(b.peerSize)); err != nil {
			return err
		}
		r.theirs[i].best(got)
	}
	return nil
}

func (r *streamRow) print(s setting, way string, pick func(speed) float64) {
	fmt.Printf("| %v | %s | %.0f | %.0f | %.0f %% |", s, way, pick(r.plain)/1e6, pick(r.own)/1e6, 100*pick(r.own)/pick(r.plain))
	for _, t := range r.theirs {
		fmt.Printf(" %.0f |", pick(t)/1e6)
	}
	fmt.Printf(" %.4f |\n", r.allocations)
}

// chunk is what the program has at a time.
const chunk = 64 << 10

// stream encrypts and decrypts a long message. The second result is how many
// allocations that took for each frame, both ways together.
func (b *bench) stream(ctx context.Context, s setting) (speed, float64, error) {
	m, err := manager()
	if err != nil {
		return speed{}, 0, err
	}
	frames := b.size / int64(s.frame)
	message := bytes.NewBuffer(make([]byte, 0, b.size+(frames+2)*64+4096))
	if err := encrypt(ctx, message, m, s, b.size); err != nil {
		return speed{}, 0, err
	}
	before := allocations()
	start := time.Now()
	if err := encrypt(ctx, io.Discard, m, s, b.size); err != nil {
		return speed{}, 0, err
	}
	middle := time.Now()
	if err := decrypt(ctx, message.Bytes(), m, b.size); err != nil {
		return speed{}, 0, err
	}
	end := time.Now()
	return speed{
		float64(b.size) / middle.Sub(start).Seconds(),
		float64(b.size) / end.Sub(middle).Seconds(),
	}, float64(allocations()-before) / float64(frames), nil
}

func encrypt(ctx context.Context, dst io.Writer, m esdk.Manager, s setting, size int64) error {
	w, err := esdk.NewWriter(ctx, dst, m, &esdk.EncryptOptions{Suite: s.suite, FrameLength: uint32(s.frame)})
	if err != nil {
		return err
	}
	text := make([]byte, chunk)
	for left := size; left > 0; left -= chunk {
		if _, err := w.Write(text[:min(chunk, left)]); err != nil {
			return err
		}
	}
	return w.Close()
}

func decrypt(ctx context.Context, message []byte, m esdk.Manager, size int64) error {
	// Holding back would be a measurement of memory.
	r, err := esdk.NewReader(ctx, bytes.NewReader(message), m, &esdk.DecryptOptions{Signed: esdk.ReleaseUnverified})
	if err != nil {
		return err
	}
	n, err := io.Copy(io.Discard, r)
	if err == nil && n != size {
		err = fmt.Errorf("decrypted %d bytes of %d", n, size)
	}
	return err
}

func allocations() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.Mallocs
}
