package fieldcrypt

import (
	"context"
	"io"
	"strconv"
	"sync"
)

// readAhead opens markers while the parser is still on its way to them, several
// at a time, for an opening may be a call of KMS. It sees the bytes that the
// parser reads. What it misses (a marker written with escapes, or cut in two by
// reads) is opened when the parser comes to it.
type readAhead struct {
	u      *Unsealer
	src    io.Reader
	ctx    context.Context
	cancel context.CancelFunc
	slots  chan struct{}
	begun  chan struct{} // has room for as many more as may wait for a slot
	wait   sync.WaitGroup
	// What the last two reads have begun. Older ones are forgotten: the parser
	// has gone past them.
	recent, older map[string]*ahead
}

// An ahead is a marker that is being opened.
type ahead struct {
	done      chan struct{}
	plaintext []byte
	err       error
	panicked  any
}

func newReadAhead(ctx context.Context, u *Unsealer, src io.Reader) *readAhead {
	r := &readAhead{u: u, src: src, slots: make(chan struct{}, u.concurrent), begun: make(chan struct{}, maxAhead*u.concurrent)}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

// maxAhead bounds what waits to be opened, for each that is being opened. The
// parser waits for the markers in values, but it may pass by any number of others:
// in names, in comments, in values too long to be looked at.
const maxAhead = 16

// stop ends what is under way.
func (r *readAhead) stop() {
	r.cancel()
	r.wait.Wait()
}

// Read implements io.Reader.
func (r *readAhead) Read(p []byte) (int, error) {
	n, err := r.src.Read(p)
	begun := map[string]*ahead{}
	for rest := p[:n]; ; {
		s, _, end := r.u.finder.Find(rest)
		if s == nil {
			break
		}
		rest = rest[end:]
		key := aheadKey(s)
		if r.find(key) != nil || begun[key] != nil {
			continue
		}
		if a := r.begin(s); a != nil {
			begun[key] = a
		}
	}
	if len(begun) > 0 || len(r.recent) > 0 {
		r.older, r.recent = r.recent, begun
	}
	return n, err
}

func (r *readAhead) find(key string) *ahead {
	if a := r.recent[key]; a != nil {
		return a
	}
	return r.older[key]
}

// begin begins to open a marker, or gives nil where too many wait already.
func (r *readAhead) begin(s *Sealed) *ahead {
	select {
	case r.begun <- struct{}{}:
	default:
		return nil
	}
	a := &ahead{done: make(chan struct{})}
	r.wait.Go(func() {
		defer close(a.done)
		defer func() {
			// It is for the caller of the Unsealer to deal with, who cannot here.
			a.panicked = recover()
			<-r.begun
		}()
		select {
		case r.slots <- struct{}{}:
			defer func() { <-r.slots }()
			a.plaintext, a.err = r.u.opener.Open(r.ctx, s)
		case <-r.ctx.Done():
			a.err = r.ctx.Err()
		}
	})
	return a
}

// open gives a marker's plaintext, which is not to be changed.
func (r *readAhead) open(ctx context.Context, s *Sealed) ([]byte, error) {
	a := r.find(aheadKey(s))
	if a == nil {
		return r.u.opener.Open(ctx, s)
	}
	select {
	case <-a.done:
		if a.panicked != nil {
			panic(a.panicked)
		}
		return a.plaintext, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func aheadKey(s *Sealed) string {
	return s.Key + "." + strconv.Itoa(s.Version) + "." + string(s.Encoding) + "#" + string(s.Ciphertext)
}
