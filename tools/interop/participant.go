package main

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"

	"github.com/fortlet/fortlet/tools/interop/peer"
)

// everybody are the implementations that take part where nothing else is said.
var everybody = append(slices.Clone(peer.Names), cli, crypt)

// A participant is a party and what it says of itself.
type participant struct {
	party
	hello peer.Response
}

// start starts the others. The first participant is Fortlet itself.
func (o options) start(ctx context.Context, c *cloud) (everyone []participant, stop func() error, err error) {
	var processes []*peer.Process
	stop = func() (err error) {
		for _, p := range processes {
			err = errors.Join(err, p.Close())
		}
		return err
	}
	everyone = []participant{{party{fortlet, newOwn(c.config())}, peer.Response{Name: "Fortlet's library", Runtime: runtime.Version()}}}
	for name := range strings.SplitSeq(o.peers, ",") {
		if name == crypt {
			everyone = append(everyone, participant{party{name, newCrypt(o.fortlet, c)}, peer.Response{Name: "fortlet crypt", Runtime: runtime.Version()}})
			continue
		}
		p, err := peer.Start(ctx, name, o.cache, c.env())
		if err != nil {
			return nil, nil, errors.Join(err, stop())
		}
		processes = append(processes, p)
		hello, err := p.Ask(ctx, &peer.Request{Op: peer.Hello})
		if err != nil {
			return nil, nil, errors.Join(err, stop())
		}
		var i implementation = p
		if name == cli {
			i = newCLI(p)
		}
		everyone = append(everyone, participant{party{name, i}, *hello})
	}
	return everyone, stop, nil
}

// pairs are who exchanges messages with whom: esdk with itself and with
// everybody else's, and fortlet crypt with the command that it is like.
func (o options) pairs(everyone []participant) (pairs []pair) {
	for i, a := range everyone {
		for _, b := range everyone[i:] {
			switch {
			case a.name == fortlet && b.name == fortlet:
				pairs = append(pairs, pair{a.party, a.party})
			case a.name == b.name, a.name == fortlet && b.name == crypt:
			case a.name == fortlet, a.name == cli && b.name == crypt, o.all:
				pairs = append(pairs, pair{a.party, b.party}, pair{b.party, a.party})
			}
		}
	}
	return pairs
}
