package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/fortlet/fortlet/tools/interop/peer"
)

// others are the implementations that others wrote.
type others struct {
	all    []*peer.Process
	hellos []*peer.Response
}

func startOthers(ctx context.Context, o options) (*others, error) {
	result := new(others)
	if o.peers == "" {
		return result, nil
	}
	for name := range strings.SplitSeq(o.peers, ",") {
		p, err := peer.Start(ctx, name, o.cache, nil)
		if err != nil {
			result.close()
			return nil, err
		}
		result.all = append(result.all, p)
		hello, err := p.Ask(ctx, &peer.Request{Op: peer.Hello})
		if err != nil {
			result.close()
			return nil, err
		}
		result.hellos = append(result.hellos, hello)
	}
	return result, nil
}

func (o *others) close() {
	for _, p := range o.all {
		if err := p.Close(); err != nil {
			fmt.Fprintf(os.Stderr, "esdkbench: %s: %v\n", p.Name, err)
		}
	}
}

// columns and rule are their part of a table's heading.
func (o *others) columns() string {
	var b strings.Builder
	for _, h := range o.hellos {
		fmt.Fprintf(&b, " %s %s, %s |", h.Name, h.Version, h.Runtime)
	}
	return b.String()
}

func (o *others) rule() string { return strings.Repeat("--:|", len(o.all)) }

// stream has one of them encrypt and decrypt a long message.
func (o *others) stream(ctx context.Context, i int, s setting, size int) (speed, error) {
	got, err := o.ask(ctx, i, &peer.Request{Suite: uint16(s.suite), Frame: uint32(s.frame), Size: size, Count: 1})
	return speed{got.encrypt * float64(size), got.decrypt * float64(size)}, err
}

// ask gives messages per second.
func (o *others) ask(ctx context.Context, i int, r *peer.Request) (speed, error) {
	r.Op, r.Keyring, r.Commitment = peer.Bench, &ring, peer.Require
	answer, err := o.all[i].Ask(ctx, r)
	if err != nil {
		return speed{}, err
	}
	n := float64(r.Count)
	return speed{n / answer.EncryptSeconds, n / answer.DecryptSeconds}, nil
}
