package gateway

import (
	"bytes"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/fortlet/fortlet/internal/api"
)

// What the bodies that are in memory as a whole may take up together. Those of
// strangers have a room of their own: whoever has proved nothing keeps nobody
// out but others of the kind. A body is a stranger's until its signature has been
// verified; access key ids are no secrets.
const (
	roomForStrangers = 32 << 20
	roomForCallers   = 128 << 20
)

// room is what is left of a bound of memory.
type room struct{ left atomic.Int64 }

func newRoom(size int64) *room {
	r := new(room)
	r.left.Store(size)
	return r
}

func (r *room) take(n int64) bool {
	if r.left.Add(-n) >= 0 {
		return true
	}
	r.left.Add(n)
	return false
}

func (r *room) give(n int64) { r.left.Add(n) }

// stay is what a request takes up of a room. What every request gets, promised,
// does not count: no crowd keeps small ones out.
type stay struct {
	in    *room
	taken int64
}

func (s *stay) grow(n int64) bool {
	if n = n - promised - s.taken; n <= 0 {
		return true
	}
	if !s.in.take(n) {
		return false
	}
	s.taken += n
	return true
}

// move moves what is taken to another room.
func (s *stay) move(to *room) bool {
	if s.in == to || s.taken == 0 {
		s.in = to
		return true
	}
	if !to.take(s.taken) {
		return false
	}
	s.in.give(s.taken)
	s.in = to
	return true
}

func (s *stay) leave() {
	if s.taken > 0 {
		s.in.give(s.taken)
		s.taken = 0
	}
}

// bodyBuffer takes a body in as far as there is room.
type bodyBuffer struct {
	bytes.Buffer
	x *exchange
}

// Write implements io.Writer.
func (b *bodyBuffer) Write(p []byte) (int, error) {
	if !b.x.stay.grow(int64(b.Len() + len(p))) {
		return 0, b.x.errBusy()
	}
	return b.Buffer.Write(p)
}

// readWhole reads all of a body that claims to be of a size, -1 for none.
func (x *exchange) readWhole(body io.Reader, size int64) ([]byte, error) {
	b := &bodyBuffer{x: x}
	if size > 0 {
		b.Grow(int(min(size, promised)))
	}
	// Nothing but Write of it: the buffer's own ReadFrom knows no bounds.
	if _, err := io.Copy(struct{ io.Writer }{b}, body); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// errBusy asks the client to come again.
func (x *exchange) errBusy() error {
	switch {
	case x.service.Name == "s3":
		return api.Errorf("SlowDown", http.StatusServiceUnavailable, "Please reduce your request rate.")
	case x.service.Protocol == api.Query || x.service.Protocol == api.EC2:
		return api.Errorf("Throttling", http.StatusBadRequest, "Rate exceeded")
	}
	return api.Errorf("ThrottlingException", http.StatusBadRequest, "Rate exceeded")
}
