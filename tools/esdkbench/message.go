package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fortlet/fortlet/esdk"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// shortLength is the length of a short message's text.
const shortLength = 100

// peerShare is how many fewer short messages the others get, which take longer.
const peerShare = 50

// shortMessages measures many of them and prints their table.
func (b *bench) shortMessages(ctx context.Context) error {
	fmt.Printf("\n| messages of %d bytes per second | | esdk |%s allocations of esdk for a message |\n", shortLength, b.others.columns())
	fmt.Printf("|---|---|--:|%s--:|\n", b.others.rule())
	for _, suite := range []esdk.Suite{esdk.Committed, esdk.CommittedSigned} {
		for _, caching := range []bool{false, true} {
			if err := b.short(ctx, suite, caching); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *bench) short(ctx context.Context, suite esdk.Suite, caching bool) error {
	name := "raw keyring"
	if caching {
		name = "caching manager"
	}
	if suite.Signs() {
		name += ", signed"
	}
	var own speed
	var sealing, opening float64
	theirs := make([]speed, len(b.others.all))
	for round := range b.rounds {
		progress("short messages, %s, round %d of %d", name, round+1, b.rounds)
		var got speed
		var err error
		if got, sealing, opening, err = b.ownShort(ctx, suite, caching); err != nil {
			return err
		}
		own.best(got)
		for i := range b.others.all {
			count := max(1, b.count/peerShare)
			got, err := b.others.ask(ctx, i, &peer.Request{Suite: uint16(suite), Caching: caching, Size: shortLength, Count: count})
			if err != nil && !(caching && errors.As(err, new(*peer.Refusal))) { // not all have a cache
				return err
			}
			theirs[i].best(got)
		}
	}
	row := func(way string, allocations float64, pick func(speed) float64) {
		fmt.Printf("| %s | %s | %.0f |", name, way, pick(own))
		for _, t := range theirs {
			if pick(t) == 0 {
				fmt.Print(" – |")
				continue
			}
			fmt.Printf(" %.0f |", pick(t))
		}
		fmt.Printf(" %.1f |\n", allocations)
	}
	row("encrypt", sealing, func(s speed) float64 { return s.encrypt })
	row("decrypt", opening, func(s speed) float64 { return s.decrypt })
	return nil
}

// ownShort seals and opens short messages, and tells the allocations for one.
func (b *bench) ownShort(ctx context.Context, suite esdk.Suite, caching bool) (s speed, sealing, opening float64, err error) {
	m, err := manager()
	if err != nil {
		return s, 0, 0, err
	}
	if caching {
		if m, err = esdk.NewCachingManager(m, esdk.NewCache(100), esdk.CachingOptions{MaxAge: time.Hour}); err != nil {
			return s, 0, 0, err
		}
	}
	n := float64(b.count)
	text, messages := make([]byte, shortLength), make([][]byte, b.count)
	options := &esdk.EncryptOptions{Suite: suite}
	before, start := allocations(), time.Now()
	for i := range messages {
		if messages[i], err = esdk.Seal(ctx, nil, m, text, options); err != nil {
			return s, 0, 0, err
		}
	}
	s.encrypt = n / time.Since(start).Seconds()
	sealing = float64(allocations()-before) / n
	before, start = allocations(), time.Now()
	for _, message := range messages {
		if _, _, err := esdk.Open(ctx, nil, m, message, nil); err != nil {
			return s, 0, 0, err
		}
	}
	s.decrypt = n / time.Since(start).Seconds()
	opening = float64(allocations()-before) / n
	return s, sealing, opening, nil
}
