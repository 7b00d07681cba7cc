package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/fortlet/fortlet/tools/interop/peer"
)

// rawCases are the cases without AWS KMS.
func rawCases(t *testing.T) []testCase {
	t.Helper()
	r, err := newRings(&cloud{})
	if err != nil {
		t.Fatal(err)
	}
	raw := func(k *peer.Keyring) bool { return k.Type == peer.RawAES || k.Type == peer.RawRSA }
	var chosen []testCase
	for _, c := range cases(r) {
		if raw(c.write.Keyring) && raw(c.read.Keyring) {
			chosen = append(chosen, c)
		}
	}
	return chosen
}

func ourselves() party { return party{fortlet, newOwn(aws.Config{})} }

// TestOwn has esdk read what it writes, so that a case which nobody could pass
// is found without anybody else.
func TestOwn(t *testing.T) {
	all := rawCases(t)
	r := newResults(all)
	if err := (pair{ourselves(), ourselves()}).exchange(t.Context(), all, r); err != nil {
		t.Fatal(err)
	}
	if err := r.err(); err != nil {
		t.Error(err)
	}
	if r.done != len(all) || r.done < 300 {
		t.Errorf("%d of %d cases done", r.done, len(all))
	}
}

// A liar changes the answers of an implementation.
type liar struct {
	implementation
	change func(*peer.Request, *peer.Response, error) (*peer.Response, error)
}

func (l liar) Ask(ctx context.Context, r *peer.Request) (*peer.Response, error) {
	got, err := l.implementation.Ask(ctx, r)
	if r.Op == peer.Encrypt {
		return got, err
	}
	return l.change(r, got, err)
}

// TestLiarsAreFound: every way not to interoperate fails the run.
func TestLiarsAreFound(t *testing.T) {
	passing := func(change func(*peer.Response)) func(*peer.Request, *peer.Response, error) (*peer.Response, error) {
		return func(_ *peer.Request, got *peer.Response, err error) (*peer.Response, error) {
			if err == nil {
				change(got)
			}
			return got, err
		}
	}
	liars := map[string]func(*peer.Request, *peer.Response, error) (*peer.Response, error){
		"read another text": passing(func(r *peer.Response) { r.Text = append(r.Text, 0) }),
		"read suite":        passing(func(r *peer.Response) { r.Suite ^= 0x0100 }),
		"for the pair":      passing(func(r *peer.Response) { delete(r.Context, "kind") }),
		"read what it should refuse": func(r *peer.Request, got *peer.Response, err error) (*peer.Response, error) {
			return &peer.Response{Text: bytes.Clone(r.Text)}, nil
		},
		"no reason": func(*peer.Request, *peer.Response, error) (*peer.Response, error) {
			return nil, &peer.Refusal{Who: fortlet, Text: "no reason"}
		},
	}
	all := rawCases(t)
	for want, change := range liars {
		r := newResults(all)
		p := pair{ourselves(), party{fortlet, liar{newOwn(aws.Config{}), change}}}
		if err := p.exchange(t.Context(), all, r); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(r.fails, "\n"), want) {
			t.Errorf("no case failed with %q", want)
		}
	}
}

// TestLimitThatHasGone: what is listed as not done must not be done.
func TestLimitThatHasGone(t *testing.T) {
	l := limit{why: "sleeps"}
	if err := l.holds(nil); !errors.As(err, new(wrong)) {
		t.Errorf("got %v", err)
	}
	if err := l.holds(&peer.Refusal{}); err != nil {
		t.Errorf("got %v", err)
	}
	gone := errors.New("process ended")
	if err := l.holds(gone); !errors.Is(err, gone) {
		t.Errorf("got %v", err)
	}
}

func TestDamageDiffers(t *testing.T) {
	message := pattern(1000)
	for _, damaged := range append(flips(message), cuts(message)...) {
		if bytes.Equal(damaged, message) {
			t.Fatal("a damaged message is the message")
		}
	}
	if got := len(flips(message)); got < 48 {
		t.Errorf("%d flips", got)
	}
}
