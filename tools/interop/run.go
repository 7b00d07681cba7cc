package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fortlet/fortlet/tools/interop/peer"
)

// The names that do not come from package peer.
const (
	fortlet = "esdk"
	crypt   = "crypt" // fortlet crypt
	cli     = "cli"   // aws-encryption-cli
)

// An implementation writes and reads messages.
type implementation interface {
	// Ask gives an error that is a *peer.Refusal where it does not do it.
	Ask(context.Context, *peer.Request) (*peer.Response, error)
}

// A party is an implementation with the name that the tables have for it.
type party struct {
	name string
	implementation
}

// A pair is a writer and a reader.
type pair struct{ writer, reader party }

func (p pair) String() string { return p.writer.name + " → " + p.reader.name }

// exchange lets every case pass from the writer to the reader. Only an error
// that is none of the messages' ends it early.
func (p pair) exchange(ctx context.Context, all []testCase, r *results) error {
	for i := range all {
		c := &all[i]
		if !p.writes(c) || !p.reads(c) {
			continue
		}
		l, err := p.pass(ctx, c)
		var refused *peer.Refusal
		if err != nil && !errors.As(err, &refused) && !errors.As(err, new(wrong)) {
			return fmt.Errorf("%v: %v: %w", p, c, err)
		}
		r.add(p, c, l, err)
	}
	return ctx.Err()
}

// A chooser takes part in some cases only.
type chooser interface {
	writes(*testCase) bool
	reads(*testCase) bool
}

func (p pair) writes(c *testCase) bool {
	ch, ok := p.writer.implementation.(chooser)
	return !ok || ch.writes(c)
}

func (p pair) reads(c *testCase) bool {
	ch, ok := p.reader.implementation.(chooser)
	return !ok || ch.reads(c)
}

// wrong is an answer that should be another.
type wrong string

func (w wrong) Error() string { return string(w) }

// patience is how long a case may take.
const patience = 2 * time.Minute

// pass lets one case pass. It returns the limit that stood in its way, if any,
// as known.
func (p pair) pass(ctx context.Context, c *testCase) (*limit, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, patience, errors.New("no answer in time"))
	defer cancel()
	for range max(c.times, 1) {
		write := c.write
		write.Text = c.text
		message, err := p.writer.Ask(ctx, &write)
		if l := limitOf(p.writer.name, true, c); l != nil {
			return l, l.holds(err)
		}
		if err != nil {
			return nil, err
		}
		if c.absent != "" && bytes.Contains(message.Text, []byte(c.absent)) {
			return nil, wrong("the message holds what it should not")
		}
		if l, err := p.read(ctx, c, message); l != nil || err != nil {
			return l, err
		}
	}
	return nil, nil
}

func (p pair) read(ctx context.Context, c *testCase, message *peer.Response) (*limit, error) {
	if c.spoil != nil {
		for i, spoilt := range c.spoil(message.Text) {
			if err := p.refuses(ctx, c, spoilt); err != nil {
				return nil, fmt.Errorf("damage %d: %w", i, err)
			}
		}
		return nil, nil
	}
	if c.refuse {
		return nil, p.refuses(ctx, c, message.Text)
	}
	read := c.read
	read.Text = message.Text
	answer, err := p.reader.Ask(ctx, &read)
	if l := limitOf(p.reader.name, false, c); l != nil {
		return l, l.holds(err)
	}
	if err != nil {
		return nil, err
	}
	if message.Metadata != nil && answer.Metadata != nil && !bytes.Equal(message.Metadata, answer.Metadata) {
		return nil, wrong(fmt.Sprintf("tells of the header %s, which was told to be %s", answer.Metadata, message.Metadata))
	}
	return nil, c.check(answer)
}

// refuses says that the reader refuses a message.
func (p pair) refuses(ctx context.Context, c *testCase, message []byte) error {
	read := c.read
	read.Text = message
	_, err := p.reader.Ask(ctx, &read)
	if err == nil {
		return wrong("read what it should refuse")
	}
	return justRefused(err)
}

// justRefused is nil for an error that is a refusal and nothing worse.
func justRefused(err error) error {
	if errors.As(err, new(*peer.Refusal)) && !errors.As(err, new(wrong)) {
		return nil
	}
	return err
}

// holds makes an error of a limit that has gone.
func (l *limit) holds(err error) error {
	if err == nil {
		return wrong("does it after all: strike the limit that it " + l.why)
	}
	return justRefused(err)
}

// check compares what was read with what was written.
func (c *testCase) check(got *peer.Response) error {
	if !bytes.Equal(got.Text, c.text) {
		return wrong("read another text than was written")
	}
	if got.Suite != c.write.Suite {
		return wrong(fmt.Sprintf("read suite %#04x", got.Suite))
	}
	for key, value := range c.write.Context {
		// What is not stored, not every implementation tells.
		if got.Context[key] != value && len(c.write.Required) == 0 {
			return wrong(fmt.Sprintf("read %q for the pair %q", got.Context[key], key))
		}
	}
	return nil
}
