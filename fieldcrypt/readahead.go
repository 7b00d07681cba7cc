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
}

func newReadAhead(ctx context.Context, u *Unsealer, src io.Reader) *readAhead {
	r := &readAhead{u: u, src: src, slots: make(chan struct{}, u.concurrent)}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

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
		if key := aheadKey(s); r.find(key) == nil && begun[key] == nil {
			begun[key] = r.begin(s)
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

func (r *readAhead) begin(s *Sealed) *ahead {
	a := &ahead{done: make(chan struct{})}
	r.wait.Go(func() {
		defer close(a.done)
		select {
		case r.slots <- struct{}{}:
			a.plaintext, a.err = r.u.opener.Open(r.ctx, s)
			<-r.slots
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
		return a.plaintext, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func aheadKey(s *Sealed) string {
	return s.Key + "." + strconv.Itoa(s.Version) + "." + string(s.Encoding) + "#" + string(s.Ciphertext)
}
